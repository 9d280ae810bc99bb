/** The home of the application: the boards of one person, and what they may begin from there. */
import type { AgentRecord } from "../../models/agent.ts";
import { actionOf } from "../actions.ts";
import { aidantGroupes } from "../domain/agent.ts";
import { richText } from "../domain/richtext.ts";
import type { BoardView, Home } from "../presentation/board.ts";
import { decodeView, encodeView, viewButton } from "../presentation/board.ts";
import { formatNearMoment } from "../presentation/dates.ts";
import type { Button } from "../presentation/message.ts";
import { say } from "../presentation/message.ts";
import { homeTexts } from "../texts/boards.ts";
import { tabsOf } from "./boardQueries.ts";
import { board, firstBoard, searchView } from "./boards.ts";
import type { UseCaseContext } from "./context.ts";
import type { HomeInbound } from "./desk.ts";

const TIME_ZONE = "Europe/Paris";

export const closedHome = (sentence: string): Home => ({ kind: "closed", message: say(richText(sentence)) });

function newDemande(): Button {
  const { label, emoji, style } = actionOf("ouvrir");
  return { action: "ouvrir", label, emoji, style, value: "ouvrir" };
}

function viewOf(context: UseCaseContext, agent: AgentRecord, { view, search }: HomeInbound): BoardView {
  const asked = search === null ? decodeView(view ?? "") : searchView(context, search);
  if (asked && (asked.kind !== "tab" || tabsOf(agent).includes(asked.board))) return asked;
  return { kind: "tab", board: firstBoard(agent), groupe: null, from: null };
}

/** @param agent known and not disabled */
export async function home(context: UseCaseContext, agent: AgentRecord, inbound: HomeInbound): Promise<Home> {
  if (tabsOf(agent).length === 0) return closedHome(homeTexts.noBoard);
  const view = viewOf(context, agent, inbound);
  const { search: label, searchPlaceholder: placeholder } = homeTexts;
  return {
    kind: "board",
    view: encodeView(view),
    list: await board(context, agent, view),
    buttons: [...(aidantGroupes(agent).length > 0 ? [newDemande()] : []), viewButton(view, homeTexts.refresh)],
    note: homeTexts.refreshedAt(formatNearMoment(context.clock.now(), TIME_ZONE)),
    search: { label, placeholder },
  };
}
