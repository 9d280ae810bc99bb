/** What the page and its server say to each other: plain data, read by both, importing nothing. */

export type PlatformId = "slack" | "matrix";

/** Something changed in a conversation: whoever shows it reads it again. Sent as server-sent events. */
export interface Change {
  readonly kind: "conversation";
  readonly platform: PlatformId;
  readonly channel: string;
  /** The root of the thread in which it is; null for what stands in the channel itself. */
  readonly thread: string | null;
  /** A new message of the bot's, and not an edit, a reaction or what a person does. */
  readonly isNews: boolean;
  /** The only account that sees it; null for everybody there. */
  readonly onlyFor: string | null;
}

export type Told =
  | Change
  /** What only one account sees: its form, its home. */
  | { readonly kind: "view"; readonly account: string }
  | { readonly kind: "clock"; readonly now: string }
  /** The bot's state, or the counters, are others. */
  | { readonly kind: "bot" }
  /** Another world: everything is to be read anew. */
  | { readonly kind: "world" };

export interface CommandHint {
  /** What is typed: « /demande », « !prendre ». */
  readonly typed: string;
  readonly usage: string;
  readonly help: string;
  /** Only in the thread of a demande. */
  readonly inThread: boolean;
}

export interface ShortcutHint {
  readonly callback: string;
  readonly label: string;
  readonly help: string;
}

/** Where the clock may be sent, and what is to be expected. */
export interface ClockState {
  readonly now: string;
  /** The next opening of the offices of the Ain; the present one is not meant. */
  readonly opening: string;
  /** The next moment at which something falls due; null when nothing will. */
  readonly due: string | null;
  /** Why nothing comes now, or when something will; sentences. */
  readonly why: readonly string[];
}

export interface Arrival {
  readonly platform: PlatformId;
  readonly channel: string;
  readonly name: string;
  readonly count: number;
}

export interface ClockMove extends ClockState {
  readonly ok: true;
  /** What the bot wrote on the way, by conversation. */
  readonly came: readonly Arrival[];
}

export interface BotStatus {
  readonly state: "running" | "starting" | "killed";
  /** The number of its process; null where it shares the sandbox's own, or does not run. */
  readonly pid: number | null;
  readonly lives: number;
  /** Whether it can be killed here. */
  readonly isProcess: boolean;
}

/** Counted in the database and in what both platforms store, at that moment. */
export interface Counters {
  readonly demandes: number;
  readonly events: number;
  readonly threads: number;
  /** Messages of the bot that the events call for, cards included. */
  readonly due: number;
  /** Of those, how many stand where they must. */
  readonly there: number;
  /** Called for and not there yet. */
  readonly missing: number;
  /** Standing more than once, or called for by nothing. */
  readonly twice: number;
  /** Messages that people wrote in threads, and of those how many are events already. */
  readonly written: number;
  readonly kept: number;
}

export interface TourStep {
  readonly id: string;
  readonly title: string;
  /** What to do, one gesture a line. */
  readonly todo: readonly string[];
  /** What to look at once it is done. */
  readonly look: string;
  readonly isDone: boolean;
  readonly where: TourPlace | null;
}

/** Where the step is played: « Y aller » opens it. */
export interface TourPlace {
  readonly platform: PlatformId;
  readonly account: string;
  readonly channel: string;
  readonly thread: string | null;
}

export interface Tour {
  readonly steps: readonly TourStep[];
  /** « D-000007 », once the tour's demande is open. */
  readonly ref: string | null;
}
