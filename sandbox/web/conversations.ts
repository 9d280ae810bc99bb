/** What the bot wrote, told conversation by conversation; and the live stream that the page reads. */
import type { ServerResponse } from "node:http";
import type { Sandbox } from "../sandbox.ts";
import type { Change, Told } from "./protocol.ts";

/** Has the listener told of each change in a conversation, on both platforms. Returns what ends it. */
export function watchConversations({ slack, matrix }: Sandbox, listener: (told: Told) => void): () => void {
  const ends = [
    slack.onShown((shown) => {
      if (shown.kind === "view" || shown.kind === "home") listener({ kind: "view", account: shown.user });
      else {
        const { channel, ts } = shown;
        const onlyFor = shown.kind === "ephemeral" ? shown.user : null;
        const isNews = shown.kind === "ephemeral" || (shown.kind === "message" && shown.byApp);
        listener({ kind: "conversation", platform: "slack", channel, thread: slack.threadOf(channel, ts), isNews, onlyFor });
      }
    }),
    matrix.onShown(({ channel, thread, isNews }) =>
      listener({ kind: "conversation", platform: "matrix", channel, thread, isNews, onlyFor: null }),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

const KEEP_ALIVE_MS = 20_000;

/** The open pages. */
export class LiveStream {
  private readonly pages = new Set<ServerResponse>();

  /** Answers a request with the stream, until its page goes. */
  open(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    response.write("retry: 1000\n\n");
    this.pages.add(response);
    // A connection that says nothing is taken for dead by some browsers.
    const alive = setInterval(() => response.write(":\n\n"), KEEP_ALIVE_MS);
    response.on("close", () => {
      clearInterval(alive);
      this.pages.delete(response);
    });
  }

  tell(told: Told): void {
    for (const page of this.pages) page.write(`data: ${JSON.stringify(told)}\n\n`);
  }

  close(): void {
    for (const page of this.pages) page.end();
  }
}

/** Counts the bot's new messages by conversation, until it is ended. */
export function countArrivals(sandbox: Sandbox): () => ReadonlyMap<string, { change: Change; count: number }> {
  const counted = new Map<string, { change: Change; count: number }>();
  const end = watchConversations(sandbox, (told) => {
    if (told.kind !== "conversation" || !told.isNews) return;
    const key = `${told.platform} ${told.channel}`;
    counted.set(key, { change: told, count: (counted.get(key)?.count ?? 0) + 1 });
  });
  return () => {
    end();
    return counted;
  };
}
