/** People first: what they do is read, written and acknowledged before threads are brought in step with it. */

/** While people act without a pause, one delivery begins in this many milliseconds: none waits for ever. */
const ONE_IN_MS = 40;

export class Precedence {
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;

  /** Does what somebody asked; deliveries about to begin wait for it. */
  async first<T>(act: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await act();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) while (this.waiting.length > 0) this.letOneGo();
    }
  }

  /** Resolves once nothing that people asked is under way, or when it is its turn among the deliveries that wait. */
  turn(): Promise<void> {
    if (this.underWay === 0) return Promise.resolve();
    this.timer ??= setInterval(() => this.letOneGo(), ONE_IN_MS);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private letOneGo(): void {
    this.waiting.shift()?.();
    if (this.waiting.length > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}
