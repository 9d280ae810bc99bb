/** The place that a line of a file of groupes names: a Slack channel or a Matrix room. */
import type { Place } from "../domain/place.ts";
import { NONE } from "./csvCells.ts";
import type { GroupeRow, groupeColumns } from "./importRows.ts";
import { importChanges, importFaults } from "./importTexts.ts";

/** The channels of the workspace to which the configuration gives access. */
export interface ChannelSource {
  readonly workspace: string;
  /** Ids by names without `#`. */
  byName(): Promise<ReadonlyMap<string, string>>;
}

/** The homeserver to which the configuration gives access. */
export interface RoomSource {
  /** What stands for the homeserver in places and identities. */
  readonly workspace: string;
  /** The room's id by its id or its alias; null for an alias that nobody knows. */
  idOf(room: string): Promise<string | null>;
}

/** Each asks its platform, and is called only when a file needs it; null where that platform is not configured. */
export interface Finders {
  readonly channels: (() => Promise<ChannelSource>) | null;
  readonly rooms: (() => Promise<RoomSource>) | null;
}

export type GroupeColumn = keyof typeof groupeColumns;

/** What a line of any of the files says of a groupe. */
export interface GroupeLine {
  readonly file: string;
  readonly line: number;
  readonly value: GroupeRow;
  /** As the file names its columns. */
  readonly titles: Readonly<Record<GroupeColumn, string>>;
}

export type AddFault = (at: GroupeLine, column: GroupeColumn, reason: string) => void;
/** Undefined when the line names no place, null after a fault. */
type PlaceOf = (at: GroupeLine) => Place | null | undefined;
type Rows = readonly GroupeLine[];

async function channelFinder(rows: Rows, find: Finders["channels"], fault: AddFault): Promise<PlaceOf> {
  const cells = rows.flatMap(({ value: { canal } }) => (canal && canal !== NONE ? [canal] : []));
  const channels = find && cells.length > 0 ? await find() : null;
  const named = cells.some((canal) => "name" in canal);
  const ids = channels && named ? await channels.byName() : new Map<string, string>();
  return (at) => {
    const { espace, canal } = at.value;
    if (canal === NONE) return undefined;
    if (canal === null) {
      if (espace === "") return undefined;
      fault(at, "canal", importFaults.workspaceAlone);
      return null;
    }
    if (channels === null && (espace === "" || "name" in canal)) {
      fault(at, "canal", importFaults.slackNeeded);
      return null;
    }
    const workspace = espace || channels?.workspace || "";
    if (channels && workspace !== channels.workspace) {
      fault(at, "espace", importFaults.otherWorkspace(channels.workspace));
      return null;
    }
    const channel = "id" in canal ? canal.id : ids.get(canal.name);
    if (channel === undefined) {
      fault(at, "canal", importFaults.channelUnknown("name" in canal ? canal.name : ""));
      return null;
    }
    return { platform: "slack", workspace, channel };
  };
}

async function roomFinder(rows: Rows, rooms: RoomSource | null, fault: AddFault): Promise<PlaceOf> {
  const ids = new Map<string, string | null>();
  if (rooms !== null)
    for (const { value: row } of rows)
      if (row.salon !== null && row.salon !== NONE && !ids.has(row.salon)) ids.set(row.salon, await rooms.idOf(row.salon));
  return (at) => {
    const { salon } = at.value;
    if (salon === null || salon === NONE) return undefined;
    if (rooms === null) {
      fault(at, "salon", importFaults.matrixNeeded);
      return null;
    }
    const channel = ids.get(salon) ?? null;
    if (channel !== null) return { platform: "matrix", workspace: rooms.workspace, channel };
    fault(at, "salon", importFaults.roomUnknown(salon));
    return null;
  };
}

/** Turns the cells of a line into a place; see planGroupes. */
export async function placeFinder(
  rows: Rows,
  { channels, rooms }: { readonly channels: Finders["channels"]; readonly rooms: RoomSource | null },
  fault: AddFault,
): Promise<PlaceOf> {
  const channelOf = await channelFinder(rows, channels, fault);
  const roomOf = await roomFinder(rows, rooms, fault);
  return (at) => {
    if ([at.value.canal, at.value.salon].every((cell) => cell !== null && cell !== NONE)) {
      fault(at, "salon", importFaults.onePlace);
      return null;
    }
    const channel = channelOf(at);
    return channel === undefined ? roomOf(at) : channel;
  };
}

/** Whether the line unbinds the groupe from where it is: « aucun » says it of its own platform only. */
export const isUnbound = ({ canal, salon }: GroupeRow, { platform }: Place): boolean =>
  (platform === "slack" ? canal : salon) === NONE;

/** As the file names it, for the person who imports. */
export function placeName({ canal, salon }: GroupeRow, { channel }: Place): string {
  if (salon !== null && salon !== NONE) return importChanges.room(salon);
  return importChanges.channel(canal && canal !== NONE && "name" in canal ? `#${canal.name}` : channel);
}
