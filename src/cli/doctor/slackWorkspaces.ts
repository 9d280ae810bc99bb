/** With OAuth, the Slack workspaces that installed the app, those that took it away, and those that are still to install it. */
import type { CheckedWorkspace } from "../../../bots/slack/doctor.ts";
import type { Inspection } from "../../../models/inspection.ts";
import type { Config } from "../../config.ts";

/** @throws PermanentError when the key of a token is missing */
export async function slackWorkspaces({ db }: Inspection, { slack }: Config): Promise<readonly CheckedWorkspace[]> {
  if (!slack?.oauth) return [];
  const allowed = slack.oauth.workspaces;
  const good = new Map((await db.installations.all()).map((one) => [one.team, one]));
  const past = new Map((await db.installations.past()).map((one) => [one.team, one]));
  const bound = (await db.groupes.all()).flatMap(({ place }) => (place?.platform === "slack" ? [place] : []));
  const teams = [...new Set([...allowed, ...bound.map(({ workspace }) => workspace)])];
  return teams.map((team) => {
    const left = past.get(team);
    return {
      team,
      name: good.get(team)?.name ?? left?.name ?? team,
      // A workspace that the configuration names no more is not served, whatever is stored.
      botToken: allowed.includes(team) ? (good.get(team)?.botToken ?? null) : null,
      removed: left ? { at: left.removedAt, why: left.why } : null,
      channels: bound.flatMap(({ workspace, channel }) => (workspace === team ? [channel] : [])),
    };
  });
}
