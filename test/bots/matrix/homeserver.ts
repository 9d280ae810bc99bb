/**
 * The homeserver of a test: the sandbox's, or a real one where `MATRIX_TEST_HOMESERVER` names it; before it, for the bot
 * alone, a proxy that can refuse, lose answers and cut, the same for both.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startMatrixSandbox } from "../../../sandbox/matrix/server.ts";

export interface Homeserver {
  readonly url: string;
  readonly kind: "sandbox" | "real";
  close(): Promise<void>;
}

export async function testHomeserver(): Promise<Homeserver> {
  const real = process.env.MATRIX_TEST_HOMESERVER;
  if (real) return { url: real, kind: "real", close: async () => undefined };
  const sandbox = await startMatrixSandbox({ rateLimits: false });
  return { url: sandbox.url, kind: "sandbox", close: () => sandbox.close() };
}

// biome-ignore lint/suspicious/noExplicitAny: what a homeserver answers, read by the tests as it comes
type Json = any;

export interface Sent {
  readonly event_id: string;
  readonly sender: string;
  readonly type: string;
  readonly content: Json;
  readonly unsigned?: Json;
  readonly state_key?: string;
}

/** A person behind a client of their own: plain calls of the client-server API. */
export class Person {
  readonly url: string;
  readonly user: string;
  readonly token: string;

  constructor(url: string, user: string, token: string) {
    this.url = url;
    this.user = user;
    this.token = token;
  }

  /** An account that nobody else has. @param shown the name under which it stands */
  static async register(url: string, name: string, shown = name): Promise<Person> {
    const body = {
      username: `${name}-${randomBytes(5).toString("hex")}`,
      password: randomUUID(),
      auth: { type: "m.login.dummy" },
    };
    const answer = await fetch(`${url}/_matrix/client/v3/register`, { method: "POST", body: JSON.stringify(body) });
    const { user_id: user, access_token: token } = (await answer.json()) as Json;
    const person = new Person(url, user, token);
    await person.call("PUT", `profile/${encodeURIComponent(user)}/displayname`, { displayname: shown });
    return person;
  }

  async call(method: string, path: string, body?: unknown, version = "v3"): Promise<Json> {
    const response = await fetch(`${this.url}/_matrix/client/${version}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Json;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  async createRoom(options: object = {}): Promise<string> {
    return (await this.call("POST", "createRoom", { preset: "private_chat", ...options })).room_id;
  }

  invite(room: string, user: string): Promise<Json> {
    return this.call("POST", `rooms/${encodeURIComponent(room)}/invite`, { user_id: user });
  }

  join(room: string): Promise<Json> {
    return this.call("POST", `join/${encodeURIComponent(room)}`, {});
  }

  async send(room: string, content: object, type = "m.room.message"): Promise<string> {
    return (await this.call("PUT", `rooms/${encodeURIComponent(room)}/send/${type}/${randomUUID()}`, content)).event_id;
  }

  say(room: string, text: string, root?: string): Promise<string> {
    return this.send(room, { msgtype: "m.text", body: text, ...(root === undefined ? {} : inThread(root)) });
  }

  react(room: string, event: string, key: string): Promise<string> {
    return this.send(room, { "m.relates_to": { rel_type: "m.annotation", event_id: event, key } }, "m.reaction");
  }

  async redact(room: string, event: string): Promise<string> {
    return (await this.call("PUT", `rooms/${encodeURIComponent(room)}/redact/${encodeURIComponent(event)}/${randomUUID()}`, {}))
      .event_id;
  }

  edit(room: string, event: string, text: string): Promise<string> {
    const content = { msgtype: "m.text", body: text };
    const relation = { rel_type: "m.replace", event_id: event };
    return this.send(room, { msgtype: "m.text", body: `* ${text}`, "m.new_content": content, "m.relates_to": relation });
  }

  state(room: string, type: string, content: object, key = ""): Promise<Json> {
    return this.call("PUT", `rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`, content);
  }

  async membership(room: string, user: string): Promise<string> {
    const found: Json = await this.call(
      "GET",
      `rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(user)}`,
    ).catch(() => ({ membership: "none" }));
    return found.membership;
  }

  /** All that was sent there, the oldest first. */
  async timeline(room: string): Promise<Sent[]> {
    const answer = await this.call("GET", `rooms/${encodeURIComponent(room)}/messages?dir=b&limit=1000`);
    return answer.chunk.reverse();
  }

  async messages(room: string): Promise<Sent[]> {
    return (await this.timeline(room)).filter(({ type, content }) => type === "m.room.message" && content.body !== undefined);
  }

  event(room: string, id: string): Promise<Sent> {
    return this.call("GET", `rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(id)}`);
  }

  /** What relates to an event in that way, the newest first. */
  async relations(room: string, event: string, type: string): Promise<Sent[]> {
    const path = `rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(event)}/${type}?limit=100`;
    return (await this.call("GET", path, undefined, "v1")).chunk;
  }

  /** The keys of the pills under a message, as one sender put them. */
  async pills(room: string, event: string, sender: string): Promise<string[]> {
    return (await this.timeline(room)).flatMap(({ type, content, sender: by }) =>
      type === "m.reaction" && by === sender && content["m.relates_to"]?.event_id === event ? [content["m.relates_to"].key] : [],
    );
  }

  /** Rooms that others want this person in. */
  async invitations(): Promise<string[]> {
    const answer = await this.call("GET", `sync?timeout=0`);
    return Object.keys(answer.rooms?.invite ?? {});
  }

  async upload(bytes: Buffer, name: string, mimetype: string): Promise<string> {
    const response = await fetch(`${this.url}/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": mimetype },
      body: new Uint8Array(bytes),
    });
    return ((await response.json()) as Json).content_uri;
  }

  async download(mxc: string): Promise<Buffer> {
    const path = mxc.replace("mxc://", "");
    const response = await fetch(`${this.url}/_matrix/client/v1/media/download/${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    return Buffer.from(await response.arrayBuffer());
  }
}

export const inThread = (root: string) => ({
  "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: true, "m.in_reply_to": { event_id: root } },
});

export interface Call {
  readonly method: string;
  /** Decoded, with its query. */
  readonly path: string;
  /** As it came: in it, ids are still encoded. */
  readonly url: string;
}

/** What to do of a call: answer in the homeserver's place, act and lose the answer, or change the answer. */
export type Verdict =
  | { readonly kind: "refuse"; readonly status: number; readonly body: object }
  | { readonly kind: "loseAnswer" }
  | { readonly kind: "change"; readonly change: (answer: Json) => Json | Promise<Json> }
  | { readonly kind: "drop" };

/** Reads along, whatever is judged. */
export interface Listener {
  /** Before the call is passed on; gives the address that it is to have instead. */
  before?(call: Call): string | undefined;
  /** Once the homeserver has acted, and before it is answered; gives what is answered. Of a refusal it is not told. */
  after?(call: Call, answer: Json): Json | Promise<Json>;
}

export interface Proxy {
  readonly url: string;
  /** Asked of each call of the bot's; undefined lets it pass. */
  judge: (call: Call) => Verdict | undefined | Promise<Verdict | undefined>;
  readonly calls: Call[];
  /** Those that are not answered yet. */
  readonly underWay: ReadonlySet<Call>;
  /** Gives the end of it. */
  listen(listener: Listener): () => void;
  close(): Promise<void>;
}

const bytesOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const isJson = ({ headers }: IncomingMessage): boolean => headers["content-type"]?.startsWith("application/json") ?? false;

const without = (headers: IncomingHttpHeaders, ...names: string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

export async function startProxy(target: string): Promise<Proxy> {
  const underWay = new Set<Call>();
  const listeners = new Set<Listener>();
  const proxy: Proxy = {
    url: "",
    judge: () => undefined,
    calls: [],
    underWay,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
  };

  /** What the homeserver answered, with what the listeners and the verdict make of it. */
  async function read(call: Call, verdict: Verdict | undefined, answer: IncomingMessage): Promise<string> {
    let body = JSON.parse((await bytesOf(answer)).toString());
    if ((answer.statusCode ?? 502) < 300) for (const listener of listeners) body = (await listener.after?.(call, body)) ?? body;
    return JSON.stringify(verdict?.kind === "change" ? await verdict.change(body) : body);
  }

  async function pass(
    call: Call,
    verdict: Verdict | undefined,
    answer: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const status = answer.statusCode ?? 502;
    if (!isJson(answer) && verdict === undefined) return void answer.pipe(outgoing.writeHead(status, answer.headers));
    const body = isJson(answer) ? await read(call, verdict, answer) : await bytesOf(answer);
    if (verdict?.kind === "loseAnswer") outgoing.socket?.destroy();
    else if (!outgoing.destroyed)
      outgoing.writeHead(status, without(answer.headers, "content-length", "transfer-encoding")).end(body);
  }

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [method, url] = [incoming.method ?? "", incoming.url ?? ""];
    const call = { method, url, path: decodeURIComponent(url) };
    proxy.calls.push(call);
    underWay.add(call);
    outgoing.once("close", () => underWay.delete(call));
    const verdict = await proxy.judge(call);
    if (verdict?.kind === "refuse") {
      incoming.resume();
      outgoing.writeHead(verdict.status, { "content-type": "application/json" }).end(JSON.stringify(verdict.body));
      return;
    }
    if (verdict?.kind === "drop") return void incoming.socket.destroy();
    let address = url;
    for (const listener of listeners) address = listener.before?.(call) ?? address;
    const onward = request(`${target}${address}`, { method, headers: without(incoming.headers, "accept-encoding") });
    outgoing.once("close", () => onward.destroy());
    onward.once("error", () => incoming.socket.destroy());
    onward.once("response", (answer) => {
      // Either of the two hung up in the middle of the answer.
      pass(call, verdict, answer, outgoing).catch(() => incoming.socket.destroy());
    });
    incoming.pipe(onward);
  }

  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}
