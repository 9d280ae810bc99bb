/** Plays stories, each in a world of its own, and tells them. */
import type { Played } from "./play.ts";
import { play } from "./play.ts";
import type { Stage } from "./stage.ts";
import { startStage } from "./stage.ts";
import type { Story } from "./story.ts";
import { endText, stepText, titleText } from "./transcript.ts";

export interface RunOptions {
  readonly tell: (text: string) => void;
  /** How long a step may take to leave what it should (ms). */
  readonly patience: number;
  /** Done to the world before the first step: a test's sabotage. */
  readonly before?: (stage: Stage) => void;
}

async function one(story: Story, { tell, patience, before }: RunOptions): Promise<boolean> {
  const stage = await startStage();
  try {
    before?.(stage);
    tell(titleText(story));
    let number = 0;
    const onStep = (done: Played) => {
      number += 1;
      tell(stepText(done, number, story));
    };
    const played = await play(stage, story, { patience, onStep });
    tell(endText(played, story));
    return played.length === story.steps.length && played.every(({ faults }) => faults.length === 0);
  } finally {
    await stage.close();
  }
}

/** Whether every step of every story left what it should. */
export async function runStories(stories: readonly Story[], options: RunOptions): Promise<boolean> {
  let good = stories.length > 0;
  for (const story of stories) good = (await one(story, options)) && good;
  return good;
}
