/** Forms as Matrix has them: what the bot asks in somebody's direct conversation, one question at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { squeezed } from "./reading.ts";
import type { Faults, FormRead, SideContext, Values } from "./side.ts";
import { StepFault } from "./story.ts";

/** What the bot said last, and what it waits for. */
type Turn =
  | { readonly kind: "question"; readonly label: string; readonly complaint: string; readonly text: string }
  | { readonly kind: "recap" | "confirmation" | "said"; readonly text: string };

/** Who was asked nothing for that long is told so. */
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 5;

const QUESTION = /^(.+) \(\d+\/\d+\)$/m;
const FAULT = /^⚠️ (.+)$/m;
const CARD = /^D-\d{6} ·/;

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

function turnOf(text: string): Turn {
  const label = QUESTION.exec(text)?.[1];
  if (label !== undefined) return { kind: "question", label, complaint: FAULT.exec(text)?.[1] ?? firstLine(text), text };
  if (/^Récapitulatif$/m.test(text)) return { kind: "recap", text };
  return { kind: / Répondez « oui » ou « non »\.$/.test(text) ? "confirmation" : "said", text };
}

/** What a person answers; what they have nothing to say to, they pass over. */
function answerOf(value: Values[string] | undefined): string {
  if (value === undefined) return "passer";
  if (typeof value === "boolean") return value ? "oui" : "non";
  return typeof value === "string" ? value : value.join(", ");
}

export class Dialogues {
  private readonly context: SideContext;
  /** What each person was asked, by handle. */
  private readonly turns = new Map<string, Turn>();

  constructor(context: SideContext) {
    this.context = context;
  }

  /** What the bot says in that person's conversation after they did this. @throws StepFault when it says nothing */
  async opened(as: string, act: () => Promise<unknown>): Promise<FormRead> {
    const last = (await this.said(as)).at(-1)?.id ?? null;
    await act();
    const { text } = await this.next(as, last);
    return { title: firstLine(text), words: squeezed(text) };
  }

  /** Answers each question, then sends. What is not taken is asked again: its fault is given, and it is what is asked next. */
  async submit(as: string, values: Values): Promise<Faults> {
    let turn = this.turns.get(as);
    if (!turn) throw new StepFault(`rien n’est demandé à ${as}`);
    for (let answered: string | null = null; ; ) {
      if (turn.kind === "said") return {};
      if (turn.kind === "question" && turn.label === answered) return { [turn.label]: turn.complaint };
      if (turn.kind === "question") {
        answered = turn.label;
        turn = await this.answer(as, answerOf(values[turn.label]));
      } else {
        turn = await this.answer(as, turn.kind === "recap" ? "envoyer" : "oui");
        if (turn.kind === "question") return { [turn.label]: turn.complaint };
      }
    }
  }

  /** Gives up what is asked; what only showed stays there. */
  async close(as: string): Promise<void> {
    if (this.turns.get(as)?.kind !== "said") await this.answer(as, "annuler");
    this.turns.delete(as);
  }

  private async answer(as: string, text: string): Promise<Turn> {
    this.context.acting();
    const { event_id: id } = await this.context.control.matrix.act("message", { as, channel: "dm", text, wait: "ack" });
    return this.next(as, id);
  }

  private async next(as: string, after: string | null): Promise<Turn> {
    const start = performance.now();
    do {
      const all = await this.said(as);
      const from = all.findIndex(({ id }) => id === after) + 1;
      const found = all.slice(from).find(({ own, text }) => !own && !CARD.test(text));
      if (found) {
        const turn = turnOf(found.text);
        this.turns.set(as, turn);
        return turn;
      }
      await sleep(LOOK_AGAIN_MS);
    } while (performance.now() - start < PATIENCE_MS);
    throw new StepFault(`le robot ne dit rien à ${as} dans leur conversation`);
  }

  /** Their conversation outside threads; nothing while there is none. */
  private async said(as: string) {
    const { control } = this.context;
    const { agents, channels } = await control.world();
    const account = agents.find(({ id }) => id.startsWith(`@${as}:`))?.id;
    const room = channels.find(({ direct, platform }) => platform === "matrix" && direct === account);
    if (!room || account === undefined) return [];
    const all = await control.matrix.messages(as, "dm");
    return all.map(({ event_id, sender, body }) => ({ id: event_id, own: sender === account, text: body }));
  }
}
