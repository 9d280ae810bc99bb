/** Answers of the API: JSON, or a problem as RFC 9457 has it, in French, that repeats nothing of what was sent. */
import type { ProblemKind } from "../../texts/api.ts";
import { apiTexts as texts } from "../../texts/api.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface FieldFault {
  /** As in the body: `usager.prenom`. */
  readonly champ: string;
  readonly message: string;
}

/** The request is refused; nothing was changed. */
export class Problem extends Error {
  readonly status: number;
  readonly kind: ProblemKind;
  readonly faults: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail the sentence for who connects the other system */
  constructor(
    status: number,
    kind: ProblemKind,
    detail: string,
    { faults = [], headers = {} }: { faults?: readonly FieldFault[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.kind = kind;
    this.faults = faults;
    this.headers = headers;
  }

  answer(): ApiAnswer {
    return {
      status: this.status,
      headers: { ...this.headers, "content-type": "application/problem+json; charset=utf-8" },
      body: {
        type: `urn:aplus-bot:probleme:${this.kind}`,
        title: texts.titles[this.kind],
        status: this.status,
        detail: this.message,
        ...(this.faults.length > 0 && { erreurs: this.faults }),
      },
    };
  }
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiAnswer => ({
  status,
  headers: { ...headers, "content-type": "application/json; charset=utf-8" },
  body,
});

/** Nobody is there to answer for now. */
export const stopped = (): ApiAnswer => new Problem(503, "arret", texts.stopped, { headers: { "retry-after": "5" } }).answer();

/** Not there, or not for this system: the same words, so that neither is told. */
export const notThere = (): Problem => new Problem(404, "adresse", texts.unknown);
