/** The place that a line of a file of groupes names: a Slack channel or a Matrix room. */
import type { Place } from "../domain/place.ts";
import type { Checked, GroupeRow, groupeColumns } from "./importRows.ts";
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

type Rows = Checked<GroupeRow>["rows"];
export type AddFault = (line: number, column: keyof typeof groupeColumns, reason: string) => void;
/** Undefined when the line names no place, null after a fault. */
type PlaceOf = (line: number, row: GroupeRow) => Place | null | undefined;

async function channelFinder(rows: Rows, find: Finders["channels"], fault: AddFault): Promise<PlaceOf> {
  const cells = rows.flatMap(({ value: { canal } }) => (canal ? [canal] : []));
  const channels = find && cells.length > 0 ? await find() : null;
  const named = cells.some((canal) => "name" in canal);
  const ids = channels && named ? await channels.byName() : new Map<string, string>();
  return (line, { espace, canal }) => {
    if (canal === null) {
      if (espace === "") return undefined;
      fault(line, "canal", importFaults.workspaceAlone);
      return null;
    }
    if (channels === null && (espace === "" || "name" in canal)) {
      fault(line, "canal", importFaults.slackNeeded);
      return null;
    }
    const workspace = espace || channels?.workspace || "";
    if (channels && workspace !== channels.workspace) {
      fault(line, "espace", importFaults.otherWorkspace(channels.workspace));
      return null;
    }
    const channel = "id" in canal ? canal.id : ids.get(canal.name);
    if (channel === undefined) {
      fault(line, "canal", importFaults.channelUnknown("name" in canal ? canal.name : ""));
      return null;
    }
    return { platform: "slack", workspace, channel };
  };
}

async function roomFinder(rows: Rows, rooms: RoomSource | null, fault: AddFault): Promise<PlaceOf> {
  const ids = new Map<string, string | null>();
  if (rooms !== null)
    for (const { value: row } of rows)
      if (row.salon !== null && !ids.has(row.salon)) ids.set(row.salon, await rooms.idOf(row.salon));
  return (line, { salon }) => {
    if (salon === null) return undefined;
    if (rooms === null) {
      fault(line, "salon", importFaults.matrixNeeded);
      return null;
    }
    const channel = ids.get(salon) ?? null;
    if (channel !== null) return { platform: "matrix", workspace: rooms.workspace, channel };
    fault(line, "salon", importFaults.roomUnknown(salon));
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
  return (line, row) => {
    if (row.canal !== null && row.salon !== null) {
      fault(line, "salon", importFaults.onePlace);
      return null;
    }
    const channel = channelOf(line, row);
    return channel === undefined ? roomOf(line, row) : channel;
  };
}

/** As the file names it, for the person who imports. */
export function placeName({ canal, salon }: GroupeRow, { channel }: Place): string {
  if (salon !== null) return importChanges.room(salon);
  return importChanges.channel(canal && "name" in canal ? `#${canal.name}` : channel);
}
