/** A small Ain: the desk on a real database, with a clock that the test sets and no chat platform at all. */
import { randomUUID } from "node:crypto";
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { threadKey } from "../../models/thread.ts";
import type { ActionId } from "../../src/actions.ts";
import type { UseCaseContext } from "../../src/demandes/context.ts";
import type { FormReaction, Reaction } from "../../src/demandes/desk.ts";
import { Reception } from "../../src/demandes/reception.ts";
import type { Agent, Membership } from "../../src/domain/agent.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import type { Identity, Place } from "../../src/domain/place.ts";
import type { RichText } from "../../src/domain/richtext.ts";
import { plainText, richText } from "../../src/domain/richtext.ts";
import { Directory } from "../../src/groupes/directory.ts";
import { Metrics } from "../../src/metrics.ts";
import { encodeTarget } from "../../src/presentation/buttons.ts";
import type { FormId, FormValues } from "../../src/presentation/form.ts";
import { openStore } from "../models/store.ts";

export const START = new Date("2026-03-02T09:00:00Z");
export const placeOf = (channel: string): Place => ({ platform: "slack", workspace: "T1", channel });
export const personOf = (name: string): Identity => ({ platform: "slack", workspace: "T1", user: `U-${name}` });

/** What each person is, by groupe: a aidant, i instructeur, r responsable. */
const PEOPLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  camille: { fs: "a" },
  dominique: { fs: "a" },
  ailleurs: { fs2: "a" },
  ada: { caf: "i" },
  bob: { caf: "i" },
  zoe: { cpam: "i" },
  partout: { fs: "a", cpam: "i" },
  rita: { caf: "r" },
  admin: {},
  parti: { caf: "i" },
  guichet: { fs: "a", caf: "i" },
};

const GROUPES = [
  ["fs", "France Services Exemple", "MFS", "01"],
  ["fs2", "France Services Ailleurs", "MFS", "01"],
  ["caf", "CAF de l’Ain", "CAF", "01"],
  ["cpam", "CPAM de l’Ain", "CPAM", "01"],
  ["vide", "Groupe sans instructeur", "MSA", "01"],
  ["caf67", "CAF du Bas-Rhin", "CAF", "67"],
] as const;

const agentOf = (name: string): Agent => ({
  id: agentId(name),
  name: `${name} Exemple`,
  email: `${name}@exemple.test`,
  admin: name === "admin",
  disabled: name === "parti",
  shared: name === "guichet",
  memberships: Object.entries(PEOPLE[name] ?? {}).map(
    ([groupe, roles]): Membership => ({
      groupeId: groupeId(groupe),
      aidant: roles.includes("a"),
      instructeur: roles.includes("i"),
      responsable: roles.includes("r"),
    }),
  ),
});

/** A form as it is filled in without a fault. */
export const VALID: FormValues = {
  territoire: "01",
  groupes: ["caf"],
  sujet: "Droits suspendus",
  prenom: "Prénomusager",
  nomDeFamille: "Nomusager",
  dateDeNaissance: "03/04/1955",
  description: "Blocage depuis janvier",
  autorisation: true,
};

export interface Click {
  readonly id?: string;
  readonly groupe?: string;
  readonly more?: string;
  /** Outside any thread when null; the groupe in whose thread otherwise, or « aidant ». */
  readonly thread?: string | null;
  readonly value?: string;
}

export class World {
  readonly db: Database;
  readonly desk: Reception;
  readonly context: UseCaseContext;
  readonly kicked: DemandeId[] = [];
  readonly logged: { readonly level: string; readonly fields: Record<string, unknown>; readonly message: string }[] = [];
  now: Date = START;
  private readonly closing: () => Promise<void>;

  private constructor(db: Database, closing: () => Promise<void>) {
    this.db = db;
    this.closing = closing;
    const write = (level: string) => (fields: Record<string, unknown>, message: string) => {
      this.logged.push({ level, fields, message });
    };
    this.context = {
      db,
      directory: new Directory(db),
      delivery: { kick: (id) => this.kicked.push(id), first: (act) => act() },
      clock: { now: () => this.now },
      log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
      metrics: new Metrics(),
      maxFileSize: 1024 * 1024,
    };
    this.desk = new Reception(this.context);
  }

  static async open(): Promise<World> {
    const { db, close } = await openStore();
    for (const name of Object.keys(PEOPLE)) await db.agents.save(agentOf(name), [personOf(name)]);
    for (const [id, name, organisme, territoire] of GROUPES)
      await db.groupes.save({
        id: groupeId(id),
        name,
        description: "",
        organisme,
        territoires: [territoire],
        franceServices: id.startsWith("fs"),
        place: placeOf(`C-${id}`),
      });
    return new World(db, close);
  }

  close(): Promise<void> {
    return this.closing();
  }

  later(hours: number): void {
    this.now = new Date(this.now.getTime() + hours * 3_600_000);
  }

  submit(
    who: string,
    form: FormId,
    values: FormValues,
    context: Readonly<Record<string, string>>,
    id: string = randomUUID(),
  ): Promise<FormReaction> {
    return this.desk.submitForm({ id, person: personOf(who), form, values, context });
  }

  /** Opens one, and gives each of its threads the root that delivery would have posted. */
  async demande(values: FormValues = {}, who = "camille"): Promise<LoadedDemande> {
    const before = this.kicked.length;
    const reaction = await this.submit(who, "ouvrir", { ...VALID, ...values }, {});
    const id = this.kicked[before];
    if (!id) throw new Error(`not opened: ${JSON.stringify(reaction)}`);
    await this.settle(id);
    return this.load(id);
  }

  async settle(id: DemandeId): Promise<void> {
    const claimed = await this.db.deliveries.claim(id, "test/1", new Date(), new Date(Date.now() + 60_000));
    if (!claimed) throw new Error("somebody delivers it");
    const changes = claimed.threads.map((thread, index) => {
      const place = placeOf(thread.side === "aidant" ? `D-${thread.agentId}` : `C-${thread.groupeId}`);
      const root = `${id}-root`;
      return { index, fields: { ...place, root, key: threadKey(place, root) }, posts: [] };
    });
    if (!(await this.db.deliveries.release(id, "test/1", claimed.revision, changes, 0, null))) throw new Error("not settled");
  }

  async load(id: DemandeId): Promise<LoadedDemande> {
    const found = await this.db.demandes.load(id);
    if (!found) throw new Error(`no demande ${id}`);
    return found;
  }

  /** The thread of a groupe, or of the aidant: where it is, and its root. */
  spot(id: DemandeId, thread: string): { place: Place; root: string } {
    return { place: placeOf(thread === "aidant" ? "D-camille" : `C-${thread}`), root: `${id}-root` };
  }

  click(who: string, action: ActionId, id: DemandeId, { thread = null, ...more }: Click = {}): Promise<Reaction> {
    const value =
      more.value ?? encodeTarget({ demande: id, groupe: more.groupe ? groupeId(more.groupe) : null, more: more.more ?? null });
    const spot = thread === null ? { place: placeOf("C-autre"), root: null } : this.spot(id, thread);
    return this.desk.click({ id: more.id ?? randomUUID(), person: personOf(who), action, value, ...spot });
  }

  say(
    who: string,
    id: DemandeId,
    thread: string,
    text: string | RichText,
    more: { id?: string; message?: string; files?: readonly FileRef[] } = {},
  ) {
    const words = typeof text === "string" ? richText(text) : text;
    return this.desk.message({
      id: more.id ?? randomUUID(),
      person: personOf(who),
      ...this.spot(id, thread),
      message: more.message ?? randomUUID(),
      direct: thread === "aidant",
      text: words,
      files: more.files ?? [],
    });
  }
}

/** What the person reads of it. */
export function told(reaction: FormReaction): string {
  switch (reaction.kind) {
    case "tell":
      return plainText(reaction.message.body);
    case "faults":
      return JSON.stringify(reaction.faults);
    case "form":
      return `formulaire ${reaction.form.id}`;
    case "list":
      return reaction.list.lines.map((line) => line.ref).join(" ");
    case "nothing":
      return "";
  }
}

export const eventsOf = ({ events }: LoadedDemande): string[] =>
  events.map(({ type, audience }) => (audience === "tous" ? type : `${type}*`));
