/** Keeps the pills under the bot's messages as they should be: shown by the bot's own reactions, withdrawn when they make no sense. */
import { createHash } from "node:crypto";
import type { Prompt, Prompts, Seed } from "../../models/prompts.ts";
import type { Button } from "../../src/presentation/message.ts";
import { Lanes } from "../lanes.ts";
import { faultFields, type Log } from "../log.ts";
import type { Alone } from "./alone.ts";
import type { MatrixApi } from "./api.ts";
import { relationOf } from "./events.ts";
import { isPassing, matrixCode } from "./faults.ts";
import type { Pace } from "./pace.ts";
import { entriesOf, withFormer } from "./render/pills.ts";

export interface PillsOptions {
  readonly api: MatrixApi;
  readonly pace: Pace;
  readonly prompts: Prompts;
  /** Two processes that show the same pill at the same moment may both be let do so by the homeserver. */
  readonly alone: Alone;
  readonly log: Log;
  /** The bot's own MXID, once known. */
  readonly self: () => string;
  /** Keeps what goes on by itself under way when the program stops. */
  readonly after: (work: Promise<void>) => void;
}

const SWEPT_AT_ONCE = 100;

const txnOf = (prompt: Prompt, pill: string): string =>
  `p.${createHash("sha256").update(`${prompt.event}|${pill}|${prompt.version}`).digest("base64url").slice(0, 32)}`;

export class Pills {
  readonly #with: PillsOptions;
  readonly #lanes = new Lanes();
  /** Rooms in which the bot may not remove the reactions of others. */
  readonly #powerless = new Set<string>();

  constructor(options: PillsOptions) {
    this.#with = options;
  }

  /**
   * These are the buttons of this message from now on. Resolves once they may be clicked; their pills follow by themselves.
   * Those that it had before may be clicked still, by whoever has not seen them go: that is decided like any other click.
   */
  async show(room: string, event: string, root: string | null, buttons: readonly Button[]): Promise<void> {
    const { prompts, after } = this.#with;
    const before = await prompts.get(room, event);
    if (buttons.length === 0 && before === null) return;
    const entries = withFormer(entriesOf(buttons), before?.entries ?? []);
    const prompt = await prompts.put(room, event, root, entries, new Date());
    after(this.#bringUpToDate(prompt));
  }

  /** Goes on with what was cut short. */
  async sweep(): Promise<void> {
    for (const prompt of await this.#with.prompts.stale(SWEPT_AT_ONCE)) await this.#bringUpToDate(prompt);
  }

  /** Removes a person's click, where the bot may, so that they can click again; otherwise it stays, and nothing is lost. */
  async tidy(room: string, reaction: string): Promise<void> {
    if (this.#powerless.has(room)) return;
    try {
      await this.#with.pace.run("last", () => this.#with.api.redact(room, reaction, `t.${reaction}`));
    } catch (error) {
      if (matrixCode(error) === "M_FORBIDDEN") this.#powerless.add(room);
      else this.#with.log.info({ room, ...faultFields(error) }, "A click could not be removed");
    }
  }

  async idle(): Promise<void> {
    await this.#lanes.idle();
  }

  #bringUpToDate({ room, event }: Prompt): Promise<void> {
    const what = `pills ${room} ${event}`;
    return this.#lanes.run(what, () => this.#with.alone(what, () => this.#bring(room, event)));
  }

  async #bring(room: string, event: string): Promise<void> {
    const { prompts, log } = this.#with;
    // Several changes in a row are brought about at once.
    const prompt = await prompts.get(room, event);
    if (prompt === null) return;
    const seeds = [...prompt.seeds];
    try {
      await this.#withdraw(prompt, seeds);
      await this.#announce(prompt, seeds);
      await this.#add(prompt, seeds);
      await prompts.seeded(prompt, seeds, true);
    } catch (error) {
      // What the room refuses for good is not asked again.
      await prompts.seeded(prompt, seeds, !isPassing(error));
      log.warn({ room, event, ...faultFields(error) }, "The pills of a message are not all as they should be");
    }
  }

  async #withdraw(prompt: Prompt, seeds: Seed[]): Promise<void> {
    const { api, pace } = this.#with;
    const wanted = new Set(prompt.entries.flatMap(({ pill, shown }) => (shown ? [pill] : [])));
    for (const seed of [...seeds]) {
      if (wanted.has(seed.pill)) continue;
      const event = seed.event ?? (await this.#own(prompt, seed.pill));
      if (event !== null)
        await pace.run("later", () => api.redact(prompt.room, event, `w.${event}`)).catch(unless("M_NOT_FOUND"));
      seeds.splice(seeds.indexOf(seed), 1);
    }
  }

  /** Which pills are about to be shown is written first: those of a process that died are withdrawn like any others. */
  async #announce(prompt: Prompt, seeds: Seed[]): Promise<void> {
    const missing = prompt.entries.filter(({ pill, shown }) => shown && !seeds.some((seed) => seed.pill === pill));
    if (missing.length === 0) return;
    for (const { pill } of missing) seeds.push({ pill, event: null });
    await this.#with.prompts.seeded(prompt, seeds, false);
  }

  async #add(prompt: Prompt, seeds: Seed[]): Promise<void> {
    const { api, pace } = this.#with;
    for (const [at, { pill, event: known }] of seeds.entries()) {
      if (known !== null) continue;
      const content = { "m.relates_to": { rel_type: "m.annotation", event_id: prompt.event, key: pill } };
      const event = await pace
        .run("later", () => api.send(prompt.room, "m.reaction", txnOf(prompt, pill), content))
        .catch(unless("M_DUPLICATE_ANNOTATION"));
      seeds[at] = { pill, event: event ?? (await this.#own(prompt, pill)) };
    }
  }

  /** The bot's own reaction of that pill, whose id was lost. */
  async #own(prompt: Prompt, pill: string): Promise<string | null> {
    const { api, self } = this.#with;
    const { events } = await api.relations(prompt.room, prompt.event, "m.annotation", null);
    return events.find((event) => event.sender === self() && relationOf(event).key === pill)?.event_id ?? null;
  }
}

/** Null for this refusal; anything else is thrown again. */
const unless =
  (code: string) =>
  (error: unknown): null => {
    if (matrixCode(error) === code) return null;
    throw error;
  };
