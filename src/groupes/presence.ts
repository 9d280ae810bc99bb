/**
 * People who come to and leave the channel of a groupe, and the workspace: what the channel gave is suspended from the moment
 * they leave it until they come back, or a responsable adds them again. Who was never seen in it loses nothing by not being there.
 */
import type { AgentRecord } from "../../models/agent.ts";
import type { Database } from "../../models/database.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { Presence } from "../../models/presences.ts";
import type { Clock } from "../clock.ts";
import type { Identity, Place } from "../delivery/port.ts";
import { richText } from "../domain/richtext.ts";
import type { Log } from "../log.ts";
import { say } from "../presentation/message.ts";
import { accountTexts } from "../texts/accounts.ts";
import type { Directory } from "./directory.ts";
import { leaveDirects } from "./leaveDirects.ts";
import { welcome } from "./welcome.ts";

/** Somebody came or left, as a platform tells it. */
export interface Movement {
  readonly person: Identity;
  readonly place: Place;
  /** The platform's own id of this event: a redelivery bears the same one. */
  readonly event: string;
  /** When it happened, in milliseconds; null where the platform tells its events in their order. */
  readonly at: number | null;
}

/** What a platform's adapter tells of the coming and going of people. Each call resolves once it is written. */
export interface PresenceDesk {
  came(movement: Movement): Promise<void>;
  left(movement: Movement): Promise<void>;
  /** The channels bound to groupes in this workspace. */
  channels(workspace: Pick<Place, "platform" | "workspace">): Promise<readonly Place[]>;
  /**
   * Compares who is there with what is known: for after a time in which nobody listened.
   * @param read asks the platform for everybody in the channel; null when it does not say (it is gone, or the bot is not in it)
   */
  compare(place: Place, read: () => Promise<ReadonlySet<string> | null>): Promise<void>;
  /** The account is deactivated, or belongs to another organisation from now on: it is nobody's. */
  accountEnded(person: Identity): Promise<void>;
  /** Somebody has just arrived in the workspace: welcomed if they are expected. */
  accountBegan(person: Identity): Promise<void>;
}

export interface PresenceContext {
  readonly db: Database;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly log: Log;
}

export class PresenceBook implements PresenceDesk {
  private readonly context: PresenceContext;

  constructor(context: PresenceContext) {
    this.context = context;
  }

  async came({ person, place, event, at }: Movement): Promise<void> {
    const { db, directory } = this.context;
    const groupe = await directory.groupeOf(place);
    const known = await db.presences.of(place, person.user);
    // A channel that is no groupe's matters only to those who left it while it was.
    if (!groupe && !known) return;
    if (!groupe && known?.present) return;
    const [departure] = groupe ? [] : (await db.presences.leftBy(person)).filter((one) => one.place.channel === place.channel);
    const id = groupe?.id ?? departure?.groupeId;
    if (id) await db.presences.record(id, place, this.presence(person.user, true, event, at), at === null);
  }

  async left({ person, place, event, at }: Movement): Promise<void> {
    const { db, directory } = this.context;
    const groupe = await directory.groupeOf(place);
    if (!groupe) return;
    await db.presences.record(groupe.id, place, this.presence(person.user, false, event, at), at === null);
    // Also when it was written already: the process may have died before the responsables were told.
    const now = await db.presences.of(place, person.user);
    if (now && !now.present && now.event === event) await this.tellResponsables(groupe, person, event);
  }

  async channels(workspace: Pick<Place, "platform" | "workspace">): Promise<readonly Place[]> {
    const groupes = await this.context.db.groupes.boundIn(workspace);
    return groupes.flatMap(({ place }) => (place ? [place] : []));
  }

  async compare(place: Place, read: () => Promise<ReadonlySet<string> | null>): Promise<void> {
    const { db, directory, clock } = this.context;
    const at = clock.now().getTime();
    const there = await read();
    const groupe = await directory.groupeOf(place);
    if (there === null || !groupe) return;
    const known = new Map((await db.presences.in(place)).map((one) => [one.user, one]));
    for (const user of there) {
      if (known.get(user)?.present) continue;
      await db.presences.record(groupe.id, place, this.presence(user, true, `seen:${at}`, at));
    }
    for (const { user, event } of [...known.values()].filter((one) => one.present && !there.has(one.user))) {
      const person: Identity = { platform: place.platform, workspace: place.workspace, user };
      await this.left({ person, place, event: `absent:${event}`, at });
    }
  }

  async accountEnded(person: Identity): Promise<void> {
    const { db, log } = this.context;
    const agent = await db.agents.byIdentity(person);
    if (!agent) return;
    await db.agents.unlink(agent.id, [person]);
    log.info({ agent: agent.id, platform: person.platform }, "An account has ended: it is the agent's no more");
    // Another account of theirs goes on with the conversations of the one that ended.
    if (agent.identities.length > 1) await leaveDirects(db, agent.id, person.platform);
  }

  async accountBegan(person: Identity): Promise<void> {
    const agent = await this.context.directory.agentOf(person);
    if (agent && !agent.disabled) await welcome(this.context.db, agent);
  }

  private presence(user: string, present: boolean, event: string, at: number | null): Presence {
    return { user, present, event, at: at ?? this.context.clock.now().getTime() };
  }

  private async tellResponsables(groupe: Groupe, person: Identity, event: string): Promise<void> {
    const { db, directory } = this.context;
    const agent = await db.agents.byIdentity(person);
    if (!agent || agent.disabled || !agent.memberships.some((m) => m.groupeId === groupe.id)) return;
    const told = await directory.responsablesOf(groupe.id);
    const message = say(richText(accountTexts.leftChannel(agent.name, groupe.name)), { quiet: false });
    for (const responsable of told.filter(({ id }) => id !== agent.id)) {
      const id = `left.${groupe.id}.${agent.id}.${event}.${responsable.id}`;
      await db.notices.add(
        { id, to: { kind: "agent", agentId: responsable.id }, content: { kind: "message", message } },
        new Date(),
      );
    }
  }
}

/** A responsable adds them again: that they left the channel does not count any more. */
export const readmit = (db: Database, agent: AgentRecord, groupe: Groupe["id"]): Promise<void> =>
  db.presences.forget(groupe, agent.identities);
