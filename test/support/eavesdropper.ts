/** Reads along what a bot asks of Slack and of others: the addresses, and what of a call is no word for people to read. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { World } from "./world.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
/** What comes back to the bot, or tells it something; people read none of it. */
const HIDDEN = new Set(["private_metadata", "metadata", "value", "action_id", "block_id", "callback_id", "external_id"]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function hiddenIn(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("{") || value.startsWith("[") ? hiddenIn(parsed(value)) : [];
  if (Array.isArray(value)) return value.flatMap(hiddenIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, held]) => (HIDDEN.has(key) ? [JSON.stringify(held)] : hiddenIn(held)));
}

/** What stands hidden in the calls to Slack from now on. */
export function hiddenOnSlack({ slack }: World): readonly string[] {
  const hidden: string[] = [];
  slack.onCall((phase, _method, args) => {
    if (phase === "before") hidden.push(...hiddenIn(args));
  });
  return hidden;
}

export interface Outsider {
  readonly url: string;
  /** The address, the headers and the body of each request. */
  readonly requests: readonly string[];
  close(): void;
}

/** A system that is told of events. */
export async function startOutsider(): Promise<Outsider> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push([request.url, JSON.stringify(request.headers), Buffer.concat(chunks).toString()].join("\n"));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
