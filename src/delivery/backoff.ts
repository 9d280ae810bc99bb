const FIRST_MS = 500;
const LONGEST_MS = 5 * 60_000;

/** How long to wait before try number `attempts + 1` (ms): twice as long each time, five minutes at most unless told otherwise, with jitter. */
export const backoff = (attempts: number, longestMs = LONGEST_MS): number => {
  const ceiling = Math.min(longestMs, FIRST_MS * 2 ** attempts);
  return ceiling / 2 + Math.random() * (ceiling / 2);
};
