/**
 * A crowd on the chat platforms: everybody asks, clicks, writes, corrects and deletes without pause, whatever becomes of the
 * bot; and what the platforms took is written down.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { SeedGroupeId } from "../../sandbox/seed/world.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { VALID } from "./demandes.ts";
import type { PlatformUnderTest, Told } from "./platformUnderTest.ts";
import { until } from "./until.ts";

export interface Cast {
  readonly aidants: readonly string[];
  /** By the groupe that every demande of the crowd is put to. */
  readonly instructeurs: Readonly<Partial<Record<SeedGroupeId, readonly string[]>>>;
}

/** All on one platform. */
export const TOGETHER: Cast = {
  aidants: ["camille.exemple", "dominique.exemple"],
  instructeurs: { "caf-01": ["alix.modele", "charlie.modele"], "cpam-01": ["sacha.specimen", "lou.specimen"] },
};

/** As the seed has them: an aidant and a groupe on each platform. */
export const ACROSS: Cast = {
  aidants: ["camille.exemple", "andrea.essai"],
  instructeurs: { "caf-01": ["alix.modele", "charlie.modele"], "prefecture-01": ["morgan.fictif", "maxime.fictif"] },
};

/** Somebody with no thread yet looks again that much later. */
const NOTHING_TO_DO_MS = 50;
/** Somebody whose acts go nowhere tries again that much later, most often. */
const DISCOURAGED_MS = 150;

/** What was done. `taken`: Slack told the person that the bot has it; otherwise it may be there once or not at all. */
export interface Done {
  readonly what: "opening" | "answer" | "viewing";
  /** Marks it among all others: a sujet, a text; for viewings, who looked. */
  readonly mark: string;
  readonly taken: boolean;
}

export interface CrowdOptions {
  /** The platform of somebody. */
  readonly people: (who: string) => PlatformUnderTest;
  readonly cast?: Cast;
  readonly db: Database;
  /** Between 0 and 1, repeatable. */
  readonly random: () => number;
  /** Whether anybody would take an act now: people try on for a while when nobody does. */
  readonly isUp: () => boolean;
  readonly mostDemandes: number;
  /** How long each rests between two acts, in milliseconds; without it, nobody rests. */
  readonly restMs?: number;
}

const FILE = { name: "justificatif.pdf", mimetype: "application/pdf", bytes: Buffer.from("%PDF-1.4 pièce fictive\n".repeat(40)) };

export class Crowd {
  readonly done: Done[] = [];
  /** How much was done so far. */
  acts = 0;
  private readonly options: CrowdOptions;
  private readonly cast: Cast;
  private resting = false;
  private count = 0;
  private waiting = 0;

  constructor(options: CrowdOptions) {
    this.options = options;
    this.cast = options.cast ?? TOGETHER;
  }

  /** Lives until `rest`. @throws what an act throws that no refusal of Slack's explains */
  async live(): Promise<void> {
    const all = [...this.cast.aidants, ...Object.values(this.cast.instructeurs).flat()];
    await Promise.all(all.map((who) => this.person(who)));
  }

  rest(): void {
    this.resting = true;
  }

  private async person(who: string): Promise<void> {
    while (!this.resting) {
      // Somebody whose acts go nowhere tries less often.
      if (!this.options.isUp() && this.options.random() < 0.8) {
        await sleep(DISCOURAGED_MS);
        continue;
      }
      const before = this.acts;
      await this.act(who);
      const rest = this.options.restMs ?? 0;
      if (this.acts === before) await sleep(Math.max(rest, NOTHING_TO_DO_MS));
      else if (rest > 0) await sleep(rest);
    }
  }

  private async bot(): Promise<void> {
    this.waiting += 1;
    await until("the bot, or the end of the day", () => this.resting || this.options.isUp(), 10 * 60_000);
    this.waiting -= 1;
  }

  /** Whether everybody who can act only waits for the bot: nothing more is tried until it is up. */
  get allWait(): boolean {
    return this.waiting >= this.cast.aidants.length;
  }

  private act(who: string): Promise<void> {
    const groupe = groupeOf(this.cast, who);
    return groupe === null ? this.asAidant(who) : this.asInstructeur(who, groupe);
  }

  private async asAidant(who: string): Promise<void> {
    const count = await this.options.db.demandes.model.countDocuments({});
    if (count < this.options.mostDemandes && this.options.random() < 0.5) return this.open(who);
    const thread = await this.aThread(({ openerId }) => openerId === who, "aidant");
    if (!thread) return;
    this.acts += 1;
    await this.talk(who, thread);
  }

  private async asInstructeur(who: string, groupe: string): Promise<void> {
    const thread = await this.aThread(() => true, groupe);
    if (!thread) return;
    this.acts += 1;
    const chance = this.options.random();
    if (chance < 0.15) await this.look(who, thread);
    else if (chance < 0.3) await this.take(who, thread);
    else if (chance < 0.5) await this.answer(who, thread);
    else await this.talk(who, thread);
  }

  private async open(who: string): Promise<void> {
    const mark = this.mark("Demande");
    this.acts += 1;
    await this.closeWindows(who);
    const begun = await this.options.people(who).begin(who, "dm");
    if (begun.kind !== "form") return;
    const groupes = Object.keys(this.cast.instructeurs);
    this.note("opening", mark, await this.send(who, { ...VALID, groupes, sujet: mark }));
  }

  private async answer(who: string, thread: Thread): Promise<void> {
    const mark = this.mark("Réponse");
    await this.closeWindows(who);
    const begun = await this.options.people(who).click(who, thread, "repondre");
    if (begun.kind === "form") this.note("answer", mark, await this.send(who, { texte: mark }));
  }

  /** What Slack says did not pass is still on the screen: the person sends it again, several times if need be. */
  private async send(who: string, values: Parameters<PlatformUnderTest["submit"]>[1]): Promise<boolean> {
    const people = this.options.people(who);
    // A window without a sending button opened late above the one that was being filled in: nothing was sent.
    const submit = (): Promise<Told> => people.submit(who, values).catch(() => ({ kind: "faults", faults: {} }));
    let told = await submit();
    for (let tries = 0; tries < 4 && told.kind === "failed"; tries += 1) {
      await this.bot();
      if ((await people.typed(who)) === null) break;
      told = await submit();
    }
    await this.closeWindows(who);
    // A window that opened late, above the one that was being filled in, is not the one that was meant.
    return told.kind !== "failed" && told.kind !== "faults";
  }

  private async look(who: string, thread: Thread): Promise<void> {
    const told = await this.options.people(who).click(who, thread, "voir");
    // Whoever was told that it could not be done, and to try again, was shown nothing.
    // On Matrix, what is shown comes after: the bot has taken what it has handled.
    const taken = told.kind === "form" || this.options.people(who).name === "matrix";
    this.note("viewing", `${who} ${thread.id}`, taken);
    await this.closeWindows(who);
  }

  /** Those that a bot which died has left, too. */
  private async closeWindows(who: string): Promise<void> {
    const people = this.options.people(who);
    if ((await people.typed(who)) !== null) await people.dismiss(who);
  }

  private async take(who: string, thread: Thread): Promise<void> {
    await this.options.people(who).click(who, thread, "prendre").catch(ifGone);
  }

  private async talk(who: string, thread: Thread): Promise<void> {
    const { random } = this.options;
    const people = this.options.people(who);
    const { id } = await people.say(who, thread, this.mark("Message"), random() < 0.12 ? [FILE] : []);
    const chance = random();
    if (chance < 0.15) await people.edit(who, thread, id, this.mark("Corrigé"));
    if (chance > 0.88) await people.remove(who, thread, id);
  }

  private async aThread(wanted: (one: { openerId: string }) => boolean, side: string): Promise<Thread | null> {
    const found = await this.options.db.demandes.model
      .find({}, { threads: 1, openerId: 1 })
      .lean<{ threads: Thread[]; openerId: string }[]>();
    const threads = found
      .filter(wanted)
      .flatMap((one) => one.threads.filter((thread) => (thread.groupeId ?? thread.side) === side && thread.root !== null));
    return threads[Math.floor(this.options.random() * threads.length)] ?? null;
  }

  private mark(kind: string): string {
    this.count += 1;
    return `${kind} n° ${this.count} <!channel> & *fin*`;
  }

  private note(what: Done["what"], mark: string, taken: boolean): void {
    this.done.push({ what, mark, taken });
  }
}

function groupeOf({ instructeurs }: Cast, who: string): string | null {
  const found = Object.entries(instructeurs).find(([, people]) => people.some((handle) => handle === who));
  return found?.[0] ?? null;
}

/** The button was replaced by another just now: the person sees that it is gone. */
function ifGone(error: unknown): void {
  if (!(error instanceof Error) || !/pas de bouton/.test(error.message)) throw error;
}

/** How often what was done is in the database, where it is not as often as it must be: once, or for viewings as often as done. */
export function doneFaults(done: readonly Done[], demandes: readonly LoadedDemande[]): string[] {
  const marks = new Map<string, Done[]>();
  for (const one of done) marks.set(`${one.what} ${one.mark}`, [...(marks.get(`${one.what} ${one.mark}`) ?? []), one]);
  return [...marks.values()].flatMap((same) => {
    const [{ what, mark }] = same as [Done];
    const found = occurrences(what, mark, demandes);
    const least = same.filter(({ taken }) => taken).length;
    return found >= least && found <= same.length
      ? []
      : [`${what} « ${mark} »: ${found} times in the database, taken ${least} times of ${same.length}`];
  });
}

function occurrences(what: Done["what"], mark: string, demandes: readonly LoadedDemande[]): number {
  switch (what) {
    case "opening":
      return demandes.filter(({ state }) => state.sujet === mark).length;
    case "answer":
      return demandes
        .flatMap(({ events }) => events)
        .filter((event) => event.type === "message" && !event.origin && JSON.stringify(event.text).includes(JSON.stringify(mark)))
        .length;
    case "viewing": {
      const [who, thread = ""] = mark.split(" ");
      const demande = demandes.find(({ threads }) => threads.some(({ id }) => id === thread));
      return demande?.events.filter(({ type, by }) => type === "viewed" && by.agentId === who).length ?? 0;
    }
  }
}

export async function everyDemande(db: Database): Promise<LoadedDemande[]> {
  const ids = await db.demandes.model.find({}, { _id: 1 }).sort({ ref: 1 }).lean<{ _id: string }[]>();
  const loaded = await Promise.all(ids.map(({ _id }) => db.demandes.load(_id as DemandeId)));
  return loaded.filter((demande) => demande !== null);
}
