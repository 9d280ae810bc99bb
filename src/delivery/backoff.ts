const FIRST_MS = 500;
const LONGEST_MS = 5 * 60_000;

/** How long to wait before try number `attempts + 1` (ms): twice as long each time, five minutes at most, with jitter. */
export const backoff = (attempts: number): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts);
  return ceiling / 2 + Math.random() * (ceiling / 2);
};
