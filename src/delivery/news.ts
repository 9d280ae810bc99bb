/** Tells a delivery under way that there is more to show than it knows of. */
export class News {
  private hasCome = false;
  private wake: () => void = () => undefined;

  tell(): void {
    this.hasCome = true;
    this.wake();
  }

  /** Whether anything came since the last time. */
  take(): boolean {
    const came = this.hasCome;
    this.hasCome = false;
    return came;
  }

  /** Resolves once something has come that was not taken. One waits at a time. */
  come(): Promise<void> {
    if (this.hasCome) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
