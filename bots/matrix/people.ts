/** Who people are, as the homeserver says. It gives no e-mail address: agents are known by their MXID. */
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Identity, PeoplePort, Profile } from "../../src/delivery/port.ts";
import type { MatrixApi } from "./api.ts";
import { deliveryFault, matrixCode } from "./faults.ts";
import { line } from "./limits.ts";

const REMEMBERED_MS = 10 * 60_000;
const MOST_REMEMBERED = 5_000;
const NAME = 100;

const matrixProfile = z.object({ displayname: z.string().nullish().catch(null) });

/** « @camille:exemple.fr » → « camille » */
export const localPart = (user: string): string => /^@([^:]+):/.exec(user)?.[1] ?? user;

export class MatrixPeople implements PeoplePort {
  readonly #api: MatrixApi;
  readonly #self: () => string;
  readonly #known = new LRUCache<string, Promise<Profile | null>>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(api: MatrixApi, self: () => string) {
    this.#api = api;
    this.#self = self;
  }

  /** @throws DeliveryFault when the homeserver does not answer; null for nobody it knows */
  profile({ user }: Identity): Promise<Profile | null> {
    const known = this.#known.get(user);
    if (known !== undefined) return known;
    const profile = this.#ask(user);
    this.#remember(user, profile);
    return profile;
  }

  /** Nobody: a homeserver does not tell whose an address is. */
  async byEmail(): Promise<readonly Identity[]> {
    return [];
  }

  #remember(user: string, profile: Promise<Profile | null>): void {
    this.#known.set(user, profile);
    profile.catch(() => {
      if (this.#known.get(user) === profile) this.#known.delete(user);
    });
  }

  async #ask(user: string): Promise<Profile | null> {
    try {
      const answer = await this.#api.profile(user);
      if (answer === null) return null;
      const { displayname } = matrixProfile.parse(answer);
      return { email: null, name: line(displayname?.trim() || localPart(user), NAME), bot: user === this.#self() };
    } catch (error) {
      // Another organisation's homeserver may keep its people's names to itself.
      if (matrixCode(error) === "M_FORBIDDEN") return { email: null, name: localPart(user), bot: user === this.#self() };
      throw deliveryFault(error);
    }
  }
}
