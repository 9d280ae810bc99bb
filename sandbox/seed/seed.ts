/** The first day: agents and groupes in the database, each with accounts and channel on its platform, then the stories. */
import type { Database } from "../../models/database.ts";
import type { Identity } from "../../src/delivery/port.ts";
import type { FollowedBot } from "../bot/followed.ts";
import type { MovableClock } from "../clock.ts";
import type { SeededPlatform } from "./platform.ts";
import { playStories } from "./stories.ts";
import { SEED_AGENTS, SEED_GROUPES } from "./world.ts";

/** Agents and groupes in the database: those that have an account or a channel on one of these platforms. */
export async function seedDatabase(db: Database, platforms: readonly SeededPlatform[]): Promise<void> {
  for (const { handle, ...agent } of SEED_AGENTS) {
    const identities = platforms.flatMap((platform) => platform.identity(handle) ?? []);
    if (identities.length > 0) await db.agents.save(agent, identities);
  }
  for (const { channel, platform: _, ...groupe } of SEED_GROUPES) {
    const [place] = platforms.flatMap((platform) => platform.place(channel) ?? []);
    if (place) await db.groupes.save({ ...groupe, franceServices: groupe.organisme === "FS", place });
  }
}

/** The account of an agent or of the stranger, wherever it is. @throws Error for somebody unknown */
export function identityOn(platforms: readonly SeededPlatform[], handle: string): Identity {
  for (const platform of platforms) {
    const found = platform.identity(handle);
    if (found) return found;
  }
  throw new Error(`nobody is called ${handle}`);
}

/** Demandes in every state, the clock being left at `today`. */
export function seedStories(
  bot: FollowedBot,
  db: Database,
  clock: MovableClock,
  platforms: readonly SeededPlatform[],
  today: Date,
): Promise<void> {
  const stage = {
    bot,
    db,
    clock,
    identity: (handle: string) => identityOn(platforms, handle),
    write: async (
      handle: string,
      place: { platform: string; workspace: string; channel: string },
      root: string,
      text: string,
    ) => {
      const on = platforms.find(({ name }) => name === place.platform);
      const as = on?.identity(handle);
      if (!on || !as) throw new Error(`${handle} has no account there`);
      await on.write(as, { ...place, platform: on.name }, root, text);
    },
  };
  return playStories(stage, today);
}
