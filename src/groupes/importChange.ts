/** What an import would change, line by line. */

/** `details` is empty when the line changes nothing. */
export interface LineChange {
  readonly file: string;
  readonly line: number;
  /** The groupe's identifiant, or the agent's address. */
  readonly subject: string;
  /** French, one a change. */
  readonly details: readonly string[];
}

export interface Tally {
  readonly created: number;
  readonly changed: number;
  readonly same: number;
}

/** What is to be stored, and what to say of it. `saves` holds only what differs from what is stored. */
export interface PartPlan<T> {
  readonly saves: readonly T[];
  readonly changes: readonly LineChange[];
  readonly tally: Tally;
}
