/** What a file of groupes changes in those that are stored. A groupe that it does not name stays as it is. */
import type { Groupe } from "../../models/groupe.ts";
import { NO_DETAILS } from "../../models/groupe.ts";
import { fold } from "../domain/folding.ts";
import { groupeId } from "../domain/ids.ts";
import type { Place } from "../domain/place.ts";
import type { LineChange, PartPlan } from "./importChange.ts";
import type { AddFault, Finders, RoomSource } from "./importPlaces.ts";
import { placeFinder, placeName } from "./importPlaces.ts";
import type { Checked, GroupeRow } from "./importRows.ts";
import { groupeColumns } from "./importRows.ts";
import type { ImportFault } from "./importTable.ts";
import { importChanges, importFaults } from "./importTexts.ts";

const titles = Object.fromEntries(Object.entries(groupeColumns).map(([name, { title }]) => [name, title])) as Record<
  keyof typeof groupeColumns,
  string
>;

const keyOf = (place: Place): string => `${place.platform}/${place.workspace}/${place.channel}`;

/**
 * Names (whatever their case and accents), channels and rooms belong to one groupe each, among those stored and those of the file.
 * One that moves from a groupe to another in one file is refused: between the two writes it would belong to both.
 */
class Taken {
  private readonly names = new Map<string, string>();
  private readonly channels = new Map<string, string>();
  private readonly fault: AddFault;

  constructor(stored: readonly Groupe[], fault: AddFault) {
    this.fault = fault;
    for (const groupe of stored) this.take(groupe);
  }

  private take({ id, name, place }: Groupe): void {
    this.names.set(fold(name), id);
    if (place) this.channels.set(keyOf(place), id);
  }

  claim(line: number, groupe: Groupe): void {
    const named = this.names.get(fold(groupe.name));
    if (named !== undefined && named !== groupe.id) this.fault(line, "nom", importFaults.nameTaken(named));
    const bound = groupe.place ? this.channels.get(keyOf(groupe.place)) : undefined;
    if (bound !== undefined && bound !== groupe.id) {
      if (groupe.place?.platform === "matrix") this.fault(line, "salon", importFaults.roomTaken(bound));
      else this.fault(line, "canal", importFaults.channelTaken(bound));
    }
    this.take(groupe);
  }
}

function describe(before: Groupe | undefined, after: Groupe, row: GroupeRow): string[] {
  const named = after.place ? placeName(row, after.place) : "";
  if (!before)
    return [
      importChanges.newGroupe(after.name, after.organisme, after.territoires),
      ...(after.place ? [importChanges.bound(named)] : []),
    ];
  const fields = [
    ["name", before.name, after.name],
    ["organisme", before.organisme, after.organisme],
    ["territoires", [...before.territoires].sort().join(", "), after.territoires.join(", ")],
    ["description", before.description, after.description],
  ] as const;
  const details = fields.flatMap(([field, from, to]) =>
    from === to ? [] : [importChanges.changed(importChanges.fields[field], from, to)],
  );
  if (after.place && !before.place) details.push(importChanges.bound(named));
  else if (after.place && before.place && keyOf(after.place) !== keyOf(before.place))
    details.push(importChanges.rebound(before.place.channel, named));
  return details;
}

function merge(before: Groupe | undefined, row: GroupeRow, place: Place | null | undefined): Groupe {
  const { sigle } = row.organisme;
  return {
    id: groupeId(row.identifiant),
    name: row.nom,
    description: row.description || (before?.description ?? ""),
    organisme: sigle,
    territoires: row.territoires,
    franceServices: before?.organisme === sigle ? before.franceServices : sigle === "FS",
    place: place ?? before?.place ?? null,
    details: before?.details ?? NO_DETAILS,
  };
}

export interface GroupesPlan extends PartPlan<Groupe> {
  readonly faults: readonly ImportFault[];
}

/**
 * An empty optional cell keeps what is stored.
 * @param channels null when Slack is not configured: channels are then given by their ids
 * @param rooms null when Matrix is not configured: no room can then be given
 */
export async function planGroupes(
  file: string,
  { rows }: Checked<GroupeRow>,
  stored: readonly Groupe[],
  platforms: { readonly channels: Finders["channels"]; readonly rooms: RoomSource | null },
): Promise<GroupesPlan> {
  const faults: ImportFault[] = [];
  const fault: AddFault = (line, column, reason) => {
    faults.push({ file, line, column: titles[column], reason });
  };
  const placeOf = await placeFinder(rows, platforms, fault);
  const before = new Map(stored.map((groupe) => [groupe.id, groupe]));
  const taken = new Taken(stored, fault);
  const lines = new Map<string, number>();
  const saves: Groupe[] = [];
  const changes: LineChange[] = [];
  let created = 0;
  for (const { line, value: row } of rows) {
    const earlier = lines.get(row.identifiant);
    if (earlier !== undefined) {
      fault(line, "identifiant", importFaults.twice(earlier));
      continue;
    }
    lines.set(row.identifiant, line);
    const known = before.get(groupeId(row.identifiant));
    const groupe = merge(known, row, placeOf(line, row));
    taken.claim(line, groupe);
    const details = describe(known, groupe, row);
    if (details.length > 0) saves.push(groupe);
    if (!known) created += 1;
    changes.push({ file, line, subject: row.identifiant, details });
  }
  const tally = { created, changed: saves.length - created, same: changes.length - saves.length };
  return { saves, changes, tally, faults };
}
