/** What people write, change and remove in the threads. */
import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { currentText } from "../../models/demandes.ts";
import { withoutControls } from "../domain/cleaning.ts";
import type { AgentCommand } from "../domain/commands.ts";
import { rightRefusal } from "../domain/decide.ts";
import type { FileRef, Origin, Utterance } from "../domain/demande.ts";
import { isRelayed } from "../domain/fileTypes.ts";
import type { EventId } from "../domain/ids.ts";
import { commandOf } from "../domain/ids.ts";
import type { RichText } from "../domain/richtext.ts";
import { isBlank, mapTexts, plainText, richText } from "../domain/richtext.ts";
import { signatureOf, signedBy } from "../domain/signature.ts";
import { button } from "../presentation/buttons.ts";
import { say } from "../presentation/message.ts";
import { accountTexts } from "../texts/accounts.ts";
import { refusalTexts, replyTexts } from "../texts.ts";
import type { Outcome } from "./act.ts";
import { act, commandIdOf } from "./act.ts";
import type { UseCaseContext } from "./context.ts";
import type { DeletionInbound, EditInbound, MessageInbound, Reaction, ShortcutInbound } from "./desk.ts";
import { commandSign } from "./help.ts";
import { refuse, refused, tell } from "./refusals.ts";
import type { Stand } from "./standing.ts";
import { actorOf, standOf, threadAt } from "./standing.ts";

const MOST_CHARACTERS = 20_000;
const MEGABYTE = 1024 * 1024;
const nothing: Reaction = { kind: "nothing" };

/** Why a file is not relayed, or null. */
function fileFault(file: FileRef, maxSize: number): string | null {
  if (file.size > maxSize) return refusalTexts.fileTooLarge(file.name, `${Math.floor(maxSize / MEGABYTE)} Mo`);
  return isRelayed(file) ? null : refusalTexts.fileType(file.name);
}

/** The thread in which something is said, the demande and in what capacity; null where the place is none of ours. */
interface Spot {
  readonly demande: LoadedDemande;
  readonly stand: Stand;
}

async function spotOf(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: Pick<MessageInbound, "place" | "root">,
): Promise<Spot | null> {
  if (inbound.root === null) return null;
  const demande = await context.db.demandes.loadByThread(inbound.place, inbound.root);
  return demande && { demande, stand: standOf(agent, demande, threadAt(demande, inbound.place, inbound.root), null) };
}

const actAt = (context: UseCaseContext, agent: AgentRecord, spot: Spot, id: string, command: AgentCommand): Promise<Outcome> =>
  act(
    context,
    commandIdOf(id),
    () => context.db.demandes.load(spot.demande.id),
    () => ({ command, actor: actorOf(agent, spot.stand) }),
  );

/**
 * Why nothing of it is looked at; null when they may, and for an act that is done already: a redelivery is not refused, though the
 * right may be gone since.
 */
function refusalAt(agent: AgentRecord, spot: Spot, id: string, command: AgentCommand["type"]): Reaction | null {
  const { events, state } = spot.demande;
  if (events.some((event) => commandOf(event.id) === commandIdOf(id))) return null;
  const refusal = rightRefusal(state, command, actorOf(agent, spot.stand));
  return refusal && refused(refusal, null, null);
}

/** « Visible des instructeurs » with the way to send it to the aidant after all. */
const privateNote = (spot: Spot, event: EventId): Reaction => ({
  kind: "tell",
  message: say(richText(replyTexts.privateNote), {
    buttons: [button("publier", { demande: spot.demande.id, groupe: spot.stand.groupeId, more: event })],
  }),
});

function afterWriting(spot: Spot, outcome: Outcome): Reaction {
  if (outcome.kind === "refused") return refused(outcome.refusal, null, null);
  const written = outcome.events.find((event) => event.type === "message");
  return spot.stand.side === "instructeurs" && written && !outcome.duplicate ? privateNote(spot, written.id) : nothing;
}

/** What was said there under this id of the platform, a text, files, or both, whether it was taken away since or not. */
const everSaidAt = ({ demande }: Spot, place: MessageInbound["place"], id: string): Utterance[] =>
  demande.state.utterances.filter(
    ({ origin }) => origin?.message === id && origin.channel === place.channel && origin.workspace === place.workspace,
  );

/** What of this message of a shared account has gone already under another id, that of the edit which signed it. */
function sentOtherwise(agent: AgentRecord, spot: Spot, { id, place, message: at, files }: MessageInbound) {
  const own = new Set([id, ...files.map((_, index) => fileId(id, index))].map(commandIdOf));
  const others = agent.shared ? everSaidAt(spot, place, at).filter((u) => !own.has(commandOf(u.id))) : [];
  return new Set(others.map(({ kind }) => kind));
}

const fileId = (id: string, index: number): string => `${id}#${index}`;

/** Under which name it is said; null for what a shared account does not sign. */
function authorOf(agent: AgentRecord, text: RichText): AgentRecord | null {
  if (!agent.shared) return agent;
  const signature = signatureOf(plainText(text));
  return signature === null ? null : signedBy(agent, signature);
}

/** @param agent who wrote, known and not disabled */
export async function message(context: UseCaseContext, agent: AgentRecord, inbound: MessageInbound): Promise<Reaction> {
  const spot = await spotOf(context, agent, inbound);
  if (!spot) return inbound.direct ? tell(replyTexts.outsideThread(commandSign(inbound.place.platform))) : nothing;
  const notThere = refusalAt(agent, spot, inbound.id, "write");
  if (notThere) return notThere;
  const text = mapTexts(inbound.text, withoutControls);
  if (plainText(text).length > MOST_CHARACTERS) return tell(refusalTexts.textTooLong(MOST_CHARACTERS));
  const author = authorOf(agent, text);
  if (author === null) return refuse(inbound.files.length > 0 ? accountTexts.unsignedFiles : accountTexts.unsigned);
  // Each kind by itself: a redelivery after a crash between the text and its files still has the files to give.
  const sent = sentOtherwise(agent, spot, inbound);
  const origin: Origin = { ...inbound.place, message: inbound.message };
  let reaction = nothing;
  if (!isBlank(text) && !sent.has("message")) {
    reaction = afterWriting(spot, await actAt(context, author, spot, inbound.id, { type: "write", text, origin }));
  }
  for (const [index, given] of sent.has("file") ? [] : inbound.files.entries()) {
    const file = { ...given, name: withoutControls(given.name).slice(0, 200) };
    const fault = fileFault(file, context.maxFileSize);
    if (fault) {
      reaction = tell(fault);
      continue;
    }
    const outcome = await actAt(context, author, spot, fileId(inbound.id, index), { type: "shareFile", file, origin });
    if (outcome.kind === "refused") reaction = refused(outcome.refusal, null, null);
  }
  return reaction;
}

/** What stands there under this id of the platform: a text, files, or both. */
const utterancesAt = (spot: Spot, place: MessageInbound["place"], id: string): Utterance[] =>
  everSaidAt(spot, place, id).filter(({ deleted: gone }) => !gone);

export async function edited(context: UseCaseContext, agent: AgentRecord, inbound: EditInbound): Promise<Reaction> {
  const spot = await spotOf(context, agent, inbound);
  const target = spot && utterancesAt(spot, inbound.place, inbound.message).find((u) => u.kind === "message");
  const unsent = spot !== null && !target && agent.shared && everSaidAt(spot, inbound.place, inbound.message).length === 0;
  if (!spot || (!target && !unsent)) return nothing;
  const notThere = refusalAt(agent, spot, inbound.id, "edit");
  if (notThere) return notThere;
  const text = mapTexts(inbound.text, withoutControls);
  if (plainText(text).length > MOST_CHARACTERS) return tell(refusalTexts.textTooLong(MOST_CHARACTERS));
  const author = authorOf(agent, text);
  if (author === null) return refuse(accountTexts.unsigned);
  // Held back until it is signed: now it is, and goes.
  if (!target) {
    const origin: Origin = { ...inbound.place, message: inbound.message };
    const written = afterWriting(spot, await actAt(context, author, spot, inbound.id, { type: "write", text, origin }));
    return written.kind === "nothing" ? tell(accountTexts.signed) : written;
  }
  const same = JSON.stringify(currentText(spot.demande.events, target.id)) === JSON.stringify(text);
  if (same) return nothing;
  const outcome = await actAt(context, agent, spot, inbound.id, { type: "edit", target: target.id, text });
  return outcome.kind === "refused" ? refused(outcome.refusal, null, null) : nothing;
}

export async function deleted(context: UseCaseContext, agent: AgentRecord, inbound: DeletionInbound): Promise<Reaction> {
  const spot = await spotOf(context, agent, inbound);
  if (!spot) return nothing;
  for (const { id } of utterancesAt(spot, inbound.place, inbound.message))
    await actAt(context, agent, spot, `${inbound.id}#${id}`, { type: "delete", target: id });
  return nothing;
}

/** The message shortcut « Envoyer à l’aidant »: on the message itself, or on its replica in another thread. */
export async function publish(context: UseCaseContext, agent: AgentRecord, inbound: ShortcutInbound): Promise<Reaction> {
  const spot = await spotOf(context, agent, inbound);
  // Of a demande that one may not see, as of no demande at all.
  if (!spot) return refuse(refusalTexts.unknown);
  const notThere = refusalAt(agent, spot, inbound.id, "publish");
  if (notThere) return notThere;
  const { demande } = spot;
  const replica = threadAt(demande, inbound.place, inbound.root)?.posts.find((p) => p.message === inbound.message);
  const target =
    utterancesAt(spot, inbound.place, inbound.message).find((u) => u.kind === "message") ??
    demande.state.utterances.find((u) => u.seq === replica?.seq);
  if (!target) return refuse(refusalTexts.messageGone);
  const text: RichText = currentText(demande.events, target.id) ?? [];
  const outcome = await actAt(context, agent, spot, inbound.id, { type: "publish", target: target.id, text });
  return outcome.kind === "refused" ? refused(outcome.refusal, null, null) : tell(replyTexts.published);
}
