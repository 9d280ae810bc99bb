/** A story: what people do, moment by moment, and what each step must leave in every thread and in the database. */
import type { PlatformName, Usefulness } from "../../src/domain/demande.ts";
import type { Hand } from "./hand.ts";
import type { Stage } from "./stage.ts";

/** A place where one side sees the demande, as a reader of that conversation. */
export interface ThreadPlace {
  /** As the transcript names it. */
  readonly label: string;
  readonly platform: PlatformName;
  /** As control calls take it: the name of a channel or of a room, or `dm`. */
  readonly channel: string;
  /** Somebody who reads there: a handle. */
  readonly reader: string;
}

/** What every thread's card says below its heading; each platform has its own order. */
export interface CardText {
  readonly status: string;
  readonly groupes: readonly string[];
  /** « 👀 Consultée par … » */
  readonly viewed?: string;
  readonly alerts?: readonly string[];
}

/** What happens to the lines of a thread, each as `lineOf` tells it. */
export type Change =
  | { readonly add: string }
  | { readonly edit: string; readonly to: string }
  /** The line is no more there. */
  | { readonly remove: string };

/** Dates as they read in Paris, « 06/03/2026 10:00 »; null when nothing is due. */
export interface DueDates {
  readonly overdueAt: string | null;
  readonly remindAt: string | null;
  readonly archiveInvitationAt: string | null;
  readonly wipeAt: string | null;
}

/** What a step leaves. What is not named stays as the step before left it, to the letter. */
export interface Left {
  readonly threads?: Readonly<Record<string, readonly Change[]>>;
  readonly card?: CardText;
  /** The buttons of the card, by thread. */
  readonly buttons?: Readonly<Record<string, readonly string[]>>;
  readonly status?: string;
  /** Added to the demande: the event's type, with * when it is between instructeurs. */
  readonly events?: readonly string[];
  readonly due?: Partial<DueDates>;
  readonly usefulness?: Usefulness | null;
}

export interface Step {
  readonly title: string;
  /** When in the world, as the clock's control call takes it; absent: right after the step before. */
  readonly when?: { readonly set: string } | { readonly advance: string };
  /** Absent: time alone does it. @throws StepFault when somebody is not shown what they should be */
  readonly act?: (hand: Hand) => Promise<void>;
  readonly left: Left;
  /** How long it may take to leave it (ms), where that is not what the whole run allows. */
  readonly patience?: number;
}

export interface Story {
  readonly title: string;
  /** The demande's number, from an empty world. */
  readonly ref: string;
  /** The moment at which the world begins (ISO 8601). */
  readonly begins: string;
  readonly threads: Readonly<Record<string, ThreadPlace>>;
  /** What this world has that the others have not, before the first step. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  readonly steps: readonly Step[];
}

/** Something that a person was not shown, or could not do: the step fails with this sentence. */
export class StepFault extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "StepFault";
  }
}
