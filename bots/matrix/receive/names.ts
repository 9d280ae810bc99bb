/** Names behind the MXIDs in a person's words. */
import type { Identity } from "../../../src/delivery/port.ts";
import type { AgentId } from "../../../src/domain/ids.ts";
import { faultFields, type Log } from "../../log.ts";
import { localPart, type MatrixPeople } from "../people.ts";
import type { Names } from "./richtext.ts";

/** Finds the account behind a person; null for nobody's. */
export type AgentFinder = (person: Identity) => Promise<AgentId | null>;

interface NamesDependencies {
  readonly people: MatrixPeople;
  readonly agentOf: AgentFinder;
  readonly identity: (user: string) => Identity;
  readonly log: Log;
}

/** A name that the homeserver does not give is replaced by the account's: no message waits for it. */
export const namesBy =
  ({ people, agentOf, identity, log }: NamesDependencies): Names =>
  async (user) => {
    try {
      const [profile, agentId] = await Promise.all([people.profile(identity(user)), agentOf(identity(user))]);
      return { name: profile?.name ?? localPart(user), ...(agentId !== null && { agentId }) };
    } catch (error) {
      log.warn({ user, ...faultFields(error) }, "No name for a person who is mentioned");
      return { name: localPart(user) };
    }
  };
