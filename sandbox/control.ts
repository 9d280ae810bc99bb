/** The control API over HTTP: what a visitor, a test or the page may do with the sandbox. From this machine only. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { drop, readBody } from "../src/http/body.ts";
import type { Route } from "../src/http/server.ts";
import { answerJson } from "../src/http/server.ts";
import { isFromHere } from "./loopback.ts";
import { handleMatrixControl } from "./matrix/control/http.ts";
import { handleSlackControl } from "./slack/control/http.ts";
import { durationMs, mayMoveTo, moveTo } from "./time.ts";
import type { Playing } from "./web/calls.ts";
import {
  botBody,
  botStatus,
  clockState,
  commandHints,
  commandsQuery,
  counters,
  nextDueAfter,
  orderBot,
  shortcutHints,
  tour,
} from "./web/calls.ts";
import { countArrivals } from "./web/conversations.ts";
import type { ClockMove } from "./web/protocol.ts";
import { AIN, openingAfter } from "./web/why.ts";
import { describeWorld } from "./world.ts";

const BODY_LIMIT = 32 * 1024 * 1024;
const BODY_MS = 30_000;

const clockBody = z.union([
  z.strictObject({ advance: z.string().max(40) }),
  z.strictObject({ set: z.iso.datetime({ offset: true }) }),
  z.strictObject({ to: z.enum(["opening", "due"]) }),
]);

class BadCall extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

function checkOrigin(request: IncomingMessage): void {
  if (!isFromHere(request)) throw new BadCall(403, "Le bac à sable ne répond qu’à cette machine.");
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const read = await readBody(request, { mostBytes: BODY_LIMIT, withinMs: BODY_MS });
  if (read.kind === "tooLong") throw new BadCall(413, "Le corps de la requête est trop long.");
  if (read.kind === "cut") throw new BadCall(408, "Le corps de la requête n’est pas arrivé en entier.");
  if (read.body.length === 0) return undefined;
  try {
    return JSON.parse(read.body.toString("utf8"));
  } catch {
    throw new BadCall(400, "Le corps de la requête doit être du JSON.");
  }
}

async function targetOf(body: unknown, { db, sandbox }: Playing): Promise<Date> {
  const parsed = clockBody.safeParse(body);
  if (!parsed.success) throw new BadCall(400, 'Donnez {"advance": "P4D"}, {"set": "2026-03-02T09:00:00Z"} ou {"to": "opening"}.');
  const given = parsed.data;
  const now = sandbox.clock.now();
  if ("to" in given) {
    if (given.to === "opening") return openingAfter(now, AIN);
    const due = await nextDueAfter(db, now);
    if (!due) throw new BadCall(409, "Aucune échéance n’est à venir.");
    return due;
  }
  const wait = "advance" in given ? durationMs(given.advance) : 0;
  if (wait === null) throw new BadCall(400, "La durée s’écrit comme P4D, PT3H ou P2W.");
  const target = "set" in given ? new Date(given.set) : new Date(now.getTime() + wait);
  if (!mayMoveTo(target, now)) throw new BadCall(400, "L’horloge ne recule pas, et n’avance pas de plus de 400 jours à la fois.");
  return target;
}

function parsed<T>(schema: z.ZodType<T>, given: unknown, sentence: string): T {
  const { success, data } = schema.safeParse(given);
  if (!success) throw new BadCall(400, sentence);
  return data;
}

/** What the visitor does to the demonstration itself. */
export interface Controls {
  /** The first day again. */
  restart(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const done = (body: object): Answer => ({ status: 200, body });

/** One move of the clock at a time; it tells what the bot wrote on the way, and what is to be expected then. */
class ClockMoves {
  private moving: Promise<unknown> = Promise.resolve();

  async move(playing: Playing, body: unknown): Promise<ClockMove> {
    const move = this.moving.then(() => this.moveNow(playing, body));
    this.moving = move.catch(() => undefined);
    return move;
  }

  private async moveNow(playing: Playing, body: unknown): Promise<ClockMove> {
    const { sandbox, bot, db } = playing;
    const target = await targetOf(body, playing);
    const arrived = countArrivals(sandbox);
    try {
      await moveTo(target, sandbox.clock, bot, db);
    } catch (error) {
      arrived();
      throw error;
    }
    const counted = [...arrived().values()];
    const { channels } = await describeWorld(db, sandbox, sandbox.clock.now());
    const came = counted.map(({ change: { platform, channel }, count }) => ({
      platform,
      channel,
      name: channels.find(({ id }) => id === channel)?.name ?? channel,
      count,
    }));
    return { ok: true, ...(await clockState(playing)), came };
  }
}

/** The calls of the page; undefined for any other. */
async function answerPage(playing: Playing, controls: Controls | null, call: Call): Promise<Answer | undefined> {
  switch (`${call.method} ${call.path}`) {
    case "GET /sandbox/clock":
      return done(await clockState(playing));
    case "GET /sandbox/counters":
      return done({ ok: true, ...(await counters(playing)) });
    case "GET /sandbox/tour":
      return done({ ok: true, ...(await tour(playing)) });
    case "GET /sandbox/commands": {
      const { platform } = parsed(commandsQuery, call.query, "Donnez platform : slack ou matrix.");
      return done({ ok: true, commands: commandHints(platform), shortcuts: platform === "slack" ? shortcutHints() : [] });
    }
    case "GET /sandbox/bot":
      return done({ ok: true, ...botStatus(playing) });
    case "POST /sandbox/bot": {
      const { do: order } = parsed(botBody, call.body, 'Donnez {"do": "kill"} ou {"do": "start"}.');
      if (!(await orderBot(playing, order))) throw new BadCall(409, "Ici, le robot n’est pas un processus à part.");
      return done({ ok: true, ...botStatus(playing) });
    }
    case "POST /sandbox/restart":
      if (!controls) throw new BadCall(409, "Ici, on ne recommence pas.");
      await controls.restart();
      return done({ ok: true });
    default:
      return undefined;
  }
}

/** The routes of the sandbox. @param playing the world of now; null while it begins anew */
export function controlRoute(playing: () => Playing | null, controls: Controls | null = null): Route {
  const clock = new ClockMoves();

  async function answer(request: IncomingMessage, path: string): Promise<Answer> {
    checkOrigin(request);
    const { method = "GET" } = request;
    const body = method === "POST" ? await jsonOf(request) : undefined;
    const world = playing();
    if (!world) throw new BadCall(503, "Le bac à sable recommence : un instant.");
    const { sandbox, db } = world;
    if (path === "/sandbox/world" && method === "GET") return done(await describeWorld(db, sandbox, sandbox.clock.now()));
    if (path === "/sandbox/clock" && method === "POST") return done(await clock.move(world, body));
    const query = Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams);
    const call = { method, path, query, body };
    const answered =
      (await answerPage(world, controls, call)) ??
      (await handleSlackControl(sandbox.slack, call)) ??
      (await handleMatrixControl(sandbox.matrix, call));
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
      if (!request.complete) {
        drop(request);
        response.setHeader("connection", "close");
      }
      answerJson(response, error.status, { ok: false, error: error.message });
    }
    return true;
  };
}
