/** People who come to and leave rooms, as the account's events tell it in their order; and who is there, where they tell nothing. */
import { z } from "zod";
import type { Identity, Place } from "../../src/delivery/port.ts";
import type { PresenceDesk } from "../../src/groupes/presence.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixApi } from "./api.ts";
import type { MatrixEvent } from "./events.ts";

export interface PresenceOptions {
  readonly desk: PresenceDesk;
  readonly api: MatrixApi;
  readonly identity: (user: string) => Identity;
  readonly place: (room: string) => Place;
  readonly self: () => string;
  readonly log: Log;
}

const member = z.object({ membership: z.string() });
const before = z.object({ prev_content: member });

export class Presence {
  readonly #with: PresenceOptions;

  constructor(options: PresenceOptions) {
    this.#with = options;
  }

  /**
   * A member event: coming, leaving, being removed or banned. One who only declined an invitation was never there. Dates are
   * not trusted here: another organisation's homeserver writes its own, and the sync tells the order.
   */
  async moved(room: string, event: MatrixEvent): Promise<void> {
    const { desk, api, identity, place, self } = this.#with;
    const user = event.state_key ?? "";
    const now = member.safeParse(event.content).data?.membership;
    if (now === undefined || user === self()) return;
    const told = { person: identity(user), place: place(room), event: event.event_id, at: null };
    if (now === "join") return desk.came(told);
    const was = before.safeParse(event.unsigned).data?.prev_content.membership;
    const wasThere = was === undefined || was === "join";
    if (now !== "ban" && !(now === "leave" && wasThere)) return;
    // Everybody leaves a room that goes on in another.
    if ((await api.state(room, "m.room.tombstone")) !== null) return;
    await desk.left(told);
  }

  /** Learns who is in the rooms of the groupes. Never throws: a room that does not say is left to the next time. */
  async compare(workspace: string): Promise<void> {
    const { desk, log } = this.#with;
    for (const place of await desk.channels({ platform: "matrix", workspace }))
      await this.compareOne(place).catch((error) => {
        log.warn({ room: place.channel, ...faultFields(error) }, "The members of a room could not be read");
      });
  }

  /** Null where the bot is not: the homeserver then says nothing of who comes and leaves, and nobody has left. */
  compareOne(place: Place): Promise<void> {
    const { desk, api, self } = this.#with;
    return desk.compare(place, async () => {
      const there = await api.joinedMembers(place.channel);
      return there?.delete(self()) ? there : null;
    });
  }
}
