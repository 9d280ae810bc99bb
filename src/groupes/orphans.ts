/** Demandes whose holder answers for the groupe no more: its channel is told, with a way to take over. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import { groupeStateOf } from "../domain/demande.ts";
import { formatRef } from "../domain/ids.ts";
import { territoire } from "../domain/territoires.ts";
import { button } from "../presentation/buttons.ts";
import { formatDay } from "../presentation/dates.ts";
import type { ListLine } from "../presentation/list.ts";
import { listTexts } from "../texts/boards.ts";
import { removeTexts } from "../texts/groupes.ts";
import { statusTexts } from "../texts.ts";

const MOST_LISTED = 10;

/** @param command stands for the act that left them: told twice, it is written down once */
export async function tellOrphans(context: UseCaseContext, former: AgentRecord, groupe: Groupe, command: string): Promise<void> {
  const { db } = context;
  const held = await db.groupeDemandes.heldBy(former.id, groupe.id);
  if (held.length === 0 || groupe.place === null) return;
  const lines: ListLine[] = [];
  for (const id of held.slice(0, MOST_LISTED)) {
    const demande = await db.demandes.load(id);
    if (!demande || groupeStateOf(demande.state, groupe.id)?.takenBy?.agentId !== former.id) continue;
    const { state } = demande;
    const { nom, code, timeZone } = territoire(state.territoire);
    lines.push({
      ref: formatRef(state.ref),
      emoji: statusTexts[state.status].emoji,
      sujet: state.sujet,
      details: [`${nom} (${code})`, listTexts.opened(formatDay(state.openedAt, timeZone))].join(" · "),
      buttons: [button("relayer", { demande: id, groupe: groupe.id })],
    });
  }
  if (lines.length === 0) return;
  const list = {
    title: removeTexts.orphans(former.name),
    lines,
    empty: "",
    footer: held.length > MOST_LISTED ? removeTexts.moreOrphans(held.length - MOST_LISTED) : null,
    pages: [],
  };
  const to = { kind: "groupe", groupeId: groupe.id } as const;
  await db.notices.add({ id: `groupe.${command}.relais`, to, content: { kind: "list", list } }, new Date());
}
