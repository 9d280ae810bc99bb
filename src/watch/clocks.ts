/** How far this machine's clock is from those of the servers that it speaks to. Asked now and then, while nobody waits. */

const TIMEOUT_MS = 8_000;
const USUALLY_MS = 10 * 60_000;
/** While one is wrong, somebody is mending it. */
const WHILE_WRONG_MS = 5_000;

const SLACK_API = "https://slack.com/api/";

/** What each platform's server is asked for the sake of its clock; no token is sent. */
export const slackClock = (apiUrl = SLACK_API): Request => new Request(new URL("api.test", apiUrl), { method: "POST" });
export const matrixClock = (homeserver: string): Request => new Request(`${homeserver}/_matrix/client/versions`);

/** The time of a web server less ours (ms), to the second that its Date header has; null when it does not tell. */
export async function clockOffsetOf(request: Request): Promise<number | null> {
  const before = Date.now();
  const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  await response?.body?.cancel();
  const theirs = Date.parse(response?.headers.get("date") ?? "");
  // The header is cut to the second: on average, half of one has passed.
  return Number.isNaN(theirs) ? null : theirs + 500 - (before + Date.now()) / 2;
}

/** Gives the reference's time less ours (ms); null, or rejects, when it does not tell. */
export type Ask = () => Promise<number | null>;

export class Clocks<Name extends string> {
  private readonly references: Readonly<Partial<Record<Name, Ask>>>;
  private readonly wrongSeconds: number;
  private known: Partial<Record<Name, number>> = {};
  private asking: Promise<void> | null = null;
  private askAt = Number.NEGATIVE_INFINITY;

  constructor(references: Readonly<Partial<Record<Name, Ask>>>, wrongSeconds: number) {
    this.references = references;
    this.wrongSeconds = wrongSeconds;
  }

  /** What was last known (s): never waits. */
  offsets(): Readonly<Partial<Record<Name, number>>> {
    if (this.asking === null && performance.now() >= this.askAt)
      this.asking = this.ask().finally(() => {
        this.asking = null;
      });
    return this.known;
  }

  private async ask(): Promise<void> {
    const entries = Object.entries(this.references) as [Name, Ask][];
    const found = await Promise.all(entries.map(async ([name, ask]) => [name, await ask().catch(() => null)] as const));
    const told = found.flatMap(([name, ms]) => (ms === null ? [] : [[name, ms / 1000] as const]));
    // One that does not answer this time keeps what it said: that it is away is another fault.
    this.known = { ...this.known, ...(Object.fromEntries(told) as Partial<Record<Name, number>>) };
    const wrong = told.some(([, seconds]) => Math.abs(seconds) > this.wrongSeconds);
    this.askAt = performance.now() + (wrong ? WHILE_WRONG_MS : USUALLY_MS);
  }
}
