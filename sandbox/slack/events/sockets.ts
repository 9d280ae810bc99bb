import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { newSecret } from "../state/ids.ts";
import type { Json } from "../state/model.ts";

/** Slack allows an app ten connections. */
const MOST_CONNECTIONS = 10;
/** A socket's address is good for that long, once. */
const TICKET_MS = 30_000;
/** Clients close a socket that does not ping them. */
const PING_MS = 10_000;
/** How long a connection has to answer a good-bye. */
const GOODBYE_MS = 500;

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });

/** What became of one delivery to the app. */
export type Delivery = { acked: true; payload: Json } | { acked: false; reason: string };

export interface Envelope {
  type: "events_api" | "interactive" | "slash_commands";
  payload: Json;
  accepts_response_payload: boolean;
  retry_attempt?: number;
  retry_reason?: string;
}

interface Waiting {
  socket: WebSocket;
  settle(delivery: Delivery): void;
}

/** The Socket Mode connections of the apps. */
export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Map<string, { appId: string; expires: number }>();
  readonly #connections = new Map<string, WebSocket[]>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #pinging: NodeJS.Timeout;
  /** Called each time an app has one more socket ready. */
  connected: (appId: string) => void = () => undefined;

  constructor() {
    this.#pinging = setInterval(() => this.#all().forEach((socket) => void socket.ping()), PING_MS);
    this.#pinging.unref();
  }

  /** A single-use address for a new socket of that app. `base` is the sandbox's own, http. */
  ticket(appId: string, base: string): string {
    const ticket = newSecret();
    this.#tickets.set(ticket, { appId, expires: performance.now() + TICKET_MS });
    return `${base.replace(/^http/, "ws")}/link/?ticket=${ticket}&app_id=${appId}`;
  }

  /** Takes an upgrade request; refuses those without a good ticket. */
  accept(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const id = url.searchParams.get("ticket") ?? "";
    const ticket = this.#tickets.get(id);
    this.#tickets.delete(id);
    const full = ticket && (this.#connections.get(ticket.appId)?.length ?? 0) >= MOST_CONNECTIONS;
    if (!ticket || ticket.expires < performance.now() || full || !url.pathname.startsWith("/link")) {
      duplex.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, duplex, head, (socket) => this.#welcome(ticket.appId, socket));
  }

  #welcome(appId: string, socket: WebSocket): void {
    const siblings = [...(this.#connections.get(appId) ?? []), socket];
    this.#connections.set(appId, siblings);
    socket.on("message", (data) => this.#acknowledge(data.toString()));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#gone(appId, socket));
    const hello = {
      type: "hello",
      num_connections: siblings.length,
      debug_info: { host: "applink", build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: appId },
    };
    socket.send(JSON.stringify(hello));
    this.connected(appId);
  }

  #gone(appId: string, socket: WebSocket): void {
    const left = (this.#connections.get(appId) ?? []).filter((other) => other !== socket);
    this.#connections.set(appId, left);
    for (const waiting of [...this.#waiting.values()])
      if (waiting.socket === socket) waiting.settle({ acked: false, reason: "connection_closed" });
  }

  #acknowledge(data: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(data);
    } catch {
      return;
    }
    const ack = acknowledgement.safeParse(parsed);
    if (ack.success) this.#waiting.get(ack.data.envelope_id)?.settle({ acked: true, payload: ack.data.payload ?? {} });
  }

  isConnected(appId: string): boolean {
    return this.#open(appId).length > 0;
  }

  /** The app's sockets that are not closing, the one whose turn it is first. */
  #open(appId: string): WebSocket[] {
    return (this.#connections.get(appId) ?? []).filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** Sends an envelope over the next of the app's sockets and waits for its acknowledgement, `timeout` milliseconds at most. */
  async deliver(appId: string, envelope: Envelope, timeout: number): Promise<Delivery> {
    const [socket] = this.#open(appId);
    if (!socket) return { acked: false, reason: "no_connection" };
    const others = (this.#connections.get(appId) ?? []).filter((other) => other !== socket);
    this.#connections.set(appId, [...others, socket]);
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const settle = (delivery: Delivery) => {
        clearTimeout(timer);
        this.#waiting.delete(envelopeId);
        resolve(delivery);
      };
      const timer = setTimeout(() => settle({ acked: false, reason: "timeout" }), timeout);
      this.#waiting.set(envelopeId, { socket, settle });
      socket.send(JSON.stringify({ ...envelope, envelope_id: envelopeId }), (error) => {
        if (error) settle({ acked: false, reason: "connection_closed" });
      });
    });
  }

  /** Asks the apps to connect anew, as Slack does before it takes a server away; the sockets close soon after. */
  refresh(reason: "warning" | "refresh_requested" = "refresh_requested"): void {
    for (const socket of this.#all())
      socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink" } }));
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const socket of this.#all()) socket.terminate();
  }

  /** Says good-bye to every connection, and breaks those that do not answer. */
  async close(): Promise<void> {
    clearInterval(this.#pinging);
    const open = [...this.#connections.values()].flat();
    const goodbyes = open.map((socket) => {
      if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
      socket.close(1000);
      return new Promise<void>((resolve) => socket.once("close", () => resolve()));
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([Promise.all(goodbyes), patience]);
    clearTimeout(timer);
    this.cut();
    this.#server.close();
  }

  #all(): WebSocket[] {
    return [...this.#connections.values()].flat().filter((socket) => socket.readyState === WebSocket.OPEN);
  }
}
