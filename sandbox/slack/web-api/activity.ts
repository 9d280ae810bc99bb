/** Knows whether the apps are calling the Web API just now. */
export class Activity {
  inFlight = 0;
  /** When a call last began or ended, by the monotonic clock. */
  lastAt = 0;

  begin(): void {
    this.inFlight += 1;
    this.lastAt = performance.now();
  }

  end(): void {
    this.inFlight -= 1;
    this.lastAt = performance.now();
  }
}
