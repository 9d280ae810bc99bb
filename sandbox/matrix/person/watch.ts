import type { EventRecord, Json } from "../state/model.ts";
import { relationOf } from "../state/room.ts";
import { canSee } from "../state/visibility.ts";
import { shownMessage } from "./shown.ts";
import { botsOf, type Stage } from "./stage.ts";

/** Nothing more is awaited after that long without anything new… */
const QUIET_MS = 100;
/** … unless the bot is still at work, and then after that long. */
const BUSY_QUIET_MS = 400;
/** In any case. */
const MOST_MS = 5000;
const STEP_MS = 10;
/** A bot that says when it is done shows what it has to show by then, or nothing. */
const FOLLOWED_IDLE_MS = 250;

/** Waits, though not for ever: a fault may be making the bot wait. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}

/** Collects what the bots show one person, from its making until `close`. */
export class Watch {
  readonly #stage: Stage;
  readonly #userId: string;
  readonly #bots: ReadonlySet<string>;
  /** The messages touched, by id, in the order in which they were. */
  readonly #touched = new Set<string>();
  readonly #stop: () => void;
  #lastAt: number | undefined;

  constructor(stage: Stage, userId: string) {
    this.#stage = stage;
    this.#userId = userId;
    this.#bots = botsOf(stage.world);
    this.#stop = stage.world.feed.watch((event) => this.#note(event));
  }

  #note(event: EventRecord): void {
    const room = this.#stage.world.room(event.roomId);
    if (!this.#bots.has(event.sender) || !room || !canSee(room, event, this.#userId)) return;
    if (!["join", "invite"].includes(room.membership(this.#userId) ?? "")) return;
    this.#lastAt = performance.now();
    if (event.stateKey !== undefined) return;
    const shown = this.#messageTouched(event);
    if (shown) this.#touched.add(shown.id);
  }

  /** The message that an event is, edits, reacts to or takes away. */
  #messageTouched(event: EventRecord): EventRecord | undefined {
    const { world } = this.#stage;
    if (event.redacts !== undefined) {
      const target = world.event(event.redacts);
      // A reaction taken away leaves nothing of what it was on.
      return target && target.type !== "m.reaction" ? target : undefined;
    }
    const relation = relationOf(event.content);
    if (relation?.type !== "m.replace" && relation?.type !== "m.annotation") return event;
    return world.event(relation.eventId);
  }

  /**
   * Waits for the first result, and then until nothing more comes. Gives up when the bot does nothing for `idle` milliseconds, and
   * at once when no bot listens, nor seems about to.
   */
  async settle(idle: number): Promise<void> {
    const { activity, app, polls } = this.#stage;
    const start = performance.now();
    const longest = app.idle ? Math.min(idle, FOLLOWED_IDLE_MS) : idle;
    const isAround = () =>
      app.idle !== undefined || polls.isListening(this.#bots) || performance.now() - activity.lastAt < longest;
    while (performance.now() - start <= MOST_MS && isAround()) {
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
    const { activity, polls, world } = this.#stage;
    const now = performance.now();
    const isAtWork = activity.inFlight > 0 || polls.isBehind(world.feed, this.#bots);
    if (this.#lastAt === undefined) return !isAtWork && now - Math.max(start, activity.lastAt) >= idle;
    const quiet = now - Math.max(this.#lastAt, activity.lastAt);
    return quiet >= BUSY_QUIET_MS || (quiet >= QUIET_MS && !isAtWork);
  }

  /** Ends the watch and says what was seen, as it stands now. */
  close(): Json[] {
    this.#stop();
    const { world } = this.#stage;
    return [...this.#touched].flatMap((id) => {
      const event = world.event(id);
      const room = event && world.room(event.roomId);
      return event && room ? [shownMessage(world, room, event)] : [];
    });
  }
}
