/** What Slack sends, taken down between the sandbox's Slack and the bot while people work; and the same, signed, changed or forged. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import type { Answer, Site } from "./site.ts";
import { sendTo } from "./site.ts";

const FORM = "application/x-www-form-urlencoded";

/** What the tests look at; the rest is as it came. */
interface Content {
  readonly type?: string;
  readonly command?: string;
  readonly event?: { readonly type?: string; readonly subtype?: string };
  readonly actions?: readonly { readonly action_id: string; readonly value: string }[];
  readonly view?: { readonly id: string; readonly private_metadata: string };
  readonly [field: string]: unknown;
}

/** A request as Slack made it: JSON, a form with one JSON payload, or a form of plain fields. */
export interface Recorded {
  readonly kind: "event" | "payload" | "fields";
  readonly content: Content;
}

function read(type: string, body: string): Recorded {
  if (type !== FORM) return { kind: "event", content: JSON.parse(body) };
  const form = new URLSearchParams(body);
  const payload = form.get("payload");
  return payload === null
    ? { kind: "fields", content: Object.fromEntries(form) }
    : { kind: "payload", content: JSON.parse(payload) };
}

/** As a name for a test: the type of the event, of the interaction, or the command. */
export function nameOf({ kind, content }: Recorded): string {
  if (kind === "event") return `event ${content.event?.type} ${content.event?.subtype ?? ""}`.trim();
  return kind === "payload" ? `${content.type}` : `command ${content.command}`;
}

export interface Wire {
  readonly type: string;
  readonly body: string;
}

export function written({ kind, content }: Recorded): Wire {
  if (kind === "event") return { type: "application/json", body: JSON.stringify(content) };
  const form = new URLSearchParams();
  if (kind === "payload") form.set("payload", JSON.stringify(content));
  else
    for (const [name, value] of Object.entries(content))
      form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  return { type: FORM, body: form.toString() };
}

const secretOf = ({ world }: Site): string => world.slack.control.installation(WORKSPACE).signingSecret;

/** @param age seconds */
export function signed(site: Site, body: string | Buffer, { age = 0, secret = secretOf(site) } = {}): Record<string, string> {
  const stamp = String(Math.floor(Date.now() / 1000) - age);
  const digest = createHmac("sha256", secret).update(`v0:${stamp}:`).update(body).digest("hex");
  return { "x-slack-request-timestamp": stamp, "x-slack-signature": `v0=${digest}` };
}

export const sendSigned = (site: Site, { type, body }: Wire): Promise<Answer> =>
  site.send("/slack/events", { headers: { "content-type": type, ...signed(site, body) }, body });

/** Has people live a short story, and gives everything that Slack sent of it. The bot has done it all once this resolves. */
export async function recordStory(site: Site): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = [];
  const target = `${site.origin}/slack/events`;
  const recorder = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    recorded.push(read(request.headers["content-type"] ?? "", body.toString()));
    const { connection: _, host: __, "content-length": ___, "transfer-encoding": ____, ...headers } = request.headers;
    const answer = await sendTo(target, { headers: headers as Record<string, string>, body });
    response.writeHead(answer.status, { "content-type": answer.headers["content-type"] ?? "text/plain" }).end(answer.text);
  });
  recorder.listen(0, "127.0.0.1");
  await once(recorder, "listening");
  const { slack, db } = site.world;
  try {
    await slack.control.setRequestUrl(WORKSPACE, `http://127.0.0.1:${(recorder.address() as AddressInfo).port}/slack/events`);
    await live(site);
    await untilQuiet(db, slack);
  } finally {
    await slack.control.setRequestUrl(WORKSPACE, target);
    recorder.close();
    recorder.closeAllConnections();
  }
  return recorded;
}

async function live({ world }: Site): Promise<void> {
  const { slack, db } = world;
  const people = slackPeople(world);
  const { control } = slack;
  const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
  await untilQuiet(db, slack);
  const caf = threadOf(await demandeOf(db, ref), "caf-01");
  await people.click("alix.modele", caf, "prendre");
  await untilQuiet(db, slack);
  await until("a form to answer", async () => (await people.click("alix.modele", caf, "repondre")).kind === "form");
  await people.submit("alix.modele", { texte: "Le dossier est relancé." });
  await untilQuiet(db, slack);
  const said = await people.say("alix.modele", caf, "Entre nous : dossier retrouvé.", [
    { name: "note.txt", mimetype: "text/plain", bytes: Buffer.from("une note") },
  ]);
  await people.edit("alix.modele", caf, said.id, "Entre nous : dossier bien retrouvé.");
  await people.remove("alix.modele", caf, said.id);
  await people.command("charlie.modele", "groupe", "membres");
  await people.command("alix.modele", "demandes", "nouvelles");
  await control.home({ as: world.account("alix.modele").user });
  const { ts } = await control.message({
    as: world.account("camille.exemple").user,
    channel: "france-services-exemple",
    text: "Un cas",
  });
  const shortcut = { as: world.account("camille.exemple").user, channel: "france-services-exemple", message: ts };
  await control.shortcut({ ...shortcut, callback: "transformer" });
}
