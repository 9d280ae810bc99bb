/** The control calls of the sandbox's Matrix. */
import { z } from "zod";
import type { ControlHttp } from "./http.ts";

/** A message as people's clients show it: what it says after its edits, and its reactions. */
const message = z.looseObject({
  event_id: z.string(),
  sender: z.string(),
  content: z.record(z.string(), z.unknown()),
  body: z.string().default(""),
  deleted: z.boolean().default(false),
  thread: z.string().optional(),
  reactions: z.array(z.object({ key: z.string(), senders: z.array(z.string()) })),
});
export type MatrixMessage = z.infer<typeof message>;

const outcome = z.looseObject({ ok: z.boolean(), event_id: z.string().default(""), seen: z.array(message) });
export type MatrixOutcome = z.infer<typeof outcome>;

export class MatrixControl {
  private readonly http: ControlHttp;

  constructor(http: ControlHttp) {
    this.http = http;
  }

  /** What is in a room outside threads, or in one of its threads, as that person reads it. */
  async messages(as: string, channel: string, thread?: string): Promise<MatrixMessage[]> {
    const listed = z.object({ messages: z.array(message) });
    return (await this.http.get(listed, "/sandbox/matrix/messages", { as, channel, thread })).messages;
  }

  /** That person's conversation with the bot, opened if need be. Gives the room's id. */
  async direct(as: string): Promise<string> {
    return (await this.http.get(z.object({ channel: z.string() }), "/sandbox/matrix/direct", { as })).channel;
  }

  /** An act of a person: `message`, `react`, `edit`… with what `docs/sandbox.md` says. */
  act(name: string, body: Readonly<Record<string, unknown>>): Promise<MatrixOutcome> {
    return this.http.post(outcome, `/sandbox/matrix/${name}`, body);
  }
}
