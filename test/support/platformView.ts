/** What a chat platform holds, as the checks read it: the same for every platform. */
import type { PlatformName } from "../../src/domain/demande.ts";
import type { Place } from "../../src/domain/place.ts";
import type { Card } from "../../src/presentation/card.ts";

export interface ShownMessage {
  /** The platform's own id. */
  readonly id: string;
  /** The account of the person who wrote it; null for the bot's own. */
  readonly person: string | null;
  /** Under which delivery id the bot posted it; null for a person's, and for what bears none (a file on Slack). */
  readonly delivery: string | null;
  /** All that is read there: the name under which it stands, its words, one space between words. */
  readonly words: string;
  /** Marked as said between instructeurs. */
  readonly isPrivate: boolean;
  /** The names of its files. */
  readonly files: readonly string[];
}

export interface PlatformView {
  readonly name: PlatformName;
  /** Every conversation in which the bot may have written. */
  places(): Promise<readonly Place[]>;
  /** The messages there outside threads, and the roots, oldest first. */
  roots(place: Place): Promise<readonly ShownMessage[]>;
  /** The root and what was said below it, oldest first, asides apart; empty when there is no such root. */
  thread(place: Place, root: string): Promise<readonly ShownMessage[]>;
  /** What the bot told one person there and is kept among the others' messages; none where the platform shows such things apart. */
  asides(place: Place): Promise<readonly ShownMessage[]>;
  /** Null when the root shows this card and no other; otherwise what differs. */
  cardFault(place: Place, root: string, card: Card): Promise<string | null>;
  /** All that the platform holds there, what no client shows included, as text. */
  stored(place: Place): Promise<string>;
}
