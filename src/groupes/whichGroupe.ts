/** Which groupe somebody means: the one that they name, that of the channel, or the only one that is theirs. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import { activeMemberships } from "../domain/agent.ts";
import type { GroupeCapability } from "../domain/groupePermissions.ts";
import { groupesRunBy, mayInGroupe } from "../domain/groupePermissions.ts";
import type { GroupeId } from "../domain/ids.ts";
import type { Place } from "../domain/place.ts";
import { groupeTexts } from "../texts/groupes.ts";
import { closeNames, partOfName, sameName } from "./closeNames.ts";

export type Which = { readonly ok: true; readonly groupe: Groupe } | { readonly ok: false; readonly sentence: string };

const nameOf = ({ name }: Groupe): string => name;
const byName = (groupes: readonly Groupe[]): Groupe[] => [...groupes].sort((a, b) => a.name.localeCompare(b.name, "fr"));
const refused = (...sentences: readonly string[]): Which => ({ ok: false, sentence: sentences.filter(Boolean).join(" ") });

/** The groupes that the agent runs; all of them for an admin. By name. */
export async function groupesRun({ db }: UseCaseContext, agent: AgentRecord): Promise<Groupe[]> {
  if (agent.disabled) return [];
  const groupes = agent.admin ? await db.groupes.all() : await db.groupes.byIds(groupesRunBy(agent));
  return byName(groupes);
}

export const responsableNames = async ({ directory }: UseCaseContext, groupe: GroupeId): Promise<string[]> =>
  (await directory.responsablesOf(groupe)).map(({ name }) => name).sort((a, b) => a.localeCompare(b, "fr"));

/** Why the agent may not; null when they may. Tells of a groupe only what the agent may know. */
export async function groupeRefusal(
  context: UseCaseContext,
  agent: AgentRecord,
  capability: GroupeCapability,
  groupe: Groupe,
): Promise<string | null> {
  switch (mayInGroupe(agent, capability, groupe.id)) {
    case "allowed":
      return null;
    case "unknown":
      return groupeTexts.unknownGroupe;
    case "forbidden":
      return groupeTexts.forbidden(groupe.name, await responsableNames(context, groupe.id));
  }
}

/** Among those that the agent may know; close names are those of groupes that they run. */
async function named(context: UseCaseContext, agent: AgentRecord, typed: string): Promise<Which> {
  const run = await groupesRun(context, agent);
  const known = agent.admin ? run : await context.db.groupes.byIds(activeMemberships(agent).map((m) => m.groupeId));
  const [exact] = sameName(typed, known, nameOf);
  if (exact) return { ok: true, groupe: exact };
  const part = partOfName(typed, run, nameOf);
  if (part.length === 1 && part[0]) return { ok: true, groupe: part[0] };
  const meant = closeNames(typed, run, nameOf).map(nameOf);
  const proposal = meant.length === 0 ? "" : groupeTexts.meant(meant);
  return part.length > 1 ? refused(groupeTexts.several(typed), proposal) : refused(groupeTexts.unknownGroupe, proposal);
}

/** Somebody who runs nothing: told who runs their groupes. */
async function runsNone(context: UseCaseContext, agent: AgentRecord): Promise<Which> {
  const own = await context.db.groupes.byIds(activeMemberships(agent).map((m) => m.groupeId));
  if (own.length === 1 && own[0]) return { ok: true, groupe: own[0] };
  const lines = await Promise.all(
    byName(own).map(async (groupe) => groupeTexts.runsNoneOf(groupe.name, await responsableNames(context, groupe.id))),
  );
  return { ok: false, sentence: [groupeTexts.runsNone, ...lines].join("\n") };
}

/**
 * The groupe, rights not asked yet.
 * @param typed the name that the person gave; null when they gave none
 * @param place where it is typed, when its groupe is the one that is meant
 * @param example how the command is written with a groupe's name
 */
export async function whichGroupe(
  context: UseCaseContext,
  agent: AgentRecord,
  typed: string | null,
  place: Place | null,
  example: (groupe: string) => string,
): Promise<Which> {
  if (typed !== null) return named(context, agent, typed);
  const here = place && (await context.directory.groupeOf(place));
  if (here) return { ok: true, groupe: here };
  if (agent.admin) {
    const [own, ...others] = await context.db.groupes.byIds(groupesRunBy(agent));
    if (own && others.length === 0) return { ok: true, groupe: own };
    return refused(groupeTexts.whichAdmin(example(own?.name ?? "CAF de l’Ain")));
  }
  const run = await groupesRun(context, agent);
  const [first, ...others] = run;
  if (!first) return runsNone(context, agent);
  if (others.length === 0) return { ok: true, groupe: first };
  return refused(groupeTexts.which(run.map(nameOf), example(first.name)));
}
