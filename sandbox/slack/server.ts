import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import { acts } from "./control/acts.ts";
import { Builder } from "./control/build.ts";
import { type Shapes, shapes } from "./control/shapes.ts";
import { Courier } from "./events/courier.ts";
import { Sockets } from "./events/sockets.ts";
import { Faults } from "./faults.ts";
import { handleRequest } from "./http.ts";
import { OAuth } from "./oauth.ts";
import type { AppFollowed, Stage } from "./person/watch.ts";
import type { Shown } from "./state/feed.ts";
import type { Json } from "./state/model.ts";
import { Triggers } from "./state/triggers.ts";
import { World } from "./state/world.ts";
import { Activity } from "./web-api/activity.ts";
import type { ApiContext, CallHook } from "./web-api/dispatch.ts";
import { RateLimits } from "./web-api/rate-limits.ts";

export interface SlackSandboxOptions {
  /** Where all is kept; memory only if absent. One process at a time. */
  folder?: string;
  /** The world's wall clock: messages are dated by it. */
  clock?: { now(): Date };
  port?: number;
  host?: "127.0.0.1";
  /** Milliseconds before each redelivery of an event; Slack's by default: about at once, one minute, five minutes. */
  retryDelays?: readonly number[];
  /** Milliseconds that the app has to acknowledge: three seconds, as Slack's. */
  ackTimeout?: number;
  /** Whether calls above Slack's rates are refused with 429; true by default. */
  rateLimits?: boolean;
  /** Where the app is reached by signed HTTP when it has no socket. */
  interactivityUrl?: string;
}

type Acts = typeof acts;

/** World building, and what people do: each act as the control call of the same name takes it. Both throw a Refusal. */
export type SlackControl = Builder & {
  [K in keyof Acts]: (input: z.input<Shapes[K]>) => ReturnType<Acts[K]>;
};

export interface SlackSandbox {
  /** `http://127.0.0.1:port` */
  url: string;
  /** What to give to Bolt as `slackApiUrl`. */
  apiUrl: string;
  control: SlackControl;
  faults: Faults;
  /** Has `hook` awaited before each call of the Web API acts, and after it acted but before it is answered. Returns its end. */
  onCall(hook: CallHook): () => void;
  /**
   * Has each act of a person wait for an app that runs in this process, so that its answer tells all that follows from it.
   * `idle` resolves once the app has sent everything that the acts so far lead to.
   */
  followApp(idle: () => Promise<void>): void;
  /** Tells of each thing that becomes visible, changes or goes away on people's screens. Returns its end. */
  onShown(watcher: (shown: Shown) => void): () => void;
  /** The root of the thread in which a message stands; null for a root itself, and for what is not there any more. */
  threadOf(channel: string, ts: string): string | null;
  /** The bytes of a file that was shared, with what it is. */
  file(id: string): { name: string; mimetype: string; bytes: Buffer } | undefined;
  /** Asks the apps to reconnect, as Slack does now and then. */
  refreshSockets(): void;
  /** Resolves once no event waits, no interaction is under way and the apps make no call; rejects after `timeout` ms (10 000). */
  settled(timeout?: number): Promise<void>;
  /** Empties the world and closes the sockets. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const SLACK_RETRIES = [100, 60_000, 300_000];
/** The apps must have been silent that long to count as settled. */
const SILENCE_MS = 150;

/** Starts a Slack on this machine, over which an unmodified Bolt app runs. */
export async function startSlackSandbox(options: SlackSandboxOptions = {}): Promise<SlackSandbox> {
  const world = new World({
    clock: options.clock ?? { now: () => new Date() },
    ...(options.folder !== undefined && { folder: options.folder }),
  });
  const triggers = new Triggers();
  const faults = new Faults();
  const sockets = new Sockets();
  const activity = new Activity();
  const ackTimeout = options.ackTimeout ?? 3000;
  const courier = new Courier(world, sockets, faults, { retryDelays: options.retryDelays ?? SLACK_RETRIES, ackTimeout });
  const limits = options.rateLimits === false ? undefined : new RateLimits();
  const hooks = new Set<CallHook>();
  faults.cut = () => sockets.cut();

  const openSocket = (appToken: string) => {
    const app = [...world.apps.values()].find((one) => one.appToken === appToken);
    return app && sockets.ticket(app.id, world.baseUrl);
  };
  const oauth = new OAuth(world);
  const oauthAccess = (args: Json) => oauth.access(args);
  const api: ApiContext = { world, triggers, faults, limits, hooks, activity, openSocket, oauthAccess };
  const app: AppFollowed = {};
  const stage: Stage = { world, triggers, courier, activity, ackTimeout, app };
  const control = controlOf(stage, new Builder(world, options.interactivityUrl));

  const server = createServer((request, response) => void handleRequest(sandbox, api, oauth, request, response));
  server.on("upgrade", (request, socket, head) => {
    if (faults.strike("down", "apps.connections.open")) socket.destroy();
    else sockets.accept(request, socket, head);
  });
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  world.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  courier.resume();

  const sandbox: SlackSandbox = {
    url: world.baseUrl,
    apiUrl: `${world.baseUrl}/api/`,
    control,
    faults,
    onCall(hook) {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    followApp(idle) {
      app.idle = idle;
    },
    onShown: (watcher) => world.feed.watch(watcher),
    threadOf(channel, ts) {
      const threadTs = world.message(channel, ts)?.threadTs ?? world.ephemeral(channel, ts)?.threadTs;
      return threadTs === undefined || threadTs === ts ? null : threadTs;
    },
    file(id) {
      const record = world.files.get(id);
      const bytes = record?.state === "shared" ? world.store.getBytes(id) : undefined;
      return record && bytes && { name: record.name, mimetype: record.mimetype, bytes };
    },
    refreshSockets: () => sockets.refresh(),
    async settled(timeout = 10_000) {
      const start = performance.now();
      const isBusy = () => courier.isBusy() || activity.inFlight > 0 || performance.now() - activity.lastAt < SILENCE_MS;
      while (isBusy()) {
        if (performance.now() - start > timeout) throw new Error("the Slack sandbox did not settle in time");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async reset() {
      sockets.cut();
      courier.clear();
      triggers.clear();
      oauth.clear();
      limits?.clear();
      faults.clear();
      await world.clear();
    },
    async close() {
      await sockets.close();
      await courier.close();
      server.close();
      server.closeAllConnections();
      await world.store.close();
    },
  };
  return sandbox;
}

/** The control object: the builder's methods, and the acts with their input checked. */
function controlOf(stage: Stage, builder: Builder): SlackControl {
  const checked = (Object.keys(acts) as (keyof Acts)[]).map((name) => {
    const act = acts[name] as (stage: Stage, input: unknown) => unknown;
    return [name, async (input: unknown) => act(stage, shapes[name].parse(input, { reportInput: true }))];
  });
  return Object.assign(builder, Object.fromEntries(checked)) as SlackControl;
}
