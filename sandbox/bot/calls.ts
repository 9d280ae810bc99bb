/** What passes between the sandbox and the process of its bot, over Node.js's own channel between parent and child. */
import type { MatrixSettings, SharedSecrets, SlackSettings, WebhookSettings } from "../../src/config.ts";
import type { ClickInbound, FormInbound, FormReaction, Reaction } from "../../src/demandes/desk.ts";
import type { ApiAnswer } from "../../src/http/api/answer.ts";
import type { ApiRequest } from "../../src/http/api/authenticate.ts";
import type { Fault } from "../../src/watch/faults.ts";

/** Given first of all: all that the bot needs to start. */
export interface BotSettings {
  readonly dataDir: string;
  readonly mongodbUri: string;
  readonly slack: SlackSettings;
  readonly matrix: MatrixSettings;
  readonly instance: string;
  readonly maxFileSize: number;
  readonly logLevel: string;
  /** How far the world's clock is ahead of the machine's, in ms. */
  readonly clockOffset: number;
  readonly apiClients: readonly SharedSecrets[];
  readonly webhooks: WebhookSettings;
}

export interface BotCalls {
  start(settings: BotSettings): void;
  idle(): void;
  runDue(): void;
  click(inbound: ClickInbound): Reaction;
  submitForm(inbound: FormInbound): FormReaction;
  api(request: ApiRequest): ApiAnswer;
  setClock(offset: number): void;
  /** Why the bot is not well; nothing when it is. */
  health(): readonly Fault[];
  metrics(): string;
  stop(): void;
}

export type BotCallName = keyof BotCalls;

export interface CallMessage {
  readonly id: number;
  readonly name: BotCallName;
  readonly given: unknown;
}

export type AnswerMessage =
  | { readonly id: number; readonly value: unknown }
  /** What went wrong there, in the words of its error. */
  | { readonly id: number; readonly fault: string };
