/** What files change in the groupes that are stored. A groupe that they do not name stays as it is. */
import type { Groupe } from "../../models/groupe.ts";
import { NO_DETAILS } from "../../models/groupe.ts";
import { fold } from "../domain/folding.ts";
import { groupeId } from "../domain/ids.ts";
import type { Place } from "../domain/place.ts";
import type { LineChange, PartPlan } from "./importChange.ts";
import { applyCell, applyDetails, describeDetails, describeText } from "./importDetails.ts";
import type { AddFault, Finders, GroupeLine, RoomSource } from "./importPlaces.ts";
import { isUnbound, placeFinder, placeName } from "./importPlaces.ts";
import type { GroupeRow } from "./importRows.ts";
import type { ImportFault } from "./importTable.ts";
import { importChanges, importFaults } from "./importTexts.ts";

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

  claim(at: GroupeLine, groupe: Groupe): void {
    const named = this.names.get(fold(groupe.name));
    if (named !== undefined && named !== groupe.id) this.fault(at, "nom", importFaults.nameTaken(named));
    const bound = groupe.place ? this.channels.get(keyOf(groupe.place)) : undefined;
    if (bound !== undefined && bound !== groupe.id) {
      if (groupe.place?.platform === "matrix") this.fault(at, "salon", importFaults.roomTaken(bound));
      else this.fault(at, "canal", importFaults.channelTaken(bound));
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
      ...describeText(importChanges.fields.description, "", after.description),
      ...describeDetails(NO_DETAILS, after.details),
    ];
  const fields = [
    ["name", before.name, after.name],
    ["organisme", before.organisme, after.organisme],
    ["territoires", [...before.territoires].sort().join(", "), after.territoires.join(", ")],
  ] as const;
  const details = fields.flatMap(([field, from, to]) =>
    from === to ? [] : [importChanges.changed(importChanges.fields[field], from, to)],
  );
  details.push(
    ...describeText(importChanges.fields.description, before.description, after.description),
    ...describeDetails(before.details, after.details),
  );
  if (before.franceServices !== after.franceServices) details.push(importChanges.franceServices(after.franceServices));
  if (after.place && !before.place) details.push(importChanges.bound(named));
  else if (after.place && before.place && keyOf(after.place) !== keyOf(before.place))
    details.push(importChanges.rebound(before.place.channel, named));
  else if (before.place && !after.place) details.push(importChanges.unbound(before.place.channel));
  return details;
}

function merge(before: Groupe | undefined, row: GroupeRow, place: Place | null | undefined): Groupe {
  const { sigle } = row.organisme;
  return {
    id: groupeId(row.identifiant),
    name: row.nom,
    description: applyCell(before?.description ?? "", row.description),
    organisme: sigle,
    territoires: row.territoires,
    franceServices: row.franceServices ?? (before?.organisme === sigle ? before.franceServices : sigle === "FS"),
    place: place ?? (before?.place && !isUnbound(row, before.place) ? before.place : null),
    details: applyDetails(before?.details ?? NO_DETAILS, row),
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
  rows: readonly GroupeLine[],
  stored: readonly Groupe[],
  platforms: { readonly channels: Finders["channels"]; readonly rooms: RoomSource | null },
): Promise<GroupesPlan> {
  const faults: ImportFault[] = [];
  const fault: AddFault = ({ file, line, titles }, column, reason) => {
    faults.push({ file, line, column: titles[column], reason });
  };
  const placeOf = await placeFinder(rows, platforms, fault);
  const before = new Map(stored.map((groupe) => [groupe.id, groupe]));
  const taken = new Taken(stored, fault);
  const lines = new Map<string, GroupeLine>();
  const saves: Groupe[] = [];
  const changes: LineChange[] = [];
  let created = 0;
  for (const at of rows) {
    const { file, line, value: row } = at;
    const earlier = lines.get(row.identifiant);
    if (earlier !== undefined) {
      fault(at, "identifiant", importFaults.twice(earlier.line, earlier.file === file ? null : earlier.file));
      continue;
    }
    lines.set(row.identifiant, at);
    const known = before.get(groupeId(row.identifiant));
    const groupe = merge(known, row, placeOf(at));
    taken.claim(at, groupe);
    const details = describe(known, groupe, row);
    if (details.length > 0) saves.push(groupe);
    if (!known) created += 1;
    changes.push({ file, line, subject: row.identifiant, details });
  }
  const tally = { created, changed: saves.length - created, same: changes.length - saves.length };
  return { saves, changes, tally, faults };
}
