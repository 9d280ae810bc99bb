/** Events as they are stored: what is personal sealed, the rest in clear. */
import type { DemandeEvent, FileRef } from "../src/domain/demande.ts";
import type { RichText } from "../src/domain/richtext.ts";
import type { Sealer, StoredBytes } from "./sealing.ts";
import { bytesOf, keyIdOf } from "./sealing.ts";

export interface StoredEvent {
  seq: number;
  id: string;
  at: Date;
  by: { agentId: string | null; name: string; groupeId: string | null; role: string };
  audience: string;
  type: string;
  origin?: { platform: string; workspace: string; channel: string; message: string };
  /** The fields of the event that are not personal. */
  data: Record<string, unknown>;
  /** The sealed JSON of those that are; null once wiped. */
  secret: StoredBytes | null;
}

/** The personal fields of each type of event. A type that is not here has none. */
const PERSONAL = {
  opened: ["sujet", "description", "usager", "signature"],
  message: ["text", "signature"],
  edited: ["text"],
  fileShared: ["file"],
  infoAdded: ["usager"],
} as const satisfies Partial<Record<DemandeEvent["type"], readonly string[]>>;

const isPersonal = (type: string): type is keyof typeof PERSONAL => Object.hasOwn(PERSONAL, type);
const personalFields = (type: string): readonly string[] => (isPersonal(type) ? PERSONAL[type] : []);

const NO_TEXT: RichText = [];
const NO_FILE: FileRef = { name: "", mimetype: "", size: 0, platform: "slack", workspace: "", file: "" };

/** What stands in the place of the personal fields of each type that were wiped. */
const WIPED = {
  opened: { sujet: "", description: "", usager: null },
  message: { text: NO_TEXT },
  edited: { text: NO_TEXT },
  fileShared: { file: NO_FILE },
  infoAdded: { usager: {} },
} as const satisfies Record<keyof typeof PERSONAL, Readonly<Record<string, unknown>>>;

const placeOf = (demande: string, event: string): string => `${demande}/${event}`;

export function storeEvent(demande: string, event: DemandeEvent, sealer: Sealer): StoredEvent {
  const { seq, id, at, by, audience, type, origin, ...rest } = event;
  const personal = personalFields(type);
  const data: Record<string, unknown> = {};
  const secret: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(rest)) (personal.includes(field) ? secret : data)[field] = value;
  return {
    seq,
    id,
    at,
    by: { ...by },
    audience,
    type,
    ...(origin && { origin: { ...origin } }),
    data,
    secret: personal.length > 0 ? sealer.seal(secret, placeOf(demande, id)) : null,
  };
}

/** The keys that seal these, each once. */
export const keyIdsOf = (events: readonly Pick<StoredEvent, "secret">[]): string[] => [
  ...new Set(events.flatMap(({ secret }) => (secret ? [keyIdOf(bytesOf(secret))] : []))),
];

/** The event once the data are wiped. */
export const emptied = (stored: StoredEvent): StoredEvent => ({ ...stored, secret: null });

/** The same, its personal part sealed with the current key. @throws as the sealer's `open` */
export function resealed(demande: string, stored: StoredEvent, sealer: Sealer): StoredEvent {
  if (stored.secret === null) return stored;
  const place = placeOf(demande, stored.id);
  return { ...stored, secret: sealer.seal(sealer.open(bytesOf(stored.secret), place), place) };
}

/** @throws as the sealer's `open`, when the personal part does not */
export function loadEvent(demande: string, stored: StoredEvent, sealer: Sealer): DemandeEvent {
  const { seq, id, at, by, audience, type, origin, data } = stored;
  const wiped = isPersonal(type) ? WIPED[type] : {};
  const secret = stored.secret ? (sealer.open(bytesOf(stored.secret), placeOf(demande, id)) as Record<string, unknown>) : wiped;
  // The shape was checked when it came in, and the seal tells that nobody changed it since.
  return { seq, id, at, by, audience, type, ...(origin && { origin }), ...data, ...secret } as unknown as DemandeEvent;
}
