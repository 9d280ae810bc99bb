/** What a person cannot do, or a control call that makes no sense: an HTTP status and a French sentence. Nothing was changed. */
export class Refusal extends Error {
  readonly status: 400 | 403 | 404 | 409;

  constructor(status: Refusal["status"], sentence: string) {
    super(sentence);
    this.status = status;
  }
}
