/** Who clicks: enough aidants and groupes that no single conversation is the bottleneck; Slack takes one message at a time in each. */

import type { Database } from "../models/database.ts";
import { WORKSPACE } from "../sandbox/seed/slack.ts";
import type { SlackSandbox } from "../sandbox/slack/server.ts";
import { agentId, groupeId } from "../src/domain/ids.ts";
import { FRANCE_SERVICES, saveFranceServices } from "./franceServices.ts";

const AIDANTS = Array.from({ length: 16 }, (_, n) => `aidant-${n}`);

/** Groupes with their channel, and the account of their instructeur. */
export const BENCH_GROUPES = Array.from({ length: 8 }, (_, n) => ({
  id: groupeId(`caf-${n}`),
  name: `CAF n° ${n}`,
  channel: `caf-${n}`,
  handle: `instructeur-${n}`,
}));
const [FIRST] = BENCH_GROUPES;
if (!FIRST) throw new Error("no groupe");
const first = FIRST;

/** The groupe of the n-th demande. */
export const groupeOf = (n: number) => BENCH_GROUPES[n % BENCH_GROUPES.length] ?? first;
/** The aidant of the n-th demande. */
export const aidantOf = (n: number): string => AIDANTS[Math.floor(n / 3) % AIDANTS.length] ?? "";

const emailOf = (handle: string): string => `${handle}@exemple.test`;

export async function crowdOnSlack({ control }: SlackSandbox): Promise<void> {
  await control.createWorkspace({ id: WORKSPACE, name: "Banc d’essai", appName: "Administration+" });
  for (const handle of [...AIDANTS, ...BENCH_GROUPES.map(({ handle }) => handle)])
    await control.createUser({ workspace: WORKSPACE, name: handle, realName: handle, email: emailOf(handle) });
  for (const { channel, handle } of BENCH_GROUPES)
    await control.createChannel({ workspace: WORKSPACE, name: channel, members: ["bot", emailOf(handle)] });
}

export async function crowdInDatabase(db: Database, { control }: SlackSandbox): Promise<void> {
  const users = new Map(control.users(WORKSPACE).map(({ name, id }) => [name, id]));
  const channels = new Map(control.channels(WORKSPACE).map(({ name, id }) => [name, id]));
  const save = (handle: string, groupe: typeof FRANCE_SERVICES, role: "aidant" | "instructeur") =>
    db.agents.save(
      {
        id: agentId(handle),
        name: handle,
        email: emailOf(handle),
        admin: false,
        disabled: false,
        shared: false,
        memberships: [{ groupeId: groupe, aidant: role === "aidant", instructeur: role === "instructeur", responsable: false }],
      },
      [{ platform: "slack", workspace: WORKSPACE, user: users.get(handle) ?? "" }],
    );
  const common = { description: "", territoires: ["01"] };
  await saveFranceServices(db);
  for (const handle of AIDANTS) await save(handle, FRANCE_SERVICES, "aidant");
  for (const { id, name, channel, handle } of BENCH_GROUPES) {
    await save(handle, id, "instructeur");
    const place = { platform: "slack" as const, workspace: WORKSPACE, channel: channels.get(channel) ?? "" };
    await db.groupes.save({ ...common, id, name, organisme: "CAF", franceServices: false, place });
  }
}
