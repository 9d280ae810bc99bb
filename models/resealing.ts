/**
 * The renewal of keys: what a former key seals is sealed anew with the current one. Each is one conditional update of one document,
 * that takes place only if nobody changed what is sealed meanwhile; cut short, it goes on where it was.
 */
import type { Model } from "mongoose";
import type { DemandeDocument } from "./demande.ts";
import type { Demandes } from "./demandes.ts";
import { sujetPlace } from "./derived.ts";
import type { DialogueDocument, Dialogues } from "./dialogues.ts";
import { dialoguePlace } from "./dialogues.ts";
import { resealed } from "./events.ts";
import type { InstallationDocument, Installations } from "./installations.ts";
import { installationPlace } from "./installations.ts";
import type { NoticeDocument, Notices } from "./notices.ts";
import { noticePlace } from "./notices.ts";
import type { Sealer, StoredBytes } from "./sealing.ts";
import { bytesOf, doesNotOpen } from "./sealing.ts";

export const SEALED_KINDS = ["demandes", "dialogues", "notices", "installations"] as const;
export type SealedKind = (typeof SEALED_KINDS)[number];

/** How many documents of each kind. */
export type SealedCounts = Readonly<Record<SealedKind, number>>;

export interface KeyUse {
  readonly id: string;
  readonly counts: SealedCounts;
}

export interface Uses {
  /** One for each key of the configuration, in its order, and for each other that seals something. */
  readonly keys: readonly KeyUse[];
  /** Written before it was noted which keys seal what: any key may. */
  readonly unnoted: SealedCounts;
}

export interface Resealed {
  readonly done: number;
  /** Those that do not open: sealed with a key that is not there, too. They stay as they are. */
  readonly unreadable: number;
}

const BATCH = 100;
/** With that many that do not open, going on tells nothing more. */
const MOST_UNREADABLE = 1000;

interface Sealed {
  readonly _id: string;
}

/** How the documents of one collection are sealed anew. `change`: what to write, and what must still hold for it to be written. */
interface Resealable<D extends Sealed> {
  readonly model: Model<D>;
  change(document: D, sealer: Sealer): { readonly held: Record<string, unknown>; readonly set: Record<string, unknown> };
}

const again = (stored: StoredBytes, place: string, sealer: Sealer): Buffer =>
  sealer.seal(sealer.open(bytesOf(stored), place), place);

const demandesOf = ({ model }: Demandes): Resealable<DemandeDocument> => ({
  model,
  change: ({ _id, revision, events, sujet }, sealer) => {
    const sealedEvents = events.map((event) => resealed(_id, event, sealer));
    const sealedSujet = sujet ? again(sujet, sujetPlace(_id), sealer) : null;
    const anything = sealedSujet !== null || sealedEvents.some(({ secret }) => secret !== null);
    return {
      held: { revision },
      set: { events: sealedEvents, sujet: sealedSujet, sealedWith: anything ? [sealer.currentKeyId] : [] },
    };
  },
});

const dialoguesOf = ({ model }: Dialogues): Resealable<DialogueDocument> => ({
  model,
  change: ({ _id, step, state }, sealer) => ({
    held: { step },
    set: { state: again(state, dialoguePlace(_id), sealer), sealedWith: sealer.currentKeyId },
  }),
});

const noticesOf = ({ model }: Notices): Resealable<NoticeDocument> => ({
  model,
  // A draft is finished once, and its content does not change afterwards.
  change: ({ _id, state, content }, sealer) => ({
    held: state === "draft" ? { state } : {},
    set: { content: again(content, noticePlace(_id), sealer), sealedWith: sealer.currentKeyId },
  }),
});

const installationsOf = ({ model }: Installations): Resealable<InstallationDocument> => ({
  model,
  change: ({ _id, grant, token, removedAt }, sealer) => ({
    // A token that is forgotten meanwhile does not come back.
    held: { grant, removedAt },
    set: token
      ? { token: again(token, installationPlace(_id), sealer), sealedWith: [sealer.currentKeyId] }
      : { token: null, sealedWith: [] },
  }),
});

export interface ResealingStores {
  readonly demandes: Demandes;
  readonly dialogues: Dialogues;
  readonly notices: Notices;
  readonly installations: Installations;
}

export class Resealing {
  private readonly stores: ResealingStores;
  private readonly sealer: Sealer;

  constructor(stores: ResealingStores, sealer: Sealer) {
    this.stores = stores;
    this.sealer = sealer;
  }

  private models(): Record<SealedKind, Model<Sealed>> {
    const models = Object.fromEntries(SEALED_KINDS.map((kind) => [kind, this.stores[kind].model]));
    return models as unknown as Record<SealedKind, Model<Sealed>>;
  }

  /** In how many documents of each kind these are found. */
  private async counts(filter: Record<string, unknown>): Promise<SealedCounts> {
    const models = this.models();
    const counted = await Promise.all(SEALED_KINDS.map((kind) => models[kind].countDocuments(filter)));
    const [demandes = 0, dialogues = 0, notices = 0, installations = 0] = counted;
    return { demandes, dialogues, notices, installations };
  }

  /** How much each key seals. */
  async uses(): Promise<Uses> {
    const found = await Promise.all(
      Object.values(this.models()).map((model) => model.distinct("sealedWith") as Promise<unknown[]>),
    );
    const others = found.flat().filter((id): id is string => typeof id === "string");
    const ids = [...new Set([...this.sealer.keyIds, ...others])];
    const keys = await Promise.all(ids.map(async (id) => ({ id, counts: await this.counts({ sealedWith: id }) })));
    return { keys, unnoted: await this.counts({ sealedWith: null }) };
  }

  /** In how many documents something is sealed with this key, or may be. */
  async usesOf(id: string): Promise<number> {
    const [noted, unnoted] = await Promise.all([this.counts({ sealedWith: id }), this.counts({ sealedWith: null })]);
    return [...Object.values(noted), ...Object.values(unnoted)].reduce((sum, n) => sum + n, 0);
  }

  /**
   * Seals anew what a former key seals, until nothing is left or `most` are done.
   * @param progress told after each batch how many were done
   */
  async run(most = Number.POSITIVE_INFINITY, progress: (done: number) => void = () => undefined): Promise<Resealed> {
    const { demandes, dialogues, notices, installations } = this.stores;
    const total = { done: 0, unreadable: 0 };
    const one = async <D extends Sealed>(resealable: Resealable<D>) => {
      const left = () => most - total.done;
      const { done, unreadable } = await this.collection(resealable, left, (n) => progress(total.done + n));
      total.done += done;
      total.unreadable += unreadable;
    };
    await one(demandesOf(demandes));
    await one(dialoguesOf(dialogues));
    await one(noticesOf(notices));
    await one(installationsOf(installations));
    return total;
  }

  private async collection<D extends Sealed>(
    { model, change }: Resealable<D>,
    left: () => number,
    progress: (done: number) => void,
  ): Promise<Resealed> {
    const former = this.sealer.keyIds.filter((id) => id !== this.sealer.currentKeyId);
    const unreadable = new Set<string>();
    let done = 0;
    // Alone, the current key can have left nothing to a former one.
    for (const filter of former.length === 0 ? [] : [{ sealedWith: { $in: former } }, { sealedWith: null }]) {
      for (;;) {
        const room = left() - done;
        if (room <= 0 || unreadable.size >= MOST_UNREADABLE) return { done, unreadable: unreadable.size };
        const found = await model
          .find(filter as never)
          .limit(Math.min(BATCH, room) + unreadable.size)
          .lean<D[]>();
        const batch = found.filter(({ _id }) => !unreadable.has(_id));
        if (batch.length === 0) break;
        for (const document of batch) {
          const changed = this.tryChange(change, document);
          if (changed === null) unreadable.add(document._id);
          else {
            const filterOne = { _id: document._id, ...changed.held };
            const { matchedCount } = await model.updateOne(filterOne as never, { $set: changed.set } as never);
            done += matchedCount;
          }
        }
        progress(done);
      }
    }
    return { done, unreadable: unreadable.size };
  }

  private tryChange<D extends Sealed>(change: Resealable<D>["change"], document: D) {
    try {
      return change(document, this.sealer);
    } catch (error) {
      if (doesNotOpen(error)) return null;
      throw error;
    }
  }
}
