/** Who is who: agents behind the accounts of the chat platforms, names of groupes, accounts of agents. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Database } from "../../models/database.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { Identity, PeoplePort, Place, PlatformName, UserIds } from "../delivery/port.ts";
import type { AgentId, GroupeId } from "../domain/ids.ts";
import { samePlace } from "../domain/place.ts";
import type { GroupeNames } from "../presentation/names.ts";

const NAMES_KEPT_MS = 30_000;
const USERS_KEPT_MS = 10_000;
/** More is forgotten at once: who is pinged often is soon known again. */
const MOST_USERS_KEPT = 5_000;

export class Directory {
  private readonly db: Database;
  private readonly people = new Map<PlatformName, PeoplePort>();
  private readonly names = new Map<GroupeId, { readonly name: string; readonly until: number }>();
  /** By platform, workspace and agent. */
  private readonly users = new Map<string, { readonly user: string; readonly until: number }>();

  constructor(db: Database) {
    this.db = db;
  }

  /** From then on, agents are looked for on this platform too. */
  addPlatform(platform: PlatformName, people: PeoplePort): void {
    this.people.set(platform, people);
  }

  /**
   * The agent behind an account, as they are now: nothing of it is remembered from one act to the next. The first time, the
   * account is recognised by its e-mail address, and linked. Null for somebody unknown, and for programs.
   */
  async agentOf(identity: Identity): Promise<AgentRecord | null> {
    const [agent, away] = await Promise.all([this.linked(identity), this.awayFrom(identity)]);
    return agent && away.length > 0 ? { ...agent, away } : agent;
  }

  /** The agent of this address, as they are now; away from the groupes whose channel any account of theirs left. */
  async agentOfEmail(email: string): Promise<AgentRecord | null> {
    const agent = await this.db.agents.byEmail(email);
    if (!agent) return null;
    const away = (await Promise.all(agent.identities.map((identity) => this.awayFrom(identity)))).flat();
    return away.length > 0 ? { ...agent, away } : agent;
  }

  private async linked(identity: Identity): Promise<AgentRecord | null> {
    const known = await this.db.agents.byIdentity(identity);
    if (known) return known;
    const profile = await this.people.get(identity.platform)?.profile(identity);
    if (!profile?.email || profile.bot) return null;
    const agent = await this.db.agents.byEmail(profile.email);
    if (!agent) return null;
    await this.db.agents.link(agent.id, identity);
    return { ...agent, identities: [...agent.identities, identity] };
  }

  /** The groupes that still have the channel which this account left. One bound elsewhere since then is not concerned. */
  private async awayFrom(identity: Identity): Promise<GroupeId[]> {
    const departures = await this.db.presences.leftBy(identity);
    if (departures.length === 0) return [];
    const groupes = await this.db.groupes.byIds(departures.map(({ groupeId }) => groupeId));
    const isAway = ({ id, place }: Groupe) => departures.some((d) => d.groupeId === id && samePlace(d.place, place));
    return groupes.filter(isAway).map(({ id }) => id);
  }

  /**
   * The account of this agent that is known and serves best: on a platform that is there rather than on one that is not configured
   * any more, and on the preferred platform and workspace if there is one.
   */
  knownIdentityOf(agent: AgentRecord, preferred?: { platform: PlatformName; workspace?: string }): Identity | null {
    const rank = (identity: Identity): number =>
      Number(this.people.has(identity.platform)) * 4 +
      Number(identity.platform === preferred?.platform) * 2 +
      Number(identity.workspace === preferred?.workspace);
    const [best] = [...agent.identities].sort((a, b) => rank(b) - rank(a));
    return best ?? null;
  }

  /** The same; one of whom no account is known is looked for on each platform, and linked. Null when there is none. */
  async identityOf(agent: AgentRecord, preferred?: { platform: PlatformName; workspace?: string }): Promise<Identity | null> {
    const best = this.knownIdentityOf(agent, preferred);
    if (best) return best;
    for (const people of this.people.values()) {
      const [found] = await people.byEmail(agent.email);
      if (!found) continue;
      await this.db.agents.link(agent.id, found);
      return found;
    }
    return null;
  }

  /** The accounts of these agents in one place, as of some seconds ago; those who have none there are left out. */
  async userIds(agents: readonly AgentId[], place: Place): Promise<UserIds> {
    const now = performance.now();
    const keyOf = (agent: AgentId) => `${place.platform}/${place.workspace}/${agent}`;
    const wanted = [...new Set(agents)];
    if (this.users.size + wanted.length > MOST_USERS_KEPT) this.users.clear();
    const missing = wanted.filter((agent) => (this.users.get(keyOf(agent))?.until ?? 0) < now);
    const here = (i: Identity) => i.platform === place.platform && i.workspace === place.workspace;
    for (const agent of await this.db.agents.byIds(missing)) {
      const user = agent.disabled ? null : (agent.identities.find(here)?.user ?? null);
      // Somebody not there yet may come at any moment: only who is there is remembered.
      if (user !== null) this.users.set(keyOf(agent.id), { user, until: now + USERS_KEPT_MS });
    }
    return new Map(
      wanted.flatMap((agent) => {
        const known = this.users.get(keyOf(agent));
        return known && known.until >= now ? [[agent, known.user] as const] : [];
      }),
    );
  }

  /** Their names, as they were half a minute ago at the most: every delivery asks for them, and they hardly ever change. */
  async groupeNames(ids: readonly GroupeId[]): Promise<GroupeNames> {
    const now = performance.now();
    const wanted = [...new Set(ids)];
    const missing = wanted.filter((id) => (this.names.get(id)?.until ?? 0) < now);
    for (const { id, name } of await this.db.groupes.byIds(missing)) this.names.set(id, { name, until: now + NAMES_KEPT_MS });
    return new Map(
      wanted.flatMap((id) => {
        const known = this.names.get(id);
        return known ? [[id, known.name] as const] : [];
      }),
    );
  }

  groupeOf(place: Place): Promise<Groupe | null> {
    return this.db.groupes.byPlace(place);
  }

  /** Disabled accounts left out. */
  admins(): Promise<AgentRecord[]> {
    return this.db.agents.admins();
  }

  /** The responsables of a groupe, disabled accounts left out. */
  async responsablesOf(groupe: GroupeId): Promise<AgentRecord[]> {
    const members = await this.db.agents.ofGroupe(groupe);
    return members.filter((a) => !a.disabled && a.memberships.some((m) => m.groupeId === groupe && m.responsable));
  }
}
