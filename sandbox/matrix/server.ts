import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import { Activity } from "../slack/web-api/activity.ts";
import type { ApiContext, CallHook } from "./client-api/dispatch.ts";
import { mediaOf } from "./client-api/media.ts";
import { Polls } from "./client-api/polls.ts";
import { RateLimits } from "./client-api/rate-limits.ts";
import { acts } from "./control/acts.ts";
import { Builder } from "./control/build.ts";
import { type Shapes, shapes } from "./control/shapes.ts";
import { Faults } from "./faults.ts";
import { handleRequest } from "./http.ts";
import { type ShownEvent, shownEvent } from "./person/shown.ts";
import { type BotFollowed, botsOf, type Stage } from "./person/stage.ts";
import { World } from "./state/world.ts";

export interface MatrixSandboxOptions {
  /** Where all is kept; memory only if absent. One process at a time. */
  folder?: string;
  /** The world's wall clock: events are dated by it. */
  clock?: { now(): Date };
  port?: number;
  host?: "127.0.0.1";
  /** What user ids end with; « localhost » by default. */
  serverName?: string;
  /** Whether calls above Synapse's default rates are refused with 429; true by default. */
  rateLimits?: boolean;
}

type Acts = typeof acts;

/** World building, and what people do: each act as the control call of the same name takes it. Both throw a Refusal. */
export type MatrixControl = Builder & {
  [K in keyof Acts]: (input: z.input<Shapes[K]>) => ReturnType<Acts[K]>;
};

export interface MatrixSandbox {
  /** `http://127.0.0.1:port`: what clients take as the homeserver's address. */
  url: string;
  control: MatrixControl;
  faults: Faults;
  /**
   * Has `hook` awaited before each call of the API acts, and after it acted but before it is answered, with the endpoint's name
   * (`PUT rooms/{roomId}/send/{eventType}/{txnId}`). Returns its end.
   */
  onCall(hook: CallHook): () => void;
  /**
   * Has each act of a person wait for a bot that runs in this process, so that its answer tells all that follows from it.
   * `idle` resolves once the bot has sent everything that the acts so far lead to.
   */
  followApp(idle: () => Promise<void>): void;
  /** Tells of each change in a room: a message, an edit, a reaction, something taken away. Returns its end. */
  onShown(watcher: (shown: ShownEvent) => void): () => void;
  /** The bytes of a file (`mxc://…`), with what it is. */
  file(address: string): { name: string; mimetype: string; bytes: Buffer } | undefined;
  /** Resolves once the bots have come back for more after all that happened and make no call; rejects after `timeout` ms (10 000). */
  settled(timeout?: number): Promise<void>;
  /** Empties the world and cuts the syncs that wait. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The bots must have been silent that long to count as settled. */
const SILENCE_MS = 150;

/** Starts a Matrix homeserver on this machine, over which unmodified clients and bots run. */
export async function startMatrixSandbox(options: MatrixSandboxOptions = {}): Promise<MatrixSandbox> {
  const world = new World({
    clock: options.clock ?? { now: () => new Date() },
    serverName: options.serverName ?? "localhost",
    ...(options.folder !== undefined && { folder: options.folder }),
  });
  const faults = new Faults();
  const polls = new Polls();
  const activity = new Activity();
  const limits = options.rateLimits === false ? undefined : new RateLimits();
  const hooks = new Set<CallHook>();
  faults.cut = () => polls.cut();
  const api: ApiContext = { world, faults, polls, limits, hooks, activity };
  const app: BotFollowed = {};
  const stage: Stage = { world, polls, activity, app };
  const control = controlOf(stage, new Builder(world));

  const server = createServer((request, response) => void handleRequest(sandbox, api, request, response));
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  world.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sandbox: MatrixSandbox = {
    url: world.baseUrl,
    control,
    faults,
    onCall(hook) {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    followApp(idle) {
      app.idle = idle;
    },
    onShown: (watcher) => world.feed.watch((event) => watcher(shownEvent(world, event))),
    file(address) {
      const [, server = "", id = ""] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(address) ?? [];
      const found = mediaOf(world, server, id);
      return found && { name: found.record.filename ?? id, mimetype: found.record.contentType, bytes: found.bytes };
    },
    async settled(timeout = 10_000) {
      const start = performance.now();
      const bots = botsOf(world);
      const isBusy = () =>
        activity.inFlight > 0 || polls.isBehind(world.feed, bots) || performance.now() - activity.lastAt < SILENCE_MS;
      while (isBusy()) {
        if (performance.now() - start > timeout) throw new Error("the Matrix sandbox did not settle in time");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async reset() {
      polls.cut();
      polls.clear();
      limits?.clear();
      faults.clear();
      await world.clear();
    },
    async close() {
      polls.cut();
      server.close();
      server.closeAllConnections();
      await world.store.close();
    },
  };
  return sandbox;
}

/** The control object: the builder's methods, and the acts with their input checked. */
function controlOf(stage: Stage, builder: Builder): MatrixControl {
  const checked = (Object.keys(acts) as (keyof Acts)[]).map((name) => {
    const act = acts[name] as (stage: Stage, input: unknown) => unknown;
    return [name, async (input: unknown) => act(stage, shapes[name].parse(input, { reportInput: true }))];
  });
  return Object.assign(builder, Object.fromEntries(checked)) as MatrixControl;
}
