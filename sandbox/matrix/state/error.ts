import type { Json } from "./model.ts";

/** A refusal of the client-server API: an HTTP status, `{errcode, error}` and what else the answer says. */
export class MatrixError extends Error {
  readonly status: number;
  readonly errcode: string;
  readonly detail: Json;

  constructor(status: number, errcode: string, sentence: string, detail: Json = {}) {
    super(sentence);
    this.status = status;
    this.errcode = errcode;
    this.detail = detail;
  }
}

export const forbidden = (sentence: string): MatrixError => new MatrixError(403, "M_FORBIDDEN", sentence);
export const notFound = (sentence: string): MatrixError => new MatrixError(404, "M_NOT_FOUND", sentence);
/** A bad request for which Synapse has no code of its own. */
export const badRequest = (sentence: string, errcode = "M_UNKNOWN"): MatrixError => new MatrixError(400, errcode, sentence);
