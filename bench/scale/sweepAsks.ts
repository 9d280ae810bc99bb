/** What the jobs do: each sweep with the same number of demandes due, the digests, the catching up, the register. */
import type { DueField } from "../../models/due.ts";
import type { RegisterScope } from "../../models/register.ts";
import { sweepArchiveInvitations } from "../../src/demandes/inviteToArchive.ts";
import { sweepCards } from "../../src/demandes/refreshCards.ts";
import { sweepReminders } from "../../src/demandes/remind.ts";
import { sweepWipes } from "../../src/demandes/wipe.ts";
import type { AgentId } from "../../src/domain/ids.ts";
import { agentDigest, groupeDigest } from "../../src/groupes/digest/tell.ts";
import { asks } from "../population.ts";
import type { Ask, Stage } from "./asks.ts";
import { spread } from "./asks.ts";
import { agentOf, BIG, demandeOf, groupeOf, NOW } from "./population.ts";

const DUE = 50;
const WEEK = "2026-03-09";
const DAY = 86_400_000;
const SMALL_OPEN = 5_000;
/** Of the smaller size: the time in which there are a hundred. */
const HUNDRED_MS = DAY / 2;
const PLATFORM = { platform: "slack", workspace: "T" } as const;
const FEW = 8;

/** So many demandes of this status, made due and put back. */
function due(stage: Stage, name: string, status: string, set: Record<string, unknown>, run: () => Promise<unknown>): Ask {
  const { db, scale } = stage;
  const { collection } = db.demandes.model;
  let before: { _id: unknown }[] = [];
  return {
    name: `${name}, ${DUE} dues`,
    async prepare() {
      const archived = scale.demandes - scale.open;
      const among =
        status === "archivee" ? spread(Math.floor(archived * 0.9), archived, DUE) : spread(archived, scale.demandes, DUE * 4);
      const ids = among.map(demandeOf);
      before = await collection
        .find({ _id: { $in: ids as never[] }, status })
        .limit(DUE)
        .toArray();
      await collection.updateMany({ _id: { $in: before.map(({ _id }) => _id) as never[] } }, { $set: set });
    },
    run,
    async restore() {
      await collection.deleteMany({ _id: { $in: before.map(({ _id }) => _id) as never[] } });
      await collection.insertMany(before as never[]);
      await db.connection.collection("notices").deleteMany({});
    },
  };
}

const dueSince = (field: DueField) => ({ [field]: new Date(NOW.getTime() - DAY) });

function sweeps(stage: Stage): Ask[] {
  const { context, db } = stage;
  return [
    due(stage, "rappels", "nouvelle", dueSince("remindAt"), () => sweepReminders(context)),
    due(stage, "invitations à archiver", "traitee", dueSince("archiveInvitationAt"), () => sweepArchiveInvitations(context)),
    due(stage, "cartes en souffrance", "nouvelle", dueSince("refreshAt"), () => sweepCards(context)),
    due(stage, "effacement", "archivee", dueSince("wipeAt"), () => sweepWipes(context)),
    due(stage, "livraisons à faire", "en_cours", { deliverAt: NOW }, async () => {
      await db.deliveries.waiting(NOW, 200);
      await db.deliveries.backlog(NOW);
      await db.deliveries.freeInstance("bench");
    }),
  ];
}

/**
 * The names of those that find nothing say so: the index is passed through all the same. They come before what makes demandes due
 * and puts them back, since PostgreSQL's index keeps passing through what was there until it is vacuumed.
 */
function idle({ context, db }: Stage): Ask[] {
  return [
    {
      name: "balayages, rien de dû",
      run: () => Promise.all([sweepReminders(context), sweepCards(context), sweepWipes(context)]),
    },
    {
      name: "questions du démarrage et du diagnostic",
      run: () =>
        Promise.all([
          db.due.count("wipeAt", NOW),
          db.deliveries.erasing(NOW),
          db.deliveries.erasuresGivenUp(),
          db.derivation.run(),
        ]),
    },
  ];
}

function digests({ context, scale }: Stage): Ask[] {
  const week = { week: WEEK, territoire: "01" };
  const answering = spread(0, scale.groupes, FEW).map((n) => n - (n % 10) + 5);
  const asking = spread(0, scale.groupes, FEW).map((n) => n - (n % 10) + 1);
  const groupe = (name: string, n: number): Ask => ({
    name: `bilan de la semaine, ${name}`,
    run: () => groupeDigest(context, { type: "groupeDigest", groupe: groupeOf(n), ...week }),
  });
  return [
    ...answering.map((n) => groupe("groupe qui répond", n)),
    ...asking.map((n) => groupe("groupe qui demande", n)),
    groupe("le plus grand groupe", BIG),
    ...[...answering, ...asking, BIG, 0, 100].map((n) => ({
      name: "bilan de la semaine, un agent",
      run: () => agentDigest(context, { type: "agentDigest", agent: agentOf(n), ...week }),
    })),
  ];
}

/** What is asked when a channel moves, somebody leaves, a groupe is bound, a process starts. */
function threads({ db, scale }: Stage): Ask[] {
  const groupes = spread(0, scale.groupes, FEW).map((n) => n - (n % 10) + 5);
  const openers = spread(0, scale.groupes, FEW).filter(asks);
  return [
    ...[...groupes, BIG].flatMap((n): Ask[] => [
      { name: "salon déplacé (fils ouverts)", run: () => db.moves.openIn({ ...PLATFORM, channel: `C${n}` }) },
      { name: "groupe relié (fils en attente)", run: () => db.groupeDemandes.waitingThreads(groupeOf(n)) },
      { name: "nouvel instructeur (demandes ouvertes)", run: () => db.groupeDemandes.openCount(groupeOf(n)) },
      { name: "départ d’un instructeur", run: () => db.groupeDemandes.heldBy(agentOf(n), groupeOf(n)) },
    ]),
    ...openers.map((n) => ({ name: "départ d’un aidant", run: () => db.moves.openDirects(agentOf(n), "slack") })),
  ];
}

/** Every open thread is read when a process starts: what they are tells how long that takes. */
const catchUp = ({ db, scale }: Stage): Ask => ({
  name: "rattrapage au démarrage, par millier de demandes ouvertes",
  run: () => db.demandes.openThreads(PLATFORM),
  per: scale.open / 1000,
});

async function firstOf<T>(entries: AsyncIterable<T>, most: number): Promise<void> {
  let count = 0;
  for await (const _ of entries) {
    count += 1;
    if (count === most) return;
  }
}

/** What one has to read is the same at every size: a hundred viewings or so, of however many. */
function register({ db, scale }: Stage): Ask[] {
  const from = new Date(NOW.getTime() - DAY);
  const period = { from, before: new Date(from.getTime() + (HUNDRED_MS * SMALL_OPEN) / scale.open) };
  const year = { from: new Date(NOW.getTime() - 365 * DAY), before: NOW };
  const read = (scope: Omit<RegisterScope, "ref" | "agentId">, ref: number | null, agent: AgentId | null) =>
    firstOf(db.register.each({ ...scope, ref, agentId: agent }), 100);
  return spread(0, scale.demandes, FEW).flatMap((n): Ask[] => [
    { name: "registre d’une demande", run: () => read(year, n + 1, null) },
    { name: "registre d’une personne", run: () => read(year, null, agentOf(n % scale.agents)) },
    { name: "registre d’une période", run: () => read(period, null, null) },
  ]);
}

export const sweepAsks = (stage: Stage): Ask[] => [
  ...idle(stage),
  ...sweeps(stage),
  ...digests(stage),
  ...threads(stage),
  catchUp(stage),
  ...register(stage),
];
