/**
 * The home of the application: published when its person opens it and after what they do in it. What they did elsewhere, and
 * what others do, shows at the next opening (docs/decisions/0009-boards.md).
 */
import { showHome, type Trail } from "../../src/delivery/showing.ts";
import type { Desk } from "../../src/demandes/desk.ts";
import { keysOfList } from "../../src/presentation/about.ts";
import { Lanes } from "../lanes.ts";
import { faultFields, type Log } from "../log.ts";
import { slackCode } from "./faults.ts";
import { patiently } from "./patience.ts";
import { person } from "./receive/inbox.ts";
import { renderHome } from "./render/home.ts";
import type { Workspace } from "./workspaces.ts";

/** What a person wants to see in their home. */
export interface HomeAsked {
  /** The value of a view; null for what opens first. */
  readonly view: string | null;
  readonly search?: string | null;
  /** Of the home that is to be brought up to date: one that was published since, because its person looked elsewhere, stays. */
  readonly hash?: string | undefined;
}

const PUBLISHED_SINCE = "hash_conflict";

export class Homes {
  readonly #desk: Desk;
  readonly #log: Log;
  readonly #trail: Trail;
  /** A person who clicks twice sees the second page last. */
  readonly #lanes = new Lanes();

  constructor(desk: Desk, log: Log, trail: Trail) {
    this.#desk = desk;
    this.#log = log;
    this.#trail = trail;
  }

  /** Never throws: nothing is written by it, and the next opening tries again. */
  async publish(workspace: Workspace, user: string, id: string, asked: HomeAsked): Promise<void> {
    try {
      await this.#lanes.run(`${workspace.id}:${user}`, () => this.#publish(workspace, user, id, asked));
    } catch (error) {
      if (slackCode(error) === PUBLISHED_SINCE) return;
      this.#log.warn({ workspace: workspace.id, ...faultFields(error) }, "A home could not be published");
    }
  }

  async #publish(workspace: Workspace, user: string, id: string, { view, search, hash }: HomeAsked): Promise<void> {
    const home = await this.#desk.home({ id, person: person(workspace, user), view, search: search ?? null });
    const args = { user_id: user, view: renderHome(home), ...(hash === undefined ? {} : { hash }) };
    const keys = home.kind === "board" ? keysOfList(home.list) : [];
    const place = { platform: "slack", workspace: workspace.id, channel: user } as const;
    await showHome(this.#trail, place, keys, async () => {
      await patiently(() => workspace.client.views.publish(args));
    });
  }
}
