/** The desk as responsables use it: commands typed, forms sent; on a real database, with no chat platform. */
import { randomUUID } from "node:crypto";
import type { AgentRecord } from "../../models/agent.ts";
import type { FormReaction, Reaction } from "../../src/demandes/desk.ts";
import type { Membership } from "../../src/domain/agent.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import type { Form, FormValues } from "../../src/presentation/form.ts";
import { isField } from "../../src/presentation/form.ts";
import { personOf, placeOf, told, World } from "../demandes/world.ts";

export interface Typing {
  readonly id?: string;
  readonly channel?: string;
  readonly mentioned?: readonly string[];
  readonly direct?: boolean;
}

/** What somebody reads of it, whatever it is. */
export function words(reaction: FormReaction): string {
  switch (reaction.kind) {
    case "list": {
      const { title, lines, empty, footer } = reaction.list;
      const read = lines.map(({ emoji, ref, sujet, details }) => `${emoji} ${ref} | ${sujet} | ${details}`);
      return [title, ...(read.length === 0 ? [empty] : read), footer ?? ""].join("\n").trim();
    }
    case "form": {
      const parts = reaction.form.parts.map((part) => (isField(part) ? `[${part.label}]` : part.text));
      return [reaction.form.title, ...parts].join("\n");
    }
    default:
      return told(reaction);
  }
}

export function formIn(reaction: FormReaction): Form {
  if (reaction.kind !== "form") throw new Error(`no form: ${words(reaction)}`);
  return reaction.form;
}

/** The form as it was shown, sent without a change. */
export const initialValues = (form: Form): FormValues =>
  Object.fromEntries(form.parts.filter(isField).flatMap((field) => ("initial" in field ? [[field.name, field.initial]] : [])));

export class GroupeDesk {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  static async open(): Promise<GroupeDesk> {
    const desk = new GroupeDesk(await World.open());
    await desk.person("rita", { caf: "r" });
    await desk.person("raoul", { cpam: "r" });
    return desk;
  }

  /** Somebody with an account, and what they are by groupe: a aidant, i instructeur, r responsable. */
  async person(name: string, groupes: Readonly<Record<string, string>>, more: Partial<AgentRecord> = {}): Promise<void> {
    const memberships = Object.entries(groupes).map(
      ([groupe, roles]): Membership => ({
        groupeId: groupeId(groupe),
        aidant: roles.includes("a"),
        instructeur: roles.includes("i"),
        responsable: roles.includes("r"),
      }),
    );
    const id = agentId(name);
    const agent = { id, name: `${name} Exemple`, email: `${name}@exemple.test`, admin: false, disabled: false, shared: false };
    await this.world.db.agents.save({ ...agent, memberships, ...more }, [personOf(name)]);
  }

  type(who: string, text: string, { id, channel, mentioned, direct }: Typing = {}): Promise<Reaction> {
    return this.world.desk.command({
      id: id ?? randomUUID(),
      person: personOf(who),
      command: "groupe",
      text,
      ...(mentioned && { mentioned: mentioned.map(personOf), withoutMentions: text }),
      place: placeOf(channel ?? "D-direct"),
      direct: direct ?? channel === undefined,
    });
  }

  async says(who: string, text: string, typing: Typing = {}): Promise<string> {
    return words(await this.type(who, text, typing));
  }

  send(who: string, form: Form, values: FormValues = {}, id: string = randomUUID()): Promise<FormReaction> {
    return this.world.submit(who, form.id, { ...initialValues(form), ...values }, form.context, id);
  }

  /** What somebody is in a groupe now; « » for a member without any role, null for nobody's. */
  async rolesOf(name: string, groupe: string): Promise<string | null> {
    const agent = await this.world.db.agents.byId(agentId(name));
    const own = agent?.memberships.find((m) => m.groupeId === groupe);
    if (!own) return null;
    return `${own.aidant ? "a" : ""}${own.instructeur ? "i" : ""}${own.responsable ? "r" : ""}`;
  }

  /** What somebody is told in person, as written down to be posted. */
  async notices(): Promise<string[]> {
    const documents = await this.world.db.notices.model.find({}, { _id: 1, to: 1 }).lean<{ _id: string; to: object }[]>();
    return documents.map(({ to }) => JSON.stringify(to));
  }
}
