/** Plays a story step by step, and looks after each whether it left what it should, everywhere. */
import { setTimeout as sleep } from "node:timers/promises";
import { readBase } from "./base.ts";
import { Expected, type Seen } from "./expected.ts";
import { Hand } from "./hand.ts";
import { sidesOf } from "./sides.ts";
import type { Stage } from "./stage.ts";
import type { Step, Story } from "./story.ts";
import { StepFault } from "./story.ts";
import { Threads } from "./threads.ts";

export interface Played {
  readonly step: Step;
  /** The moment in the world when it was done. */
  readonly at: Date;
  /** From the last act to when everything was where it should be (ms). */
  readonly delay: number;
  /** Empty when the step left what it should. */
  readonly faults: readonly string[];
}

export interface Options {
  /** How long everything may take to be where it should (ms); longer is a fault. */
  readonly patience: number;
  /** Told of each step as soon as it is done. */
  readonly onStep: (played: Played) => void;
}

const LOOK_AGAIN_MS = 5;

class Player {
  private readonly stage: Stage;
  private readonly story: Story;
  private readonly patience: number;
  private readonly threads: Threads;
  private readonly hand: Hand;
  private readonly expected: Expected;
  /** When the last act began, by the monotonic clock: the delay of a step is counted from there. */
  private lastActAt = performance.now();

  constructor(stage: Stage, story: Story, patience: number) {
    this.stage = stage;
    this.story = story;
    this.patience = patience;
    const sides = sidesOf(stage, () => {
      this.lastActAt = performance.now();
    });
    this.threads = new Threads(sides, story.ref, story.threads);
    this.hand = new Hand(this.threads);
    this.expected = new Expected(story.threads);
  }

  async step(step: Step): Promise<Played> {
    const at = await this.move(step);
    try {
      await step.act?.(this.hand);
      const faults = await this.wait(step);
      return { step, at, delay: performance.now() - this.lastActAt, faults };
    } catch (error) {
      if (!(error instanceof StepFault)) throw error;
      return { step, at, delay: performance.now() - this.lastActAt, faults: [error.message] };
    }
  }

  /** Everything is still as it must be, now that nothing is under way: nothing came twice, nothing came after. */
  async last(): Promise<string[]> {
    await this.stage.settled();
    return this.faults();
  }

  private move({ when = { advance: "PT0S" } }: Step): Promise<Date> {
    this.lastActAt = performance.now();
    return this.stage.control.clock(when);
  }

  private async wait({ left, patience = this.patience }: Step): Promise<string[]> {
    this.expected.apply(left);
    const start = performance.now();
    for (;;) {
      const faults = await this.faults();
      if (faults.length === 0 || performance.now() - start > patience) return faults;
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** What cannot be read is a fault like another: it may be there the next time. */
  private async faults(): Promise<string[]> {
    try {
      return this.expected.faults(await this.look());
    } catch (error) {
      if (!(error instanceof StepFault)) throw error;
      return [error.message];
    }
  }

  private async look(): Promise<Seen> {
    const names = Object.keys(this.story.threads);
    const [base, ...seen] = await Promise.all([
      readBase(this.stage.db, this.story.ref),
      ...names.map((name) => this.threads.read(name)),
    ]);
    return { base, threads: new Map(names.map((name, n) => [name, seen[n] ?? null])) };
  }
}

/** Plays until a step fails. @returns what became of each step, the last one of which may have failed */
export async function play(stage: Stage, story: Story, { patience, onStep }: Options): Promise<Played[]> {
  await stage.begin(new Date(story.begins));
  await story.prepare?.(stage);
  const player = new Player(stage, story, patience);
  const played: Played[] = [];
  for (const step of story.steps) {
    const done = await player.step(step);
    const isLast = step === story.steps.at(-1) && done.faults.length === 0;
    const told = isLast ? { ...done, faults: await player.last() } : done;
    played.push(told);
    onStep(told);
    if (told.faults.length > 0) break;
  }
  return played;
}
