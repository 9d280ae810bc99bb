/**
 * The workspaces that installed the app through OAuth, each with its own token. Any process may have stored an installation or
 * learnt of its end: what is stored is looked at again now and then, and whenever a workspace is heard that is not known.
 */
import type { Installation, NewInstallation } from "../../models/installations.ts";
import { Lanes } from "../lanes.ts";
import { type ClientOptions, SlackClient } from "./client.ts";
import { deliveryFault, FORGET_CODES, slackCode } from "./faults.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** Where installations are kept. */
export interface InstallationBook {
  save(installation: NewInstallation, now: Date): Promise<void>;
  all(): Promise<readonly Installation[]>;
  /** Forgets the token of this very installation. False when another took its place, or it was forgotten already. */
  remove(team: string, grant: string, why: string, now: Date): Promise<boolean>;
  spendState(id: string, until: Date): Promise<boolean>;
  sealState(value: unknown): string;
  openState(state: string): unknown;
}

export interface InstalledOptions {
  readonly book: InstallationBook;
  /** Ids of the workspaces that may have the app: no other is served, whatever is stored. */
  readonly allowed: readonly string[];
  readonly client: Omit<ClientOptions, "onToken">;
  /** Told of a workspace that was not known, or that installed the app anew. Not of those of the first `load`. */
  readonly came: (workspace: Workspace) => void;
  /** Does this outside of the call in which it was learnt. */
  readonly after: (work: Promise<void>) => void;
}

const GONE = "A workspace is not served any more";

interface Known {
  readonly workspace: Workspace;
  readonly grant: string;
}

export class InstalledWorkspaces implements Workspaces {
  readonly #with: InstalledOptions;
  readonly #lanes = new Lanes();
  #known: ReadonlyMap<string, Known> = new Map();
  /** Grants that Slack refused: one that is still stored is not taken up again. */
  readonly #refused = new Set<string>();
  #loaded = false;

  constructor(options: InstalledOptions) {
    this.#with = options;
  }

  all(): readonly Workspace[] {
    return [...this.#known.values()].map(({ workspace }) => workspace);
  }

  get(id: string): Workspace | undefined {
    return this.#known.get(id)?.workspace;
  }

  async find(id: string): Promise<Workspace | undefined> {
    if (!this.#known.has(id) && this.#with.allowed.includes(id)) await this.load();
    return this.get(id);
  }

  /** One at a time: what was read earlier never stands in the place of what was read later. */
  load(): Promise<void> {
    return this.#lanes.run("load", () => this.#load());
  }

  /**
   * Slack tells that the app was uninstalled, or its tokens revoked. It may tell so late, when the app is installed anew: whether
   * the token at hand is still good decides.
   * @throws DeliveryFault of kind `retry` when Slack does not say
   */
  async ended(id: string): Promise<void> {
    const workspace = await this.find(id);
    if (workspace === undefined) return;
    try {
      await workspace.client.auth.test();
    } catch (error) {
      if (!FORGET_CODES.has(slackCode(error) ?? "")) throw deliveryFault(error);
      // Its being forgotten was asked for when the answer came.
      await this.#lanes.run("load", async () => undefined);
    }
  }

  async #load(): Promise<void> {
    const { book, allowed, came, client } = this.#with;
    const stored = (await book.all()).filter(({ team, grant }) => allowed.includes(team) && !this.#refused.has(grant));
    const before = this.#known;
    const known = stored.map((installation): Known => {
      const known = before.get(installation.team);
      return known?.grant === installation.grant ? known : this.#made(installation);
    });
    this.#known = new Map(known.map((one) => [one.workspace.id, one]));
    // Another process was told, or told by Slack's answer, before this one.
    for (const id of before.keys()) if (!this.#known.has(id)) client.log.info({ workspace: id }, GONE);
    const first = !this.#loaded;
    this.#loaded = true;
    if (!first) for (const one of known) if (before.get(one.workspace.id) !== one) came(one.workspace);
  }

  #made({ team, grant, botToken, botUserId, botId }: Installation): Known {
    const onToken = (code: string | null) => {
      if (code === null || !FORGET_CODES.has(code) || this.#refused.has(grant)) return;
      this.#refused.add(grant);
      this.#with.after(this.#lanes.run("load", () => this.#forget(team, grant, code)));
    };
    const client = new SlackClient(botToken, { ...this.#with.client, onToken });
    return { workspace: { id: team, client, botToken, botUserId, botId }, grant };
  }

  async #forget(team: string, grant: string, why: string): Promise<void> {
    if (this.#known.get(team)?.grant === grant) {
      const others = new Map(this.#known);
      others.delete(team);
      this.#known = others;
      this.#with.client.log.info({ workspace: team }, GONE);
    }
    const { book, client } = this.#with;
    if (await book.remove(team, grant, why, new Date()))
      client.log.error({ workspace: team, code: why }, "Slack took the app away from a workspace: its token is forgotten");
  }
}
