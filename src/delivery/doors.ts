/**
 * Who may be at work in a place. A place that is slow (a channel that takes a message a second, a platform that hardly answers) is
 * full with few demandes; the next ones stand in line before its door, where they hold neither a lease nor a worker, so that nobody
 * waits for a place in which they have nothing to do. The places of one workspace, or of one Matrix account, share a bound of their
 * own, which they fill in turn. A line holds ids and nothing that would be lost with them: that they wait is in the database. Notices
 * stand before doors of their own.
 */

/** One shows something while another prepares what comes next: a place is written in one after the other, whoever comes. */
const MOST_IN_PLACE = 2;
/** What stands in line is what a place shows before the next sweep finds more of it, and much more where it is slow. */
const MOST_IN_LINE = 256;

export interface Door {
  /** Of the place: the same from one delivery to the next. */
  readonly place: string;
  /** What the place shares its pace with: a workspace, an account. */
  readonly host: string;
  /** Demandes at work in all places of this host. */
  readonly atOnce: number;
}

interface Line<Id> {
  readonly door: Door;
  /** For what somebody just did. */
  readonly asked: Set<Id>;
  /** For what waits since before. */
  readonly older: Set<Id>;
  isOlderNext: boolean;
}

/** Of demandes, or of whatever `Id` names. */
export class Doors<Id extends string> {
  /** Who is inside, by demande and by place. */
  private readonly inside = new Map<Id, Map<string, Door>>();
  private readonly inPlace = new Map<string, number>();
  private readonly inHost = new Map<string, number>();
  /** By host, then by place; the place whose turn is next comes first. */
  private readonly lines = new Map<string, Map<string, Line<Id>>>();
  private readonly call: (id: Id, isAsked: boolean) => void;
  private readonly mostInPlace: number;

  /**
   * @param call told of each demande that stood in line, once it is inside: it may be delivered there
   * @param mostInPlace how many may be inside one place
   */
  constructor(call: (id: Id, isAsked: boolean) => void, mostInPlace = MOST_IN_PLACE) {
    this.call = call;
    this.mostInPlace = mostInPlace;
  }

  /**
   * Whether the demande is inside, by now or since it was called. Where there is no room, it stands in line, if that is not too long.
   * @param isAsked for what somebody just did: it stands before what waits since before, with which it takes turns
   */
  enter(door: Door, id: Id, isAsked: boolean): boolean {
    if (this.inside.get(id)?.has(door.place)) return true;
    if (this.hasRoom(door)) {
      this.letIn(door, id);
      return true;
    }
    const lines = this.lines.get(door.host) ?? new Map<string, Line<Id>>();
    const line = lines.get(door.place) ?? { door, asked: new Set(), older: new Set(), isOlderNext: false };
    this.lines.set(door.host, lines.set(door.place, line));
    if (isAsked && line.asked.size < MOST_IN_LINE) {
      line.older.delete(id);
      line.asked.add(id);
    } else if (!line.asked.has(id) && line.older.size < MOST_IN_LINE) line.older.add(id);
    return false;
  }

  /** Whether no more of what waits since before is taken into the line of this place: it is found again by a later sweep. */
  isCrowded(place: string): boolean {
    return this.linesOf(place).some(({ older }) => older.size >= MOST_IN_LINE);
  }

  /** Whether the demande stands in line before this place. */
  stands(place: string, id: Id): boolean {
    return this.linesOf(place).some(({ asked, older }) => asked.has(id) || older.has(id));
  }

  /** The demande has done what it had to do there, or has nothing to do there; what was not inside may leave all the same. */
  leave(place: string, id: Id): void {
    const places = this.inside.get(id);
    const door = places?.get(place);
    if (!places || !door) return;
    places.delete(place);
    if (places.size === 0) this.inside.delete(id);
    count(this.inPlace, place, -1);
    count(this.inHost, door.host, -1);
    this.callNext(door.host);
  }

  /** The demande is delivered no more for now: it leaves wherever it was inside, or was called and did not come. */
  leaveAll(id: Id): void {
    for (const place of [...(this.inside.get(id)?.keys() ?? [])]) this.leave(place, id);
  }

  /** Nobody stands in line any more. */
  close(): void {
    this.lines.clear();
  }

  /** One, unless the place moved to another host. */
  private linesOf(place: string): Line<Id>[] {
    return [...this.lines.values()].flatMap((lines) => lines.get(place) ?? []);
  }

  private hasRoom({ place, host, atOnce }: Door): boolean {
    return (this.inPlace.get(place) ?? 0) < this.mostInPlace && (this.inHost.get(host) ?? 0) < atOnce;
  }

  private letIn(door: Door, id: Id): void {
    this.inside.set(id, (this.inside.get(id) ?? new Map<string, Door>()).set(door.place, door));
    count(this.inPlace, door.place, 1);
    count(this.inHost, door.host, 1);
  }

  private callNext(host: string): void {
    const lines = this.lines.get(host);
    if (!lines) return;
    for (const line of [...lines.values()]) {
      if (!this.hasRoom(line.door)) continue;
      const { id, isAsked } = takeFirst(line);
      // Each place in its turn: the one that was served goes behind the others.
      lines.delete(line.door.place);
      if (line.asked.size + line.older.size > 0) lines.set(line.door.place, line);
      this.letIn(line.door, id);
      this.call(id, isAsked);
    }
    if (lines.size === 0) this.lines.delete(host);
  }
}

/** Of a line in which somebody stands. */
function takeFirst<Id extends string>(line: Line<Id>): { readonly id: Id; readonly isAsked: boolean } {
  const [[asked], [older]] = [line.asked, line.older];
  const isAsked = asked !== undefined && !(line.isOlderNext && older !== undefined);
  const id = isAsked ? asked : older;
  if (id === undefined) throw new Error("nobody stands in this line");
  line.isOlderNext = isAsked;
  (isAsked ? line.asked : line.older).delete(id);
  return { id, isAsked };
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
