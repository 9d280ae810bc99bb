/** The threads of one demande, each on its platform. */
import type { PlatformName } from "../../src/domain/demande.ts";
import type { Side, Spot, ThreadRead } from "./side.ts";
import type { ThreadPlace } from "./story.ts";
import { StepFault } from "./story.ts";

export type Sides = Readonly<Record<PlatformName, Side>>;

export class Threads {
  private readonly sides: Sides;
  private readonly ref: string;
  private readonly places: Readonly<Record<string, ThreadPlace>>;
  private readonly roots = new Map<string, string>();

  constructor(sides: Sides, ref: string, places: Readonly<Record<string, ThreadPlace>>) {
    this.sides = sides;
    this.ref = ref;
    this.places = places;
  }

  place(thread: string): ThreadPlace {
    const place = this.places[thread];
    if (!place) throw new StepFault(`l’histoire ne connaît pas de fil « ${thread} »`);
    return place;
  }

  /** The platform of that thread. */
  side(thread: string): Side {
    return this.sides[this.place(thread).platform];
  }

  /** The card. @throws StepFault while there is none */
  async card(thread: string): Promise<Spot> {
    const root = await this.root(thread);
    if (root === null) throw new StepFault(`pas encore de fil ${this.ref} : ${this.place(thread).label}`);
    return { channel: this.place(thread).channel, root, message: root };
  }

  /** The latest message below the card that has this button. @throws StepFault when none has */
  async lastWithButton(thread: string, label: string): Promise<Spot> {
    const card = await this.card(thread);
    const message = await this.side(thread).lastWithButton(this.place(thread), card.root, label);
    if (message === null) throw new StepFault(`pas de bouton « ${label} » sous la carte : ${this.place(thread).label}`);
    return { ...card, message };
  }

  /** The thread as it is now; null while there is none. */
  async read(thread: string): Promise<ThreadRead | null> {
    const root = await this.root(thread);
    return root === null ? null : this.side(thread).read(this.place(thread), root);
  }

  private async root(thread: string): Promise<string | null> {
    const known = this.roots.get(thread);
    if (known !== undefined) return known;
    const root = await this.side(thread).rootIn(this.place(thread), this.ref);
    if (root !== null) this.roots.set(thread, root);
    return root;
  }
}
