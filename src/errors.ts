/**
 * Faults are of three kinds. For the user: a French sentence, shown as it stands. To retry: it may go better later.
 * Permanent: a person must mend something. Everything else that is thrown is a fault of the program.
 */

/** Shown to the person who acted; nothing was changed. */
export class UserError extends Error {
  /** The sentence, in French. */
  readonly sentence: string;

  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "UserError";
    this.sentence = sentence;
  }
}

/** A passing fault: the same thing may be tried again. */
export class RetryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RetryError";
  }
}

/** What the configuration or the operator must mend; `message` says how, in plain words. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PermanentError";
  }
}
