/** The control API over HTTP, as anybody would call it. */
import { z } from "zod";
import { StepFault } from "./story.ts";

/** A message as the platform stores it; what is read of it is checked where it is read. */
const message = z.looseObject({
  ts: z.string(),
  user: z.string().optional(),
  username: z.string().optional(),
  text: z.string().default(""),
  is_ephemeral: z.boolean().optional(),
  blocks: z.array(z.looseObject({ type: z.string() })).default([]),
});
export type ControlMessage = z.infer<typeof message>;

const outcome = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  errors: z.record(z.string(), z.string()).default({}),
  ts: z.string().optional(),
  ephemeral: z.array(message).default([]),
  view: z
    .looseObject({ title: z.looseObject({ text: z.string() }), blocks: z.array(z.looseObject({ type: z.string() })) })
    .nullish(),
});
export type Outcome = z.infer<typeof outcome>;

const listed = z.object({ messages: z.array(message) });
const world = z.object({
  now: z.iso.datetime(),
  agents: z.array(z.object({ id: z.string(), name: z.string() })),
  channels: z.array(z.object({ id: z.string(), name: z.string() })),
});
const moved = z.object({ now: z.iso.datetime() });

/** At most this much of an answer is shown in a fault. */
const MOST_SHOWN = 500;

export class ControlClient {
  private readonly base: string;

  /** @param base `http://127.0.0.1:port` */
  constructor(base: string) {
    this.base = base;
  }

  async world() {
    return world.parse(await this.call("/sandbox/world"));
  }

  /** What is in a channel, or in one of its threads, as that person reads it. */
  async messages(as: string, channel: string, thread?: string): Promise<ControlMessage[]> {
    const query = new URLSearchParams({ as, channel, ...(thread !== undefined && { thread }) });
    return listed.parse(await this.call(`/sandbox/slack/messages?${query}`)).messages;
  }

  /** An act of a person: `command`, `click`, `submit`… with what `docs/sandbox.md` says. */
  async act(name: string, body: Readonly<Record<string, unknown>>): Promise<Outcome> {
    return outcome.parse(await this.call(`/sandbox/slack/${name}`, body));
  }

  /** Moves the clock. Gives the moment in the world. */
  async clock(to: { readonly set: string } | { readonly advance: string }): Promise<Date> {
    return new Date(moved.parse(await this.call("/sandbox/clock", to)).now);
  }

  /** @throws StepFault with the API's own sentence when it refuses the call */
  private async call(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.base + path, {
      ...(body !== undefined && {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new StepFault(`${path.split("?", 1)[0]} : ${response.status} ${text.slice(0, MOST_SHOWN)}`);
    return JSON.parse(text);
  }
}
