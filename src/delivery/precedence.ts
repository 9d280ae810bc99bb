/** People first: what they do is read, written and acknowledged before threads are brought in step with it. */

/**
 * While people act without a pause, in this many milliseconds one delivery begins of what they did, and one of what waits longer:
 * none waits for ever.
 */
const ONE_IN_MS = 40;

export class Precedence {
  private underWay = 0;
  private readonly asked: (() => void)[] = [];
  private readonly older: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;

  /** Does what somebody asked; deliveries about to begin wait for it. */
  async first<T>(act: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await act();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) while (this.isWaitedFor) this.letOneGo();
    }
  }

  /**
   * Resolves once nothing that people asked is under way, or when it is its turn among the deliveries that wait.
   * @param isAsked of something that somebody just did: it does not wait behind what was left from before
   */
  turn(isAsked: boolean): Promise<void> {
    if (this.underWay === 0) return Promise.resolve();
    this.timer ??= setInterval(() => this.letOneGo(), ONE_IN_MS);
    return new Promise((resolve) => (isAsked ? this.asked : this.older).push(resolve));
  }

  private get isWaitedFor(): boolean {
    return this.asked.length > 0 || this.older.length > 0;
  }

  private letOneGo(): void {
    this.asked.shift()?.();
    this.older.shift()?.();
    if (this.isWaitedFor || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
