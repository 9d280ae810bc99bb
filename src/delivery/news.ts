/** Tells a delivery under way that there is more to show than it knows of. */
export class News {
  /** Whether somebody just did what is to be shown; false for what waits since before. */
  isAsked: boolean;
  private hasCome = false;
  private wake: () => void = () => undefined;

  constructor(isAsked: boolean) {
    this.isAsked = isAsked;
  }

  tell(isAsked: boolean): void {
    this.isAsked ||= isAsked;
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
