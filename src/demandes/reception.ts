/** The desk itself: who is it, what do they ask, and which use case answers. */
import type { AgentRecord } from "../../models/agent.ts";
import { actionOfWord } from "../actions.ts";
import type { Place } from "../delivery/port.ts";
import { aidantGroupes } from "../domain/agent.ts";
import { demandeId } from "../domain/ids.ts";
import { plainText } from "../domain/richtext.ts";
import { groupeCommand } from "../groupes/commands/groupeCommand.ts";
import { isGroupeForm, refreshGroupeForm, submitGroupeForm } from "../groupes/forms/dispatch.ts";
import { groupePage } from "../groupes/groupePages.ts";
import { meCommand } from "../groupes/me/command.ts";
import { submitMe } from "../groupes/me/form.ts";
import { linkBy, typedCode } from "../groupes/me/link.ts";
import { decodeGroupePage } from "../groupes/pages.ts";
import type { InboundResult } from "../metrics.ts";
import type { Home } from "../presentation/board.ts";
import { decodeView } from "../presentation/board.ts";
import { encodeTarget } from "../presentation/buttons.ts";
import type { Form } from "../presentation/form.ts";
import { accountTexts } from "../texts/accounts.ts";
import { refusalTexts, replyTexts } from "../texts.ts";
import { actForm } from "./actForms.ts";
import { admitted, type Caller, resultOf } from "./admission.ts";
import { demandesCommand } from "./boardCommand.ts";
import { board } from "./boards.ts";
import { click } from "./click.ts";
import type { UseCaseContext } from "./context.ts";
import type {
  ClickInbound,
  CommandInbound,
  DeletionInbound,
  Desk,
  EditInbound,
  FormInbound,
  FormReaction,
  HomeInbound,
  MessageInbound,
  OpenThread,
  Reaction,
  ShortcutInbound,
  WordInbound,
} from "./desk.ts";
import { formRefusal, isActForm } from "./formRights.ts";
import { haste } from "./haste.ts";
import { commandSign, helpMessage } from "./help.ts";
import { closedHome, home } from "./home.ts";
import { open, refreshOpening, startOpening } from "./open.ts";
import { refuse, tell } from "./refusals.ts";
import { deleted, edited, message, publish } from "./speak.ts";
import { decodeStand } from "./standing.ts";
import { submitAct } from "./submit.ts";

export class Reception implements Desk {
  private readonly context: UseCaseContext;

  constructor(context: UseCaseContext) {
    this.context = context;
  }

  /** Runs it for an agent whose account is known and not disabled; anybody else is told whom to ask. */
  private async asAgent<T>(inbound: Caller, kind: string, run: (agent: AgentRecord) => Promise<T>): Promise<T | Reaction> {
    const { metrics, delivery } = this.context;
    const from = performance.now();
    const count = (result: InboundResult) =>
      metrics.inbound(inbound.person.platform, kind, result, (performance.now() - from) / 1000);
    const hasty = haste(this.context, inbound, kind);
    if (hasty) {
      count("refused");
      return hasty;
    }
    try {
      const result = await delivery.first(() => admitted(this.context, inbound, run));
      count(resultOf(result));
      return result;
    } catch (error) {
      count("failed");
      throw error;
    }
  }

  click(inbound: ClickInbound): Promise<Reaction> {
    return this.asAgent(inbound, "click", async (agent) => {
      if (inbound.action === "ouvrir") return startOpening(this.context, agent, inbound.place, {});
      const view = inbound.action === "lister" ? decodeView(inbound.value) : null;
      if (view) return { kind: "list", list: await board(this.context, agent, view) };
      const ofGroupe = inbound.action === "lister" ? decodeGroupePage(inbound.value) : null;
      if (ofGroupe) return groupePage(this.context, agent, ofGroupe);
      return click(this.context, agent, inbound);
    });
  }

  command(inbound: CommandInbound): Promise<Reaction> {
    // Whoever types a code is often somebody unknown still: that is what it is for.
    const code = inbound.command === "moi" ? typedCode(inbound.text) : null;
    if (code !== null) return linkBy(this.context, inbound, code);
    return this.asAgent(inbound, "command", async (agent) => {
      const text = inbound.text.trim();
      const sign = commandSign(inbound.place.platform);
      switch (inbound.command) {
        case "demande":
          return startOpening(this.context, agent, inbound.place, text ? { sujet: text } : {});
        case "demandes":
          return demandesCommand(this.context, agent, text, sign);
        case "groupe":
          return groupeCommand(this.context, agent, inbound, sign);
        case "moi":
          return meCommand(this.context, agent, inbound, sign);
        case "aplus":
          return text === "" || text.toLowerCase() === "aide"
            ? { kind: "tell", message: helpMessage(sign) }
            : tell(replyTexts.unknownCommand(text.slice(0, 50), sign));
        default:
          return tell(replyTexts.unknownCommand(inbound.command.slice(0, 50), sign));
      }
    });
  }

  word(inbound: WordInbound): Promise<Reaction> {
    return this.asAgent(inbound, "word", async (agent) => {
      const action = actionOfWord(inbound.word);
      const demande = await this.context.db.demandes.loadByThread(inbound.place, inbound.root);
      if (!action || !demande)
        return action ? refuse(refusalTexts.unknown) : tell(replyTexts.unknownWord(inbound.word.slice(0, 50)));
      const value = encodeTarget({ demande: demande.id, groupe: null, more: null });
      return click(this.context, agent, { ...inbound, action, value });
    });
  }

  shortcut(inbound: ShortcutInbound): Promise<Reaction> {
    return this.asAgent(inbound, "shortcut", (agent) =>
      inbound.shortcut === "publier"
        ? publish(this.context, agent, inbound)
        : startOpening(this.context, agent, inbound.place, { description: plainText(inbound.text) }),
    );
  }

  /** @returns the form as it was asked for, without what the person may no longer see, when rights changed meanwhile */
  async refreshForm(inbound: FormInbound): Promise<Form | null> {
    const { db, directory } = this.context;
    const agent = await directory.agentOf(inbound.person);
    if (!agent || agent.disabled) return null;
    if (inbound.form === "ouvrir" && aidantGroupes(agent).length === 0) return null;
    if (inbound.form === "ouvrir") return refreshOpening(this.context, agent, inbound.values, inbound.context);
    if (isGroupeForm(inbound.form)) return refreshGroupeForm(this.context, agent, inbound, inbound.form);
    if (!isActForm(inbound.form)) return null;
    const demande = await db.demandes.load(demandeId(inbound.context.demande ?? ""));
    const stand = decodeStand(inbound.context);
    if (!demande || formRefusal(inbound.form, agent, demande.state, stand)) return null;
    return actForm(this.context, inbound.form, { agent, demande, stand, values: inbound.values });
  }

  submitForm(inbound: FormInbound): Promise<FormReaction> {
    const { form, id, values, context, person } = inbound;
    return this.asAgent(inbound, "form", async (agent): Promise<FormReaction> => {
      if (form === "ouvrir") return open(this.context, agent, person, id, values, context);
      if (isActForm(form)) return submitAct(this.context, form, agent, id, values, context);
      if (form === "moi") return submitMe(this.context, agent, values);
      if (isGroupeForm(form)) return submitGroupeForm(this.context, agent, inbound, form);
      return { kind: "nothing" };
    });
  }

  async home(inbound: HomeInbound): Promise<Home> {
    const shown = await this.asAgent(inbound, "home", (agent) => home(this.context, agent, inbound));
    if (shown.kind === "board" || shown.kind === "closed") return shown;
    return closedHome(shown.kind === "tell" ? plainText(shown.message.body) : accountTexts.unknown);
  }

  async message(inbound: MessageInbound): Promise<Reaction> {
    const reaction = await this.inThread(inbound, "message", (agent) => message(this.context, agent, inbound));
    if (inbound.root !== null) await this.seen(inbound.place, inbound.root, inbound.message);
    return reaction;
  }

  edited(inbound: EditInbound): Promise<Reaction> {
    return this.inThread(inbound, "edit", (agent) => edited(this.context, agent, inbound));
  }

  deleted(inbound: DeletionInbound): Promise<Reaction> {
    return this.inThread(inbound, "deletion", (agent) => deleted(this.context, agent, inbound));
  }

  /** In places that are none of ours nobody is told anything: people talk there of other things. */
  private async inThread(
    inbound: MessageInbound | EditInbound | DeletionInbound,
    kind: string,
    run: (agent: AgentRecord) => Promise<Reaction>,
  ): Promise<Reaction> {
    const ours = inbound.root !== null && (await this.context.db.demandes.hasThread(inbound.place, inbound.root));
    const direct = "direct" in inbound && inbound.direct;
    return ours || direct ? this.asAgent(inbound, kind, run) : { kind: "nothing" };
  }

  async openThreads(workspace: { platform: Place["platform"]; workspace: string }): Promise<readonly OpenThread[]> {
    const threads = await this.context.db.demandes.openThreads(workspace);
    return threads.flatMap(({ platform, workspace: team, channel, root, seen }) =>
      platform && team && channel && root ? [{ place: { platform, workspace: team, channel }, root, seen }] : [],
    );
  }

  seen(place: Place, root: string, id: string): Promise<void> {
    return this.context.db.demandes.markSeen(place, root, id);
  }
}
