/** Who people are, as Slack says; remembered for a while, forgotten when Slack says that it changed. */
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { DeliveryFault, type Identity, type PeoplePort, type Profile } from "../../src/delivery/port.ts";
import { deliveryFault, slackCode } from "./faults.ts";
import { patiently } from "./patience.ts";
import { type Workspace, type Workspaces, workspaceOf } from "./workspaces.ts";

const REMEMBERED_MS = 10 * 60_000;
const MOST_REMEMBERED = 5_000;

const slackUser = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
  enterprise_user: z.looseObject({}).optional(),
  profile: z
    .object({ email: z.string().nullish(), real_name: z.string().nullish(), display_name: z.string().nullish() })
    .optional(),
});
type SlackUser = z.infer<typeof slackUser>;

const SLACKBOT = "USLACKBOT";
const UNKNOWN: ReadonlySet<string> = new Set(["user_not_found", "users_not_found", "user_not_visible", "invalid_arguments"]);

const filled = (...names: readonly (string | null | undefined)[]): string | undefined =>
  names.find((name) => name != null && name.trim() !== "")?.trim();

/** An address that another organisation gave to its own people proves nothing here. */
const isForeign = (user: SlackUser, workspace: Workspace): boolean =>
  user.is_stranger === true ||
  (user.team_id !== undefined && user.team_id !== workspace.id && user.enterprise_user === undefined);

function profileOf(user: SlackUser, workspace: Workspace): Profile | null {
  if (user.deleted === true) return null;
  const trusted = user.is_email_confirmed !== false && !isForeign(user, workspace);
  const email = trusted ? filled(user.profile?.email) : undefined;
  return {
    email: email?.toLowerCase() ?? null,
    name: filled(user.real_name, user.profile?.real_name, user.profile?.display_name, user.name) ?? user.id,
    bot: user.is_bot === true || user.id === SLACKBOT,
  };
}

/** Whether what an event says of a user makes their account nobody's here: deactivated, or another organisation's by now. */
export function hasEnded(user: unknown, workspace: Workspace): boolean {
  const read = slackUser.safeParse(user).data;
  return read !== undefined && (read.deleted === true || isForeign(read, workspace));
}

export class SlackPeople implements PeoplePort {
  readonly #workspaces: Workspaces;
  readonly #known = new LRUCache<string, Promise<Profile | null>>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  /** @throws DeliveryFault when Slack does not answer; null for nobody it knows, and for a deactivated account */
  profile(person: Identity): Promise<Profile | null> {
    const key = `${person.workspace}:${person.user}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const profile = this.#ask(person);
    this.#remember(key, profile);
    return profile;
  }

  async byEmail(email: string): Promise<readonly Identity[]> {
    const asked = await Promise.allSettled(this.#workspaces.all().map((workspace) => this.#byEmailIn(workspace, email)));
    const found = asked.flatMap((answer) => (answer.status === "fulfilled" && answer.value !== null ? [answer.value] : []));
    if (found.length > 0) return found;
    const faults = asked.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    // Nobody is there as far as is known: what passes by itself comes first, since it tells when to ask again.
    const [fault] = [...faults.filter((one) => one instanceof DeliveryFault && one.kind === "retry"), ...faults];
    if (fault !== undefined) throw fault;
    return [];
  }

  /** Whether the account is nobody's here, as Slack says at this moment. @throws DeliveryFault when it does not answer */
  async ended({ workspace: id, user }: Identity): Promise<boolean> {
    const workspace = workspaceOf(this.#workspaces, id);
    try {
      return hasEnded((await patiently(() => workspace.client.users.info({ user }))).user, workspace);
    } catch (error) {
      if (UNKNOWN.has(slackCode(error) ?? "")) return true;
      throw deliveryFault(error);
    }
  }

  /** What Slack said of this person is asked anew next time. */
  forget(workspace: string, user: string): void {
    this.#known.delete(`${workspace}:${user}`);
  }

  #remember(key: string, profile: Promise<Profile | null>): void {
    this.#known.set(key, profile);
    profile.catch(() => {
      if (this.#known.get(key) === profile) this.#known.delete(key);
    });
  }

  async #ask({ workspace: id, user }: Identity): Promise<Profile | null> {
    const workspace = workspaceOf(this.#workspaces, id);
    try {
      const answer = await patiently(() => workspace.client.users.info({ user }));
      return profileOf(slackUser.parse(answer.user), workspace);
    } catch (error) {
      if (UNKNOWN.has(slackCode(error) ?? "")) return null;
      throw deliveryFault(error);
    }
  }

  async #byEmailIn(workspace: Workspace, email: string): Promise<Identity | null> {
    try {
      const answer = await patiently(() => workspace.client.users.lookupByEmail({ email }));
      const user = slackUser.parse(answer.user);
      const profile = profileOf(user, workspace);
      if (profile === null || profile.bot || profile.email !== email.trim().toLowerCase()) return null;
      return { platform: "slack", workspace: workspace.id, user: user.id };
    } catch (error) {
      if (UNKNOWN.has(slackCode(error) ?? "")) return null;
      throw deliveryFault(error);
    }
  }
}
