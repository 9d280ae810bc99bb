/**
 * What each event becomes in each thread: a message, a change of one, or nothing. Pure, and the only place that decides it:
 * a thread never shows what its side may not see.
 */
import type { DemandeEvent, DemandeState, EventOf, FileRef, Side, Utterance } from "../domain/demande.ts";
import { groupeStateOf, nobodyLeft, sees } from "../domain/demande.ts";
import type { AgentId, EventId, GroupeId } from "../domain/ids.ts";
import { ESCALATION_COUNT } from "../domain/overdue.ts";
import type { RichText } from "../domain/richtext.ts";
import { richText } from "../domain/richtext.ts";
import { territoire } from "../domain/territoires.ts";
import { USAGER_FIELDS } from "../domain/usager.ts";
import { newsTexts, usagerTexts } from "../texts.ts";
import { button, reminderButtons } from "./buttons.ts";
import { formatMoment, formatNearMoment } from "./dates.ts";
import type { Message } from "./message.ts";
import { say } from "./message.ts";
import type { GroupeNames } from "./names.ts";
import { groupeName, speakerOf, whoIs } from "./names.ts";

export type Replica =
  | { readonly kind: "none" }
  | { readonly kind: "post"; readonly message: Message }
  | { readonly kind: "file"; readonly file: FileRef; readonly caption: Message }
  /** The replica of this utterance reads otherwise now. */
  | { readonly kind: "edit"; readonly target: EventId; readonly message: Message }
  | { readonly kind: "remove"; readonly target: EventId }
  /** Everything of the bot's that may hold personal data goes. */
  | { readonly kind: "purge" };

/** The thread for which it is asked, and what must be known of the demande. */
export interface NewsContext {
  readonly state: DemandeState;
  /** The state just after the event, for what depends on that moment. */
  readonly after: DemandeState;
  readonly side: Side;
  /** The groupe whose channel it is; null in a direct conversation. */
  readonly groupe: GroupeId | null;
  readonly names: GroupeNames;
  /** The words of an utterance as they read now. */
  readonly text: (id: EventId) => RichText;
  /** Whether the event was written in this very thread. */
  readonly here: boolean;
}

const none: Replica = { kind: "none" };
const post = (message: Message): Replica => ({ kind: "post", message });
const news = (text: string, more: Partial<Omit<Message, "speaker" | "body">> = {}): Replica => post(say(richText(text), more));

const utteranceOf = (state: DemandeState, id: EventId): Utterance | undefined => state.utterances.find((u) => u.id === id);

/** Who on this side must be alerted of a word from the other: the opener, or whoever took it for this groupe. */
function addressees(context: NewsContext): AgentId[] {
  const { after, side, groupe } = context;
  if (side === "aidant") return after.opener.agentId ? [after.opener.agentId] : [];
  const holder = groupeStateOf(after, groupe)?.takenBy;
  return holder ? [holder.agentId] : [];
}

function spokenMessage(event: DemandeEvent, context: NewsContext, id: EventId, edited: boolean): Message {
  const utterance = utteranceOf(context.state, id);
  const author = utterance?.by ?? event.by;
  const own = author.groupeId !== null && author.groupeId === context.groupe;
  return {
    speaker: speakerOf(author, context.names),
    body: context.text(id),
    private: utterance?.audience === "instructeurs",
    pings: own ? [] : addressees(context).filter((agent) => agent !== author.agentId),
    quiet: false,
    buttons: [],
    edited,
  };
}

function message(event: EventOf<"message">, context: NewsContext): Replica {
  const target = event.publishes;
  const utterance = utteranceOf(context.state, target ?? event.id);
  if (!utterance || utterance.deleted) return none;
  if (target === undefined) return context.here ? none : post(spokenMessage(event, context, event.id, false));
  if (context.side === "aidant") return post(spokenMessage(event, context, target, false));
  const at = utterance.origin;
  // Where a person wrote it, the bot cannot change its mark: a line says that it is public now.
  const original = at && context.groupe === utterance.by.groupeId;
  return original
    ? news(newsTexts.published(whoIs(event.by, context.names)))
    : { kind: "edit", target, message: spokenMessage(event, context, target, false) };
}

function fileShared(event: EventOf<"fileShared">, context: NewsContext): Replica {
  const utterance = utteranceOf(context.state, event.id);
  if (!utterance || utterance.deleted || context.here) return none;
  const who = whoIs(event.by, context.names);
  const caption: Message = {
    ...say(richText(newsTexts.file(who, event.file.name))),
    private: event.audience === "instructeurs",
    pings: addressees(context),
    quiet: false,
  };
  return { kind: "file", file: event.file, caption };
}

function declined(event: EventOf<"declined">, context: NewsContext): Replica {
  const said = newsTexts.declined(whoIs(event.by, context.names));
  if (context.side === "instructeurs") return news(said);
  if (!nobodyLeft(context.after)) return news(said, { quiet: false, pings: addressees(context) });
  return news(`${said}\n${newsTexts.nobodyLeft}`, {
    quiet: false,
    pings: addressees(context),
    buttons: [button("inviter", { demande: context.state.id })],
  });
}

function processed(event: EventOf<"processed">, context: NewsContext): Replica {
  const who = whoIs(event.by, context.names);
  if (context.side === "instructeurs") return news(newsTexts.processed(who));
  const { id } = context.state;
  return news(newsTexts.processedForAidant(who), {
    quiet: false,
    pings: addressees(context),
    buttons: [button("archiver", { demande: id }), button("rouvrir", { demande: id })],
  });
}

function taken(event: EventOf<"taken">, context: NewsContext): Replica {
  const who = whoIs(event.by, context.names);
  if (event.from !== undefined) return news(newsTexts.takenOver(who, event.from));
  if (context.side === "instructeurs") return news(newsTexts.taken(who));
  return news(newsTexts.takenForAidant(who), { quiet: false, pings: addressees(context) });
}

/** When this groupe's reminder says that it has been late since, and whether it is for an invitation. */
export interface ReminderFacts {
  readonly since: string;
  readonly invitation: boolean;
}

export function reminderFacts(state: DemandeState, groupe: GroupeId, late: Date): ReminderFacts {
  const own = groupeStateOf(state, groupe);
  return {
    since: formatMoment(late, territoire(state.territoire).timeZone),
    invitation: own?.invited === true && own.reactedAt === null,
  };
}

function reminded(event: EventOf<"reminded">, context: NewsContext): Replica {
  const { state, side, groupe, names } = context;
  if (event.about === "archivage") {
    if (side === "instructeurs") return none;
    return news(newsTexts.archiveReminder(event.count), {
      quiet: false,
      pings: addressees(context),
      buttons: [button("archiver", { demande: state.id }), button("rouvrir", { demande: state.id })],
    });
  }
  const told = event.groupes.find((g) => g.groupeId === groupe);
  if (side === "aidant" || !told || told.listed !== undefined) return none;
  const holder = groupeStateOf(context.after, groupe)?.takenBy;
  const addressee = holder?.name ?? groupeName(names, groupe) ?? "";
  const { since, invitation } = reminderFacts(context.after, told.groupeId, told.late);
  const sentence = invitation ? newsTexts.invitationReminder : newsTexts.reminder;
  return news(sentence(addressee, since, told.count), {
    quiet: false,
    pings: holder ? [holder.agentId] : [],
    buttons: reminderButtons(state.id, told.groupeId, Boolean(holder)),
  });
}

function snoozed(event: EventOf<"snoozed">, context: NewsContext): Replica {
  if (context.side === "aidant" || context.groupe !== event.by.groupeId) return none;
  const until = formatNearMoment(event.until, territoire(context.state.territoire).timeZone);
  return news(newsTexts.snoozed(event.by.name, until));
}

function edited(event: EventOf<"edited">, context: NewsContext): Replica {
  if (context.here) return none;
  return { kind: "edit", target: event.target, message: spokenMessage(event, context, event.target, true) };
}

/** What the event becomes in that thread. */
export function replicaOf(event: DemandeEvent, context: NewsContext): Replica {
  if (!sees(context.side, event.audience)) return none;
  const who = whoIs(event.by, context.names);
  switch (event.type) {
    case "opened":
    case "viewed":
      // The card tells it.
      return none;
    case "taken":
      return taken(event, context);
    case "declined":
      return declined(event, context);
    case "message":
      return message(event, context);
    case "edited":
      return edited(event, context);
    case "deleted":
      return { kind: "remove", target: event.target };
    case "fileShared":
      return fileShared(event, context);
    case "infoAdded": {
      const fields = USAGER_FIELDS.filter((field) => event.usager[field] !== undefined).map((field) => usagerTexts[field]);
      return context.side === "aidant"
        ? news(newsTexts.infoAdded(who, fields))
        : news(newsTexts.infoAdded(who, fields), { quiet: false, pings: addressees(context) });
    }
    case "invited":
      return news(
        newsTexts.invited(
          who,
          event.groupes.map((id) => groupeName(context.names, id) ?? ""),
        ),
      );
    case "standardProcedure":
      return context.side === "aidant" ? news(newsTexts.standardProcedure(who)) : none;
    case "processed":
      return processed(event, context);
    case "archived":
      return news(newsTexts.archived(who, event.usefulness));
    case "reopened":
      return context.side === "aidant"
        ? news(newsTexts.reopened(who))
        : news(newsTexts.reopened(who), { quiet: false, pings: addressees(context) });
    case "reminded":
      return reminded(event, context);
    case "snoozed":
      return snoozed(event, context);
    case "wiped":
      return { kind: "purge" };
  }
}

/** Whether the responsables are told in person of this groupe's reminder. */
export const escalates = (count: number): boolean => count >= ESCALATION_COUNT;
