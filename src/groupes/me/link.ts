/**
 * Two accounts of one person, on two platforms: a code shown to the account that is known, typed by the other one. It serves
 * once, for ten minutes, and tries are counted, so that it cannot be guessed.
 */
import { randomInt } from "node:crypto";
import type { AgentRecord } from "../../../models/agent.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { CommandInbound, Reaction } from "../../demandes/desk.ts";
import { refuse, tell } from "../../demandes/refusals.ts";
import { richText } from "../../domain/richtext.ts";
import { say } from "../../presentation/message.ts";
import { meTexts } from "../../texts/accounts.ts";

const texts = meTexts.linking;
/** Without those that are read one for another. */
const SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH = 8;
const MINUTES_10 = 10 * 60_000;
const MOST_TRIES = 5;

const newCode = (): string => Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join("");
const shownCode = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** « lier ABCD-EFGH », as typed after the command; null for anything else. */
export function typedCode(text: string): string | null {
  const [, code] = /^lier\s+(\S[\S\s]*)$/i.exec(text.trim()) ?? [];
  return code === undefined ? null : code.replace(/[^a-z0-9]/gi, "").toUpperCase();
}

/** @param agent known and not disabled */
export async function giveCode({ db }: UseCaseContext, agent: AgentRecord): Promise<Reaction> {
  if (agent.shared) return refuse(texts.shared);
  const code = newCode();
  await db.linkCodes.give(agent.id, code, new Date(Date.now() + MINUTES_10));
  return tell(texts.code(shownCode(code)));
}

/** The account that typed the code becomes the agent's whose it is. It may be anybody's until then: nothing is told of the agent before. */
export async function linkBy({ db, directory }: UseCaseContext, { person }: CommandInbound, code: string): Promise<Reaction> {
  const now = new Date();
  const tries = await db.linkCodes.countTry(
    `${person.platform}/${person.workspace}/${person.user}`,
    now,
    new Date(now.getTime() + MINUTES_10),
  );
  if (tries > MOST_TRIES) return refuse(texts.tooMany);
  const own = await directory.agentOf(person);
  const id = await db.linkCodes.take(code, now);
  const agent = id && (await db.agents.byId(id));
  if (!agent || agent.disabled || agent.shared) return refuse(texts.wrong);
  if (own) return own.id === agent.id ? tell(texts.already) : refuse(texts.taken);
  await db.agents.link(agent.id, person);
  const message = say(richText(texts.notice(person.user)), { quiet: false });
  const notice = `linked.${agent.id}.${person.user}.${now.getTime()}`;
  await db.notices.add({ id: notice, to: { kind: "agent", agentId: agent.id }, content: { kind: "message", message } }, now);
  return tell(texts.linked(agent.name));
}
