/**
 * Years of use, made up: each demande has lived a whole life of real events. What a groupe has at hand is the same at every size;
 * what grows is the number of groupes, and above all what was archived, the oldest of it wiped.
 */
import type { AgentDocument } from "../../models/agent.ts";
import type { DemandeDocument } from "../../models/demande.ts";
import { derive } from "../../models/derived.ts";
import { emptied, storeEvent } from "../../models/events.ts";
import type { Sealer } from "../../models/sealing.ts";
import type { Thread } from "../../models/thread.ts";
import { newThread, threadKey } from "../../models/thread.ts";
import type { DemandeEvent, DemandeState, EventType } from "../../src/domain/demande.ts";
import { evolve } from "../../src/domain/demande.ts";
import type { AgentId, DemandeId, GroupeId } from "../../src/domain/ids.ts";
import { agentId, demandeId, eventId, groupeId, threadId } from "../../src/domain/ids.ts";
import type { Identity } from "../../src/domain/place.ts";
import { richText } from "../../src/domain/richtext.ts";
import { TERRITOIRES } from "../../src/domain/territoires.ts";
import { asks, chance, skewed } from "../population.ts";

export interface Scale {
  readonly demandes: number;
  /** Not archived; the others are older. */
  readonly open: number;
  readonly groupes: number;
  readonly agents: number;
}

const UNIT = { demandes: 10_000, open: 5_000, groupes: 500, agents: 2_000 } as const;

/** A hundred times the demandes are ten times the groupes, with a history ten times as long each. */
export function scaleOf(demandes: number): Scale {
  const ratio = demandes / UNIT.demandes;
  const factor = ratio > 1 ? Math.sqrt(ratio) : ratio;
  const part = (whole: number) => Math.max(40, Math.round(whole * factor));
  return { demandes, open: part(UNIT.open), groupes: part(UNIT.groupes), agents: part(UNIT.agents) };
}

export const NOW = new Date("2026-03-10T10:00:00+01:00");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What is under way began in these days; what is archived, in the years before. */
const RECENT_DAYS = 20;
const YEAR_DAYS = 365;
const YEARS_DAYS = 3 * YEAR_DAYS;
const FAR = new Date("2100-01-01T00:00:00Z");
/** Archived for six months and more. */
const WIPED_DAYS = 200;
/** The one groupe that has a tenth of all that is archived. */
export const BIG = 3;
const BIG_EVERY = 10;
/** It is busy too, but as much at every size. */
const BIG_OPEN = 300;
const SEVERAL = 5;

export const agentOf = (n: number): AgentId => agentId(`a${n}`);
export const groupeOf = (n: number): GroupeId => groupeId(`g${n}`);
export const identityOf = (agent: AgentId): Identity => ({ platform: "slack", workspace: "T", user: `U${agent}` });
export const demandeOf = (n: number): DemandeId => demandeId(`d${n}`);

/** Spread evenly; every tenth is of several groupes, every hundredth of the big one too. */
export function agentDocument(n: number, { groupes }: Scale): AgentDocument {
  const many = n % 10 === 0 ? SEVERAL : 1;
  const of = new Set(Array.from({ length: many }, (_, k) => (n + k * 97) % groupes));
  if (n % 100 === 0) of.add(BIG);
  return {
    _id: agentOf(n),
    name: `Agent ${n}`,
    email: `a${n}@exemple.test`,
    admin: false,
    disabled: false,
    shared: false,
    memberships: [...of].map((g) => ({
      groupeId: groupeOf(g),
      aidant: asks(g),
      instructeur: !asks(g),
      responsable: false,
    })),
    identities: [`slack/T/U${agentOf(n)}`],
  };
}

/** As many groupes in each territoire, at every size. */
const PER_TERRITOIRE = 50;
export const territoireOf = (groupe: number): string =>
  TERRITOIRES[Math.floor(groupe / PER_TERRITOIRE) % TERRITOIRES.length]?.code ?? "01";

export const groupeDocument = (n: number) => ({
  _id: groupeOf(n),
  name: `Groupe ${n}`,
  description: "",
  organisme: asks(n) ? "FS" : "CAF",
  territoires: [territoireOf(n)],
  franceServices: asks(n),
  place: { platform: "slack", workspace: "T", channel: `C${n}` },
  placeKey: `slack/T/C${n}`,
});

/** The n-th groupe or agent of those that answer, or that ask. */
function nth(answering: boolean, n: number, among: number): number {
  for (let at = n % among; ; at = (at + 1) % among) if (asks(at) !== answering) return at;
}

interface Life {
  readonly asked: readonly number[];
  readonly opener: number;
  readonly openedAt: Date;
  readonly ends: "nouvelle" | "en_cours" | "traitee" | "archivee" | "effacee";
}

function lifeOf(n: number, scale: Scale, random: () => number): Life {
  const { demandes, open, groupes, agents } = scale;
  const archived = demandes - open;
  const isOpen = n >= archived;
  const big = isOpen ? (n - archived) % Math.max(1, Math.floor(open / BIG_OPEN)) === 0 : n % BIG_EVERY === 0;
  const answering = () => nth(true, Math.floor(random() * groupes), groupes);
  const asked = [...new Set([big ? BIG : answering(), ...(random() < 0.2 ? [answering()] : [])])];
  // Under way evenly; over the years, some aidants opened far more than others.
  const opener = nth(false, isOpen ? n - archived : skewed(random, agents), Math.min(agents, groupes));
  const ago = isOpen ? RECENT_DAYS * (1 - (n - archived) / open) : RECENT_DAYS + 10 + (YEARS_DAYS * (archived - n)) / archived;
  const openedAt = new Date(NOW.getTime() - ago * DAY - HOUR);
  const drawn = random();
  if (isOpen) return { asked, opener, openedAt, ends: drawn < 0.3 ? "nouvelle" : drawn < 0.7 ? "en_cours" : "traitee" };
  return { asked, opener, openedAt, ends: ago > WIPED_DAYS ? "effacee" : "archivee" };
}

const STEPS: Readonly<Record<Life["ends"], readonly EventType[]>> = {
  nouvelle: [],
  en_cours: ["viewed", "taken"],
  traitee: ["viewed", "taken", "message", "processed"],
  archivee: ["viewed", "taken", "message", "processed", "archived"],
  effacee: ["viewed", "taken", "message", "processed", "archived", "wiped"],
};

const SYSTEM = { agentId: null, name: "Administration+", groupeId: null, role: "systeme" } as const;

function eventsOf(n: number, life: Life, random: () => number): DemandeEvent[] {
  const { asked, opener, openedAt, ends } = life;
  const [first = BIG] = asked;
  const aidant = { agentId: agentOf(opener), name: `Agent ${opener}`, groupeId: groupeOf(opener), role: "aidant" } as const;
  const instructeur = {
    agentId: agentOf(first),
    name: `Agent ${first}`,
    groupeId: groupeOf(first),
    role: "instructeur",
  } as const;
  const base = (seq: number, at: Date) => ({ seq, id: eventId(`${demandeOf(n)}.${seq}`), at, audience: "tous" as const });
  const words = Array.from({ length: 4 }, () => `motif${skewed(random, 400)}`);
  const opened: DemandeEvent = {
    ...base(1, openedAt),
    by: aidant,
    type: "opened",
    ref: n + 1,
    sujet: `Dossier ${words.join(" ")}`,
    description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
    territoire: "01",
    usager: {
      prenom: `Prénom${skewed(random, 300)}`,
      nomDeFamille: `Nom${skewed(random, 5000)}`,
      dateDeNaissance: "1980-02-01",
    },
    groupes: asked.map(groupeOf),
    shared: false,
  };
  const later = STEPS[ends].map((type, k): DemandeEvent => {
    const at = new Date(openedAt.getTime() + ((k + 1) * HOUR) / 8);
    const plain = { ...base(k + 2, at), by: instructeur };
    if (type === "message") return { ...plain, type, text: richText("Le dossier est à jour, merci de vérifier.") };
    if (type === "archived") return { ...plain, by: aidant, type, usefulness: "oui" };
    if (type === "wiped") return { ...plain, type, at: new Date(at.getTime() + WIPED_DAYS * DAY), by: SYSTEM };
    return { ...plain, type } as DemandeEvent;
  });
  return [opened, ...later];
}

/** In step: all shown, nothing to deliver. */
function threadsOf(n: number, { asked, opener }: Life, events: readonly DemandeEvent[]): Thread[] {
  const shown = (thread: Thread, channel: string): Thread => {
    const place = { platform: "slack", workspace: "T", channel } as const;
    const root = `${n}.000100`;
    return { ...thread, ...place, root, key: threadKey(place, root), delivered: events.length, card: "carte", seen: root };
  };
  const id = demandeOf(n);
  return [
    shown(newThread(threadId(`${id}-aidant`), "aidant", { agentId: agentOf(opener) }), `D${opener}`),
    ...asked.map((g) => shown(newThread(threadId(`${id}-g${g}`), "instructeurs", { groupeId: groupeOf(g) }), `C${g}`)),
  ];
}

/** What became of the n-th demande, and whom it concerns: a groupe asked, and the agent who opened it. */
export function summaryOf(n: number, scale: Scale) {
  const { asked, opener, openedAt, ends } = lifeOf(n, scale, chance(n + 1));
  return { groupe: asked[0] ?? BIG, opener, openedAt, ends };
}

/** The viewing of the n-th demande; null for one not viewed, or so long ago that it is forgotten. */
export function viewingOf(n: number, scale: Scale) {
  const { groupe, openedAt, ends } = summaryOf(n, scale);
  if (ends === "nouvelle" || openedAt.getTime() < NOW.getTime() - YEAR_DAYS * DAY) return null;
  return {
    _id: `${demandeOf(n)}.2`,
    act: "consultation",
    ref: n + 1,
    at: openedAt,
    agentId: agentOf(groupe),
    name: `Agent ${groupe}`,
    groupeId: groupeOf(groupe),
    from: "slack",
    reason: null,
    expiresAt: FAR,
  };
}

/**
 * The n-th demande, always the same. Nothing falls due by itself: whoever measures a sweep decides what is.
 */
export function demandeDocument(n: number, scale: Scale, sealer: Sealer): DemandeDocument {
  const random = chance(n + 1);
  const life = lifeOf(n, scale, random);
  const events = eventsOf(n, life, random);
  const id = demandeOf(n);
  let state: DemandeState | null = null;
  for (const event of events) state = evolve(id, state, event);
  if (!state) throw new Error("a demande without events");
  const wiped = life.ends === "effacee";
  const derived = derive(state, sealer, NOW);
  const later = (at: Date | null): Date | null => at && new Date(Math.max(at.getTime(), NOW.getTime() + DAY));
  return {
    _id: id,
    ref: n + 1,
    events: events.map((event) => storeEvent(id, event, sealer)).map((event) => (wiped ? emptied(event) : event)),
    ...derived,
    remindAt: later(derived.remindAt),
    archiveInvitationAt: later(derived.archiveInvitationAt),
    wipeAt: later(derived.wipeAt),
    refreshAt: later(derived.refreshAt),
    sealedWith: wiped ? [] : [sealer.currentKeyId],
    erasure: wiped ? "faite" : null,
    threads: threadsOf(n, life, events),
    noticed: events.length,
    deliverAt: null,
    lease: null,
  };
}
