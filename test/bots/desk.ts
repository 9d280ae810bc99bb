/** What the tests of the adapters share: a desk that writes down what it is given, and things to show. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../bots/log.ts";
import type { Desk, FormReaction, OpenThread, Reaction } from "../../src/demandes/desk.ts";
import { richText } from "../../src/domain/richtext.ts";
import type { Home } from "../../src/presentation/board.ts";
import type { Card } from "../../src/presentation/card.ts";
import type { Form } from "../../src/presentation/form.ts";
import { type Button, say } from "../../src/presentation/message.ts";

type Acts = Omit<Desk, "openThreads" | "seen">;
export type Call = { [K in keyof Acts]: { readonly kind: K; readonly inbound: Parameters<Acts[K]>[0] } }[keyof Acts];

type InboundOf<K extends Call["kind"]> = Extract<Call, { kind: K }>["inbound"];

export const nothing: Reaction = { kind: "nothing" };
export const tell = (text: string): Reaction => ({ kind: "tell", message: say(richText(text)) });

/** Keeps every call, and answers as the test says. `calls` counts a redelivery again: it is the ids that show it. */
export class RecordingDesk implements Desk {
  readonly calls: Call[] = [];
  readonly seenUpTo: { readonly root: string; readonly message: string }[] = [];
  open: OpenThread[] = [];
  reaction: Reaction = nothing;
  formReaction: FormReaction = nothing;
  form: Form | null = null;
  homeShown: Home = { kind: "closed", message: say(richText("Accueil")) };
  /** Awaited before each act is written: throws, waits… */
  before: (kind: Call["kind"]) => Promise<void> = async () => undefined;

  async #record<K extends Call["kind"]>(kind: K, inbound: InboundOf<K>): Promise<void> {
    await this.before(kind);
    this.calls.push({ kind, inbound } as Call);
  }

  /** The calls of a kind, in order. */
  of<K extends Call["kind"]>(kind: K): InboundOf<K>[] {
    return this.calls.flatMap((call) => (call.kind === kind ? [call.inbound as InboundOf<K>] : []));
  }

  async click(inbound: Parameters<Desk["click"]>[0]) {
    await this.#record("click", inbound);
    return this.reaction;
  }
  async command(inbound: Parameters<Desk["command"]>[0]) {
    await this.#record("command", inbound);
    return this.reaction;
  }
  async word(inbound: Parameters<Desk["word"]>[0]) {
    await this.#record("word", inbound);
    return this.reaction;
  }

  async shortcut(inbound: Parameters<Desk["shortcut"]>[0]) {
    await this.#record("shortcut", inbound);
    return this.reaction;
  }
  async refreshForm(inbound: Parameters<Desk["refreshForm"]>[0]) {
    await this.#record("refreshForm", inbound);
    return this.form;
  }
  async home(inbound: Parameters<Desk["home"]>[0]) {
    await this.#record("home", inbound);
    return this.homeShown;
  }
  async submitForm(inbound: Parameters<Desk["submitForm"]>[0]) {
    await this.#record("submitForm", inbound);
    return this.formReaction;
  }
  async message(inbound: Parameters<Desk["message"]>[0]) {
    await this.#record("message", inbound);
    return this.reaction;
  }
  async edited(inbound: Parameters<Desk["edited"]>[0]) {
    await this.#record("edited", inbound);
    return this.reaction;
  }
  async deleted(inbound: Parameters<Desk["deleted"]>[0]) {
    await this.#record("deleted", inbound);
    return this.reaction;
  }
  async openThreads() {
    return this.open;
  }
  async seen(_place: unknown, root: string, message: string) {
    this.seenUpTo.push({ root, message });
  }
}

export interface LogLine {
  readonly level: keyof Log;
  readonly fields: object;
  readonly message: string;
}

/** What is logged stays here, for the tests that look for what must not be there. */
export function recordingLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Resolves once the condition holds. @throws when it has not for `within` milliseconds, which only bounds a hang */
export async function until(condition: () => unknown, what: string, within = 60_000): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > within) throw new Error(`still waiting: ${what}`);
    await sleep(10);
  }
}

export const button = (action: Button["action"], label: string, value = "d1"): Button => ({
  action,
  label,
  value,
  style: "default",
});

export const card = (changes: Partial<Card> = {}): Card => ({
  ref: "D-000123",
  side: "instructeurs",
  sujet: "Versement suspendu",
  territoire: "Ain (01)",
  opener: "Camille Exemple (France Services d’Exemple)",
  openedAt: new Date("2026-03-03T13:05:00Z"),
  timeZone: "Europe/Paris",
  status: { status: "nouvelle", label: "Nouvelle", emoji: "🆕" },
  groupes: [{ name: "CAF de l’Ain", emoji: "⏳", standing: "en attente" }],
  viewers: [],
  alerts: [],
  buttons: [button("prendre", "Je m’en occupe"), button("repondre", "Répondre à l’aidant")],
  ...changes,
});
