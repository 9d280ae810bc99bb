/** Where the visitor is on each platform: as whom, in which conversation, with which thread open beside it. */
import type { PlatformId } from "../protocol.ts";
import type { World, WorldAgent, WorldChannel } from "./api.ts";

/** Slack's App Home, which is no conversation. */
export const HOME = "home";
/** The conversation with the bot, where it is not open yet. */
export const DIRECT = "dm";

export interface Seat {
  readonly account: string;
  /** A conversation's id, `HOME` or `DIRECT`. */
  readonly channel: string;
  readonly thread: string | null;
}

export type Seats = Readonly<Record<PlatformId, Seat>>;

export const PLATFORMS: readonly PlatformId[] = ["slack", "matrix"];

const STORED = "aplus.places";

export const channelsOf = (world: World, platform: PlatformId, account: string): WorldChannel[] => {
  const own = world.channels.filter((channel) => channel.platform === platform && channel.members.includes(account));
  return [...own.filter(({ direct }) => direct === null), ...own.filter(({ direct }) => direct === account)];
};

/** By groupe, then by name; those without a groupe last. */
const order = (a: WorldAgent, b: WorldAgent): number =>
  (a.groupe ?? "\uffff").localeCompare(b.groupe ?? "\uffff", "fr") || a.name.localeCompare(b.name, "fr");

export const agentsOf = (world: World, platform: PlatformId): WorldAgent[] =>
  world.agents.filter((agent) => agent.platform === platform).sort(order);

/** The first of that person's conversations. */
export function firstChannel(world: World, platform: PlatformId, account: string): string {
  const [first] = channelsOf(world, platform, account);
  return first?.id ?? DIRECT;
}

/** An aidant on Matrix in front of an instructeur on Slack: both sides of a demande at first sight. */
const FIRST_ROLES: Readonly<Record<PlatformId, string>> = { slack: "instructeur", matrix: "aidant" };

function firstSeat(world: World, platform: PlatformId): Seat {
  const agents = agentsOf(world, platform);
  const agent = agents.find(({ roles }) => roles.includes(FIRST_ROLES[platform])) ?? agents[0];
  const account = agent?.id ?? "";
  const channels = channelsOf(world, platform, account);
  const direct = channels.find((channel) => channel.direct === account);
  const first = agent?.roles.includes("aidant") ? (direct ?? channels[0]) : channels[0];
  return { account, channel: first?.id ?? DIRECT, thread: null };
}

function isStill(world: World, platform: PlatformId, seat: Seat): boolean {
  const isThere = agentsOf(world, platform).some(({ id }) => id === seat.account);
  const isSpecial = seat.channel === HOME || seat.channel === DIRECT;
  return isThere && (isSpecial || channelsOf(world, platform, seat.account).some(({ id }) => id === seat.channel));
}

/** The places as they were left, where they still are. */
export function seatsOf(world: World, kept: Partial<Seats> | null): Seats {
  const seat = (platform: PlatformId): Seat => {
    const old = kept?.[platform];
    return old && isStill(world, platform, old) ? old : firstSeat(world, platform);
  };
  return { slack: seat("slack"), matrix: seat("matrix") };
}

export function keptSeats(): Partial<Seats> | null {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "null") as Partial<Seats> | null;
  } catch {
    return null;
  }
}

export const keepSeats = (seats: Seats): void => localStorage.setItem(STORED, JSON.stringify(seats));

/** Who would read that conversation: whoever sits there already, else the first of its members. */
export function readerOf(world: World, channel: WorldChannel, seat: Seat): string {
  if (channel.members.includes(seat.account)) return seat.account;
  const known = world.agents.filter(({ id }) => channel.members.includes(id));
  return (known.find(({ groupe }) => groupe === channel.groupe) ?? known[0])?.id ?? seat.account;
}
