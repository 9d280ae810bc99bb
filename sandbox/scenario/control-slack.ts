/** The control calls of the sandbox's Slack. */
import { z } from "zod";
import type { ControlHttp } from "./http.ts";

const block = z.looseObject({ type: z.string() });

/** A message as the platform stores it; what is read of it is checked where it is read. */
const message = z.looseObject({
  ts: z.string(),
  user: z.string().optional(),
  username: z.string().optional(),
  text: z.string().default(""),
  is_ephemeral: z.boolean().optional(),
  blocks: z.array(block).default([]),
  /** A file that was deleted has neither name nor address. */
  files: z.array(z.looseObject({ name: z.string().default(""), url_private: z.string().optional() })).default([]),
});
export type SlackMessage = z.infer<typeof message>;
export type SlackBlock = z.infer<typeof block>;

const view = z.looseObject({ title: z.looseObject({ text: z.string() }), blocks: z.array(block) }).nullish();

const outcome = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  errors: z.record(z.string(), z.string()).default({}),
  ts: z.string().optional(),
  ephemeral: z.array(message).default([]),
  view,
});
export type SlackOutcome = z.infer<typeof outcome>;

export class SlackControl {
  private readonly http: ControlHttp;

  constructor(http: ControlHttp) {
    this.http = http;
  }

  /** What is in a channel, or in one of its threads, as that person reads it. */
  async messages(as: string, channel: string, thread?: string): Promise<SlackMessage[]> {
    const listed = z.object({ messages: z.array(message) });
    return (await this.http.get(listed, "/sandbox/slack/messages", { as, channel, thread })).messages;
  }

  /** The form that stands before that person. */
  async view(as: string) {
    return (await this.http.get(z.object({ view }), "/sandbox/slack/view", { as })).view ?? null;
  }

  /** An act of a person: `command`, `click`, `submit`… with what `docs/sandbox.md` says. */
  act(name: string, body: Readonly<Record<string, unknown>>): Promise<SlackOutcome> {
    return this.http.post(outcome, `/sandbox/slack/${name}`, body);
  }
}
