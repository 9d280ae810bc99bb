import type { Courier } from "../events/courier.ts";
import type { Feed, Shown } from "../state/feed.ts";
import { openViews, topView } from "../state/modals.ts";
import type { EphemeralRecord, Json, UserRecord } from "../state/model.ts";
import { presentMessage, presentView } from "../state/present.ts";
import type { Activity } from "../web-api/activity.ts";
import type { Platform } from "./payloads.ts";

/** What acting as a person needs. */
export interface Stage extends Platform {
  courier: Courier;
  activity: Activity;
  ackTimeout: number;
  app: AppFollowed;
}

/** The app, where it runs in this process and can say when it is done. */
export interface AppFollowed {
  /** Resolves once everything that follows from the acts so far has been sent. */
  idle?: () => Promise<void>;
}

/** What a person sees at once after an act. */
export interface Seen {
  /** What only they see: new, or changed. */
  ephemeral: Json[];
  /** What the app posted, changed or deleted (`deleted: true`) where they can see it. */
  messages: Json[];
  /** The modal before them, or null. */
  view: Json | null;
}

/** Nothing more is awaited after that long without anything new… */
const QUIET_MS = 80;
/** … unless the app is still calling, and then after that long. */
const BUSY_QUIET_MS = 400;
/** In any case. */
const MOST_MS = 5000;
const STEP_MS = 10;
/** An app that says when it is done shows what it has to show by then, or nothing. */
const FOLLOWED_IDLE_MS = 250;

/** Waits, though not for ever: a fault may be making the app wait. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}

export function presentEphemeral(ephemeral: EphemeralRecord): Json {
  const { botId, appId, threadTs, channel, ts, text, blocks, attachments, username, icons } = ephemeral;
  return {
    type: "message",
    is_ephemeral: true,
    channel,
    ts,
    text,
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(botId !== undefined && { bot_id: botId, app_id: appId }),
    ...(username !== undefined && { username, icons }),
    ...(blocks && { blocks }),
    ...(attachments && { attachments }),
  };
}

/** Collects what one person is shown, from its making until `close`. */
export class Watch {
  readonly #stage: Stage;
  readonly #person: UserRecord;
  readonly #messages = new Map<string, { channel: string; ts: string; deleted: boolean }>();
  readonly #ephemerals = new Map<string, { channel: string; ts: string }>();
  readonly #stop: () => void;
  #lastAt: number | undefined;

  constructor(stage: Stage, person: UserRecord) {
    this.#stage = stage;
    this.#person = person;
    const feed: Feed = stage.world.feed;
    this.#stop = feed.watch((shown) => this.#note(shown));
  }

  #note(shown: Shown): void {
    const { world } = this.#stage;
    if (shown.kind === "view" || shown.kind === "home") {
      if (shown.user === this.#person.id) this.#lastAt = performance.now();
      return;
    }
    const key = `${shown.channel} ${shown.ts}`;
    if (shown.kind === "ephemeral") {
      if (shown.user !== this.#person.id) return;
      this.#ephemerals.set(key, shown);
    } else {
      if (!world.channels.get(shown.channel)?.members.includes(this.#person.id)) return;
      if (!shown.byApp) return;
      this.#messages.set(key, { channel: shown.channel, ts: shown.ts, deleted: shown.kind === "deleted" });
    }
    this.#lastAt = performance.now();
  }

  /** Forgets what was shown so far, so that only what comes now counts as the first result. */
  restart(): void {
    this.#lastAt = undefined;
  }

  /** Waits for the first result, and then until nothing more comes. Gives up when the app does nothing for `idle` milliseconds. */
  async settle(idle: number): Promise<void> {
    const { activity, app } = this.#stage;
    const start = performance.now();
    const longest = app.idle ? Math.min(idle, FOLLOWED_IDLE_MS) : idle;
    while (performance.now() - start <= MOST_MS) {
      if (this.#isQuiet(start, longest)) {
        if (!app.idle) return;
        const lastCall = activity.lastAt;
        await within(app.idle(), MOST_MS - (performance.now() - start));
        if (activity.lastAt === lastCall && activity.inFlight === 0) return;
      }
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }

  #isQuiet(start: number, idle: number): boolean {
    const { activity } = this.#stage;
    const now = performance.now();
    if (this.#lastAt === undefined) return activity.inFlight === 0 && now - Math.max(start, activity.lastAt) >= idle;
    const quiet = now - this.#lastAt;
    return quiet >= BUSY_QUIET_MS || (quiet >= QUIET_MS && activity.inFlight === 0);
  }

  /** Ends the watch and says what was seen, as it stands now. */
  close(): Seen {
    this.#stop();
    const { world } = this.#stage;
    const messages = [...this.#messages.values()].map(({ channel, ts, deleted }) => {
      const message = world.message(channel, ts);
      if (!message || deleted) return { type: "message", channel, ts, deleted: true };
      return { ...presentMessage(world, message), channel };
    });
    const ephemeral = [...this.#ephemerals.values()].map(({ channel, ts }) => {
      const one = world.ephemeral(channel, ts);
      return one ? presentEphemeral(one) : { type: "message", is_ephemeral: true, channel, ts, deleted: true };
    });
    return { ephemeral, messages, view: shownView(this.#stage, this.#person) };
  }
}

/** The modal before that person with how deep it lies, or null. */
export function shownView({ world }: Pick<Stage, "world">, person: UserRecord): Json | null {
  const view = topView(world, person.id);
  return view ? { ...presentView(world, view), depth: openViews(world, person.id).length } : null;
}
