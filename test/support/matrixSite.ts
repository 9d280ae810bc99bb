/**
 * The Matrix of a test world: the sandbox's homeserver, or a real one where `MATRIX_TEST_HOMESERVER` names it, with the people and
 * rooms of the seed, and a proxy before the bot that can refuse, lose answers and cut.
 */
import type { MovableClock } from "../../sandbox/clock.ts";
import { startMatrixSandbox } from "../../sandbox/matrix/server.ts";
import type { SeededPlatform } from "../../sandbox/seed/platform.ts";
import { platformOf, SEED_AGENTS, SEED_GROUPES, type SeedAgent, type SeedGroupe, STRANGER } from "../../sandbox/seed/world.ts";
import type { MatrixSettings } from "../../src/config.ts";
import { type Proxy as MatrixProxy, Person, startProxy } from "../bots/matrix/homeserver.ts";
import { MatrixWire } from "./matrixWire.ts";
import { until } from "./until.ts";

export interface MatrixSite {
  /** What the bot is configured with: its homeserver is the proxy. */
  readonly settings: MatrixSettings;
  readonly seeded: SeededPlatform;
  readonly proxy: MatrixProxy;
  readonly wire: MatrixWire;
  /** The bot's account, past the proxy. */
  readonly bot: Person;
  /** The client of somebody, by handle. @throws Error when they are not on Matrix */
  person(handle: string): Person;
  /** Somebody of the seed who is in that room, and may invite others there. @throws Error when there is nobody */
  memberOf(room: string): Promise<Person>;
  /** Resolves once a bot in this process has nothing under way; undefined while none is followed. */
  idle: (() => Promise<void>) | undefined;
  /** Resolves once the bot has handled all that people did, and does nothing; rejects after `timeout` ms (10 000). */
  settled(timeout?: number): Promise<void>;
  close(): Promise<void>;
}

export interface MatrixSiteOptions {
  readonly clock: MovableClock;
  /** Also those who are on Slack in the seed. */
  readonly everybody: boolean;
}

const MODERATOR = 50;
const SETTLED_WITHIN_MS = 10_000;

async function homeserver(clock: MovableClock): Promise<{ url: string; close(): Promise<void> }> {
  const real = process.env.MATRIX_TEST_HOMESERVER;
  if (real) return { url: real, close: async () => undefined };
  const { url, close } = await startMatrixSandbox({ clock, rateLimits: false });
  return { url, close };
}

/** A room with the bot in it, as a member of the groupe would make it. */
async function roomOf({ name }: SeedGroupe, members: readonly Person[], bot: Person): Promise<string> {
  const [creator, ...others] = members;
  if (!creator) throw new Error(`${name} has no member`);
  const invite = [bot, ...others].map(({ user }) => user);
  const room = await creator.createRoom({ name, invite, power_level_content_override: { users: levels(creator, bot) } });
  for (const one of [...others, bot]) await one.join(room);
  return room;
}

/** The bot takes reactions away once they are taken into account. */
const levels = (creator: Person, bot: Person) => ({ [creator.user]: 100, [bot.user]: MODERATOR });

const isMember = ({ memberships }: SeedAgent, { id }: SeedGroupe): boolean => memberships.some((one) => one.groupeId === id);

export async function openMatrixSite({ clock, everybody }: MatrixSiteOptions): Promise<MatrixSite> {
  const { url, close } = await homeserver(clock);
  const proxy = await startProxy(url);
  const agents = SEED_AGENTS.filter((agent) => everybody || platformOf(agent) === "matrix");
  const groupes = SEED_GROUPES.filter(({ platform }) => everybody || platform === "matrix");
  const bot = await Person.register(url, "aplus", "Administration+");
  const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
  const registered = [...agents, STRANGER].map(
    async ({ handle, name }) => [handle, await Person.register(url, handle, name)] as const,
  );
  const people = new Map(await Promise.all(registered));
  const person = (handle: string): Person => {
    const found = people.get(handle);
    if (!found) throw new Error(`${handle} is not on Matrix`);
    return found;
  };
  const made = groupes.map(async (groupe) => {
    const members = agents.filter((agent) => isMember(agent, groupe)).map(({ handle }) => person(handle));
    return [groupe.channel, await roomOf(groupe, members, bot)] as const;
  });
  const rooms = new Map(await Promise.all(made));
  const wire = new MatrixWire(proxy, bot);
  const site: MatrixSite = {
    settings: { homeserver: proxy.url, accessToken: bot.token, callsPerSecond: 0 },
    seeded: {
      name: "matrix",
      identity: (handle) => (people.has(handle) ? { platform: "matrix", workspace, user: person(handle).user } : null),
      place(name) {
        const channel = rooms.get(name);
        return channel === undefined ? null : { platform: "matrix", workspace, channel };
      },
      write: () => Promise.reject(new Error("tests write through matrixPeople")),
    },
    proxy,
    wire,
    bot,
    person,
    async memberOf(room) {
      const { joined } = await bot.call("GET", `rooms/${encodeURIComponent(room)}/joined_members`);
      const member = [...people.values()].find(({ user }) => user in joined);
      if (!member) throw new Error(`nobody of the seed is in ${room}`);
      return member;
    },
    idle: undefined,
    async settled(timeout = SETTLED_WITHIN_MS) {
      await until("the bot to have nothing more to do on Matrix", () => wire.isSettled(site.idle), timeout);
    },
    async close() {
      await proxy.close();
      await close();
    },
  };
  return site;
}
