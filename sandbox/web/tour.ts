/** The guided tour: ten steps, each done by the visitor as the agents would, and known to be done from the demande itself. */
import type { LoadedDemande } from "../../models/demandes.ts";
import type { DemandeEvent } from "../../src/domain/demande.ts";
import { formatRef, groupeId } from "../../src/domain/ids.ts";
import { seededDemandes } from "../seed/stories.ts";
import type { SeedGroupeId } from "../seed/world.ts";
import type { PlatformId, Tour, TourPlace } from "./protocol.ts";
import { tourTexts } from "./tour-texts.ts";

const CAF = groupeId("caf-01" satisfies SeedGroupeId);
const PREFECTURE = groupeId("prefecture-01" satisfies SeedGroupeId);
const AIDANTE = "andrea.essai";

/** Who plays a step, and where they read the demande. */
type Seat = { readonly platform: PlatformId; readonly handle: string } & (
  | { readonly groupe: string }
  | { readonly direct: true }
);

const ANDREA: Seat = { platform: "matrix", handle: AIDANTE, direct: true };
const ALIX: Seat = { platform: "slack", handle: "alix.modele", groupe: CAF };
const MORGAN: Seat = { platform: "matrix", handle: "morgan.fictif", groupe: PREFECTURE };

type Events = readonly DemandeEvent[];

const byGroupe = (groupe: string) => (event: DemandeEvent) => event.by.groupeId === groupe;
const isSaid = (event: DemandeEvent, audience: DemandeEvent["audience"]) =>
  event.type === "message" && event.audience === audience;

/** Each step: who plays it, and how it is seen to be done. In the order of the tour; the words are in `tour-texts.ts`. */
const STEPS = [
  { id: "ouvrir", seat: ANDREA, isDone: () => true },
  { id: "voir", seat: ALIX, isDone: (events: Events) => events.some((event) => event.type === "viewed" && byGroupe(CAF)(event)) },
  {
    id: "prendre",
    seat: ALIX,
    isDone: (events: Events) => events.some((event) => event.type === "taken" && byGroupe(CAF)(event)),
  },
  {
    id: "prive",
    seat: MORGAN,
    isDone: (events: Events) => events.some((event) => isSaid(event, "instructeurs") && byGroupe(PREFECTURE)(event)),
  },
  {
    id: "repondre",
    seat: ALIX,
    isDone: (events: Events) => events.some((event) => isSaid(event, "tous") && event.by.role === "instructeur"),
  },
  {
    id: "aidant",
    seat: ANDREA,
    isDone: (events: Events) => events.some((event) => isSaid(event, "tous") && event.by.role === "aidant"),
  },
  {
    id: "decliner",
    seat: MORGAN,
    isDone: (events: Events) => events.some((event) => event.type === "declined" && byGroupe(PREFECTURE)(event)),
  },
  {
    id: "horloge",
    seat: ALIX,
    isDone: (events: Events) => events.some((event) => event.type === "reminded" && event.about === "souffrance"),
  },
  { id: "traiter", seat: ALIX, isDone: (events: Events) => events.some((event) => event.type === "processed") },
  { id: "archiver", seat: ANDREA, isDone: (events: Events) => events.some((event) => event.type === "archived") },
] as const satisfies readonly { id: string; seat: Seat; isDone(events: Events): boolean }[];

export type StepId = (typeof STEPS)[number]["id"];

/** The latest demande of the tour's aidante that is put to both groupes; the first day's own apart. */
function demandeOfTour(demandes: readonly LoadedDemande[]): LoadedDemande | null {
  const seeded = new Set(seededDemandes());
  const isIt = ({ id, events: [opened] }: LoadedDemande) =>
    !seeded.has(id) &&
    opened?.type === "opened" &&
    opened.by.agentId === AIDANTE &&
    opened.groupes.includes(CAF) &&
    opened.groupes.includes(PREFECTURE);
  return demandes.findLast(isIt) ?? null;
}

/** Ids on the platforms of those who play. */
export interface Seats {
  account(handle: string): string | null;
  channelOf(groupe: string): string | null;
  directOf(account: string): string | null;
}

function placeOf(seat: Seat, demande: LoadedDemande | null, seats: Seats): TourPlace | null {
  const account = seats.account(seat.handle);
  if (account === null) return null;
  const channel = "groupe" in seat ? seats.channelOf(seat.groupe) : seats.directOf(account);
  if (channel === null) return null;
  const thread = demande?.threads.find((one) =>
    "groupe" in seat ? one.groupeId === seat.groupe : one.side === "aidant" && one.channel === channel,
  );
  return { platform: seat.platform, account, channel, thread: thread?.root ?? null };
}

/** With spaces that do not break where French forbids it. */
const solid = (text: string): string => text.replace(/« /g, "«\u00a0").replace(/ ([»:;?!])/g, "\u00a0$1");

/** Where the tour stands. @param demandes all of them, the oldest first */
export function tourOf(demandes: readonly LoadedDemande[], seats: Seats): Tour {
  const demande = demandeOfTour(demandes);
  return {
    ref: demande ? formatRef(demande.state.ref) : null,
    steps: STEPS.map(({ id, seat, isDone }) => ({
      id,
      title: solid(tourTexts[id].title),
      todo: tourTexts[id].todo.map(solid),
      look: solid(tourTexts[id].look),
      isDone: demande !== null && isDone(demande.events),
      where: placeOf(seat, demande, seats),
    })),
  };
}
