/** The control API over HTTP: what a visitor, a test or the page may do with the sandbox. From this machine only. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Database } from "../models/database.ts";
import type { Route } from "../src/http/server.ts";
import { answerJson } from "../src/http/server.ts";
import type { Runtime } from "../src/runtime.ts";
import { handleMatrixControl } from "./matrix/control/http.ts";
import type { Sandbox } from "./sandbox.ts";
import { handleSlackControl } from "./slack/control/http.ts";
import { durationMs, mayMoveTo, moveTo } from "./time.ts";
import { describeWorld } from "./world.ts";

const BODY_LIMIT = 32 * 1024 * 1024;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

const clockBody = z.union([
  z.strictObject({ advance: z.string().max(40) }),
  z.strictObject({ set: z.iso.datetime({ offset: true }) }),
]);

class BadCall extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const hostOf = (authority: string): string => authority.replace(/:\d+$/, "").toLowerCase();

/** Keeps other machines out, and pages of other sites in a visitor's browser. */
function checkOrigin(request: IncomingMessage): void {
  const address = request.socket.remoteAddress ?? "";
  const local = address === "::1" || /^(?:::ffff:)?127\./.test(address);
  const { host = "", origin } = request.headers;
  const ownPage = origin === undefined || LOOPBACK.has(hostOf(origin.replace(/^https?:\/\//, "")));
  if (!local || !LOOPBACK.has(hostOf(host)) || !ownPage) throw new BadCall(403, "Le bac à sable ne répond qu’à cette machine.");
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new BadCall(413, "Le corps de la requête est trop long.");
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new BadCall(400, "Le corps de la requête doit être du JSON.");
  }
}

function targetOf(body: unknown, now: Date): Date {
  const parsed = clockBody.safeParse(body);
  if (!parsed.success) throw new BadCall(400, 'Donnez {"advance": "P4D"} ou {"set": "2026-03-02T09:00:00Z"}.');
  const given = parsed.data;
  const wait = "advance" in given ? durationMs(given.advance) : 0;
  if (wait === null) throw new BadCall(400, "La durée s’écrit comme P4D, PT3H ou P2W.");
  const target = "set" in given ? new Date(given.set) : new Date(now.getTime() + wait);
  if (!mayMoveTo(target, now)) throw new BadCall(400, "L’horloge ne recule pas, et n’avance pas de plus de 400 jours à la fois.");
  return target;
}

/** The routes of the sandbox; the clock is moved by one call at a time. */
export function controlRoute(sandbox: Sandbox, runtime: Runtime, db: Database): Route {
  let moving: Promise<unknown> = Promise.resolve();
  sandbox.follow(runtime);
  async function answer(request: IncomingMessage, path: string): Promise<{ status: number; body: unknown }> {
    checkOrigin(request);
    const { method = "GET" } = request;
    if (path === "/sandbox/world" && method === "GET")
      return { status: 200, body: await describeWorld(db, sandbox, sandbox.clock.now()) };
    const body = method === "POST" ? await readBody(request) : undefined;
    if (path === "/sandbox/clock" && method === "POST") {
      const target = targetOf(body, sandbox.clock.now());
      const move = moving.then(() => moveTo(target, sandbox.clock, runtime));
      moving = move.catch(() => undefined);
      await move;
      return { status: 200, body: { ok: true, now: sandbox.clock.now().toISOString() } };
    }
    const query = Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams);
    const call = { method, path, query, body };
    const answered = (await handleSlackControl(sandbox.slack, call)) ?? (await handleMatrixControl(sandbox.matrix, call));
    if (!answered) throw new BadCall(404, "Cet appel n’existe pas : voyez docs/sandbox.md.");
    return answered;
  }

  return async (request, response, path) => {
    if (!path.startsWith("/sandbox/")) return false;
    try {
      const { status, body } = await answer(request, path);
      answerJson(response, status, body);
    } catch (error) {
      if (!(error instanceof BadCall)) throw error;
      answerJson(response, error.status, { ok: false, error: error.message });
    }
    return true;
  };
}
