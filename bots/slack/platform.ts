/** Slack, on Bolt: receives what people do, shows them what follows, and delivers. */
import { App, type Receiver } from "@slack/bolt";
import type { Trail } from "../../src/delivery/showing.ts";
import type { Desk } from "../../src/demandes/desk.ts";
import { PermanentError, RetryError } from "../../src/errors.ts";
import type { PresenceDesk } from "../../src/groupes/presence.ts";
import { Lanes } from "../lanes.ts";
import { faultFields, type Log } from "../log.ts";
import type { Capabilities, ChatPlatform } from "../platform.ts";
import { CatchUp } from "./catchup.ts";
import { type ClientOptions, clientOptions, type SlackCall } from "./client.ts";
import { SlackDelivery } from "./deliver.ts";
import { slackCode, TOKEN_CODES } from "./faults.ts";
import { Health } from "./health.ts";
import { Homes } from "./home.ts";
import { installListener, type SlackOAuth } from "./install.ts";
import { type InstallationBook, InstalledWorkspaces } from "./installed.ts";
import { libraryLogger } from "./log.ts";
import { SlackPeople } from "./people.ts";
import { Presence } from "./presence.ts";
import { Acts } from "./receive/acts.ts";
import { homeId } from "./receive/ids.ts";
import { type Heard, Inbox } from "./receive/inbox.ts";
import { SocketLink } from "./receive/link.ts";
import { type AgentFinder, namesIn } from "./receive/names.ts";
import { homeOpened, messageEvent } from "./receive/payloads.ts";
import { httpReceiver, type ReceiverOptions, type RequestListener, socketReceiver } from "./receive/receivers.ts";
import { Showing } from "./show.ts";
import { singleWorkspace, type Workspace, type Workspaces } from "./workspaces.ts";

interface SlackLinkConfig {
  readonly mode: "socket" | "http";
  /** `xapp-…`; Socket Mode needs it. */
  readonly appToken?: string | undefined;
  /** HTTP needs it. */
  readonly signingSecret?: string | undefined;
  /** Slack's Web API, unless it is Slack's own. */
  readonly apiUrl?: string | undefined;
}

/** One workspace by its token, or several that install the app. */
export type SlackConfig = SlackLinkConfig &
  ({ readonly botToken: string; readonly oauth?: undefined } | { readonly botToken?: undefined; readonly oauth: SlackOAuth });

export interface SlackDependencies {
  readonly config: SlackConfig;
  readonly desk: Desk;
  readonly log: Log;
  /** Told of each call to Slack, for the metrics. */
  readonly onCall?: ((call: SlackCall) => void) | undefined;
  /** The account behind a person who is named in a message, so that they are alerted on other platforms too. */
  readonly agentOf?: AgentFinder | undefined;
  /** Told of people who come and leave. */
  readonly presence?: PresenceDesk | undefined;
  /** Where it is written down what the bot shows outside threads. */
  readonly trail: Trail;
  /** Where installations are kept; OAuth needs it. */
  readonly installations?: InstallationBook | undefined;
  /** A workspace installed the app, or its token is taken (again): what waited for it can be posted. */
  readonly onReachable?: ((workspace: string) => Promise<void>) | undefined;
}

export type SlackPlatform = ChatPlatform & {
  /** Resolves once nothing that came in, and nothing to be shown or posted, is under way. */
  idle(): Promise<void>;
  /** In HTTP mode: answers POST /slack/events of the program's own server. */
  readonly requestListener?: RequestListener;
  /** With OAuth: answers GET /slack/install and /slack/oauth_redirect of the program's own server. */
  readonly installListener?: RequestListener;
};

const CAPABILITIES: Capabilities = { modals: true, buttons: true, ephemeral: true, commandsInThreads: false };

/** While Slack refuses the token, how often to ask whether it takes it again. */
const RECHECK_MS = 30_000;
const CATCH_UP_AGAIN_MS = 60_000;
/** How long until an installation that another process stored, or took away, is known here. */
const INSTALLATIONS_MS = 10_000;

type KeptOAuth = SlackOAuth & { readonly book: InstallationBook };

function bookOf({ installations }: SlackDependencies): InstallationBook {
  if (installations === undefined) throw new PermanentError("OAuth needs a place where installations are kept.");
  return installations;
}

/** @throws PermanentError when the configuration lacks what its mode needs */
export function createSlackPlatform(dependencies: SlackDependencies): SlackPlatform {
  return new Slack(dependencies);
}

class Slack implements ChatPlatform {
  readonly name = "slack";
  readonly capabilities = CAPABILITIES;
  readonly port: SlackDelivery;
  readonly people: SlackPeople;
  readonly requestListener?: RequestListener;
  readonly installListener?: RequestListener;
  readonly #log: Log;
  readonly #health = new Health();
  readonly #workspaces: Workspaces;
  /** Null with a single token. */
  readonly #installed: InstalledWorkspaces | null;
  readonly #onReachable: SlackDependencies["onReachable"];
  readonly #inbox: Inbox;
  readonly #reader: CatchUp;
  readonly #showing: Showing;
  readonly #homes: Homes;
  readonly #presence: Presence | null;
  readonly #link: SocketLink | null;
  readonly #outgoing = new Lanes();
  readonly #incoming = new Lanes();
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #catchingUp: Promise<void> | null = null;
  #catchUpNext: Promise<void> | null = null;

  constructor(dependencies: SlackDependencies) {
    const { config, desk, log, onCall, agentOf, presence, trail } = dependencies;
    this.#log = log;
    this.#onReachable = dependencies.onReachable;
    const options: ClientOptions = { apiUrl: config.apiUrl, log, onCall, onToken: (code) => this.#tokenSaid(code) };
    const oauth = config.oauth && { ...config.oauth, book: bookOf(dependencies) };
    this.#installed = oauth ? this.#installations(oauth, dependencies) : null;
    this.#workspaces = this.#installed ?? singleWorkspace(config.botToken ?? "", options);
    if (oauth) this.installListener = this.#installRoutes(oauth, dependencies);
    this.port = new SlackDelivery(this.#workspaces, this.#outgoing);
    this.people = new SlackPeople(this.#workspaces);
    this.#showing = new Showing(log, this.port, trail);
    this.#homes = new Homes(desk, log, trail);
    const signal = this.#stopping.signal;
    this.#presence = presence ? new Presence({ desk: presence, people: this.people, log, signal }) : null;
    const names = namesIn({ people: this.people, agentOf, log });
    this.#inbox = new Inbox({ desk, lanes: this.#incoming, names, signal: this.#stopping.signal });
    const heard = (what: Heard) => this.#after(this.#show(what));
    this.#reader = new CatchUp({ desk, inbox: this.#inbox, log, signal: this.#stopping.signal, heard });
    const { receiver, link, requestListener } = this.#receiver(config, { ...options, admit: (work) => this.#admit(work) });
    this.#link = link;
    if (requestListener !== undefined) this.requestListener = requestListener;
    const app = this.#app(receiver, options);
    const acts = new Acts({
      desk,
      workspaces: this.#workspaces,
      names,
      showing: this.#showing,
      homes: this.#homes,
      log,
      after: (work) => this.#after(work),
    });
    acts.register(app);
    this.#listen(app);
  }

  async start(): Promise<void> {
    await this.#workspaces.load();
    if (this.#link !== null) await this.#open(this.#link);
    this.#health.started();
    this.#reachable();
    if (this.#installed !== null) this.#lookAgain(this.#installed);
    await this.catchUp();
  }

  /** One at a time. Who asks while one runs waits for another: what came since may be in places already read. */
  catchUp(): Promise<void> {
    if (this.#stopping.signal.aborted || !this.#health.state().ok) return Promise.resolve();
    const running = this.#catchingUp;
    if (running !== null) {
      this.#catchUpNext ??= running.then(() => {
        this.#catchUpNext = null;
        return this.catchUp();
      });
      return this.#catchUpNext;
    }
    this.#catchingUp = this.#catchUpAll().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await this.idle();
    await this.#link?.close();
    this.#health.stopped();
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay]);
    await Promise.all([this.#incoming.idle(), this.#outgoing.idle()]);
  }

  health() {
    return this.#health.state();
  }

  #installations({ workspaces: allowed, book }: KeptOAuth, { config, log, onCall }: SlackDependencies): InstalledWorkspaces {
    return new InstalledWorkspaces({
      book,
      allowed,
      client: { apiUrl: config.apiUrl, log, onCall },
      came: (workspace) => this.#after(this.#came(workspace)),
      after: (work) => this.#after(work),
    });
  }

  #installRoutes({ book, ...oauth }: KeptOAuth, { config, log }: SlackDependencies): RequestListener {
    const client: ClientOptions = { apiUrl: config.apiUrl, log };
    return installListener({ oauth, book, client, installed: () => this.#workspaces.load() });
  }

  /** What waited for the workspace is posted, and what was said there meanwhile is read. */
  async #came(workspace: Workspace): Promise<void> {
    this.#log.info({ workspace: workspace.id }, "A workspace is served from now on");
    await this.#onReachable?.(workspace.id);
    await this.catchUp();
  }

  #lookAgain(installed: InstalledWorkspaces): void {
    this.#later(INSTALLATIONS_MS, async () => {
      try {
        await installed.load();
      } finally {
        this.#lookAgain(installed);
      }
    });
  }

  #receiver(
    config: SlackConfig,
    options: ReceiverOptions,
  ): { receiver: Receiver; link: SocketLink | null; requestListener?: RequestListener } {
    switch (config.mode) {
      case "socket": {
        if (!config.appToken) throw new PermanentError("Slack in Socket Mode needs the app-level token (xapp-…).");
        const { receiver, client } = socketReceiver(config.appToken, options);
        const reconnected = () => this.#after(this.catchUp());
        return { receiver, link: new SocketLink({ client, health: this.#health, log: this.#log, reconnected }) };
      }
      case "http": {
        if (!config.signingSecret) throw new PermanentError("Slack over HTTP needs the signing secret.");
        return { ...httpReceiver(config.signingSecret, options), link: null };
      }
    }
  }

  #app(receiver: Receiver, options: ClientOptions): App {
    const app = new App({
      receiver,
      convoStore: false,
      logger: libraryLogger(this.#log),
      clientOptions: clientOptions(options),
      authorize: async ({ teamId }) => {
        const workspace = await this.#workspaces.find(teamId ?? "");
        if (workspace === undefined) throw new Error("This workspace is not installed");
        return { teamId: workspace.id, botToken: workspace.botToken, botId: workspace.botId, botUserId: workspace.botUserId };
      },
    });
    // Thrown again, so that the receiver does not acknowledge.
    app.error(async (error) => {
      throw error;
    });
    return app;
  }

  #listen(app: App): void {
    app.event("message", async ({ event, context }) => {
      const workspace = this.#workspaces.get(context.teamId ?? "");
      if (workspace === undefined) return;
      const heard = await this.#inbox.event(workspace, messageEvent.parse(event));
      if (heard !== null) this.#after(this.#show(heard));
    });
    app.event("app_home_opened", async ({ event, context }) => {
      const { user, tab, event_ts: at, view } = homeOpened.parse(event);
      const workspace = this.#workspaces.get(context.teamId ?? "");
      if (workspace === undefined || tab !== "home") return;
      const asked = { view: view?.private_metadata ?? null };
      this.#after(this.#homes.publish(workspace, user, homeId(workspace.id, user, at), asked));
    });
    // Bolt hands these over without asking who the bot is there. A single token says itself when it is refused.
    for (const ended of ["app_uninstalled", "tokens_revoked"] as const)
      app.event(ended, async ({ context }) => {
        await this.#installed?.ended(context.teamId ?? "");
      });
    app.event("user_change", async ({ event, context }) => {
      this.people.forget(context.teamId ?? "", event.user.id);
      await this.#heardOf(context.teamId, (presence, workspace) => presence.changed(workspace, event));
    });
    app.event("team_join", async ({ event, context }) => {
      this.people.forget(context.teamId ?? "", event.user.id);
      await this.#heardOf(context.teamId, (presence, workspace) => presence.arrived(workspace, event));
    });
    app.event("member_joined_channel", async ({ event, context, body }) => {
      await this.#heardOf(context.teamId, (presence, workspace) => presence.moved(workspace, event, body.event_id));
    });
    app.event("member_left_channel", async ({ event, context, body }) => {
      await this.#heardOf(context.teamId, (presence, workspace) => presence.moved(workspace, event, body.event_id));
    });
  }

  async #heardOf(teamId: string | undefined, tell: (presence: Presence, workspace: Workspace) => Promise<void>): Promise<void> {
    const workspace = this.#workspaces.get(teamId ?? "");
    if (workspace !== undefined && this.#presence !== null) await tell(this.#presence, workspace);
  }

  async #open(link: SocketLink): Promise<void> {
    try {
      await link.open();
    } catch (error) {
      const code = slackCode(error);
      if (code !== null && TOKEN_CODES.has(code))
        throw new PermanentError(`Slack refuses the app-level token (${code}).`, { cause: error });
      throw new RetryError("The socket to Slack could not be opened.", { cause: error });
    }
  }

  /** What one channel refuses is tried again later; the others do not wait for it. */
  async #catchUpAll(): Promise<void> {
    const whole = await Promise.all(
      this.#workspaces.all().map(async (workspace) => {
        try {
          // Who left meanwhile is known before what was said meanwhile is read.
          const counted = (await this.#presence?.compare(workspace)) ?? true;
          return (await this.#reader.run(workspace)) && counted;
        } catch (error) {
          this.#log.error({ workspace: workspace.id, ...faultFields(error) }, "The catch-up failed");
          return false;
        }
      }),
    );
    if (!whole.every((done) => done)) this.#later(CATCH_UP_AGAIN_MS, () => this.catchUp());
  }

  #tokenSaid(code: string | null): void {
    const refusedBefore = this.#health.tokenRefused;
    this.#health.token(code);
    if (code !== null && !refusedBefore) this.#recheck();
    if (code !== null || !refusedBefore) return;
    this.#log.info({}, "Slack takes the bot's token again");
    this.#reachable();
  }

  #reachable(): void {
    for (const { id } of this.#workspaces.all()) this.#after(this.#onReachable?.(id) ?? Promise.resolve());
  }

  #recheck(): void {
    this.#later(RECHECK_MS, async () => {
      try {
        await this.#workspaces.load();
        await this.catchUp();
      } catch (error) {
        this.#log.warn(faultFields(error), "Slack still refuses the bot's token");
        this.#recheck();
      }
    });
  }

  #show({ workspace, channel, thread, user, reaction }: Heard): Promise<void> {
    const stage = { workspace, channel, thread, user, triggerId: null, inModal: false, respond: null };
    return this.#showing.show(stage, reaction);
  }

  #later(ms: number, act: () => Promise<void>): void {
    if (this.#stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#after(act());
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  async #admit(work: () => Promise<void>): Promise<void> {
    if (this.#stopping.signal.aborted) throw new RetryError("The program is stopping");
    await this.#tracked(work());
  }

  #after(work: Promise<void>): void {
    this.#tracked(work).catch((error: unknown) => this.#log.error(faultFields(error), "A task of the Slack adapter failed"));
  }

  #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }
}
