/** `npm run scenario`: plays every story and tells it; exit status 0 only if every step left what it should. */
import { runStories } from "./run.ts";
import { STORIES } from "./stories.ts";

const PATIENCE_MS = 15_000;

const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

process.exit((await runStories(STORIES, { tell, patience: PATIENCE_MS })) ? 0 : 1);
