/** Matrix, on matrix-bot-sdk: receives what people do, shows them what follows, and delivers. */
import type { Dialogues } from "../../models/dialogues.ts";
import type { MatrixState } from "../../models/matrixState.ts";
import type { Prompts } from "../../models/prompts.ts";
import type { Showings } from "../../models/showings.ts";
import type { Turns } from "../../models/turns.ts";
import type { Identity, Place } from "../../src/delivery/port.ts";
import type { Desk } from "../../src/demandes/desk.ts";
import { PermanentError, RetryError } from "../../src/errors.ts";
import type { PresenceDesk } from "../../src/groupes/presence.ts";
import { Lanes } from "../lanes.ts";
import { faultFields, type Log } from "../log.ts";
import type { Capabilities, ChatPlatform } from "../platform.ts";
import { aloneAmong } from "./alone.ts";
import { MatrixApi } from "./api.ts";
import { CatchUp } from "./catchup.ts";
import { MatrixDelivery } from "./deliver.ts";
import { DialogueRoom, endingAct, isDialogue } from "./dialogue/room.ts";
import { Directs } from "./directs.ts";
import type { MatrixEvent, SyncAnswer } from "./events.ts";
import { deliveryFault, isTokenFault, matrixCode } from "./faults.ts";
import { Health } from "./health.ts";
import { Pace } from "./pace.ts";
import { MatrixPeople } from "./people.ts";
import { Pills } from "./pills.ts";
import { Presence } from "./presence.ts";
import { type Heard, Inbox } from "./receive/inbox.ts";
import { type AgentFinder, namesBy } from "./receive/names.ts";
import { Rooms } from "./rooms.ts";
import type { ConnectionOptions, MatrixCall } from "./sdk.ts";
import { Showing } from "./show.ts";
import { type Receiver, SyncLoop } from "./sync.ts";

export interface MatrixConfig {
  /** The address of the homeserver, or of Pantalaimon in front of it. */
  readonly homeserver: string;
  /** One token, kept and used again: a homeserver such as Tchap's asks that a bot does not log in each time. */
  readonly accessToken: string;
  /** How many calls a second the bot makes at most to write; 0 for as many as the homeserver takes. 1 by default. */
  readonly callsPerSecond?: number | undefined;
  /** Where the keys of encrypted rooms are kept; without it, the bot works in rooms that are not encrypted. */
  readonly cryptoFolder?: string | undefined;
  /** `homeserver` is the address of an encrypting proxy, such as Pantalaimon: the bot works in encrypted rooms as in others. */
  readonly proxyEncrypts?: boolean | undefined;
}

export interface MatrixStores {
  readonly matrixState: MatrixState;
  readonly prompts: Prompts;
  readonly dialogues: Dialogues;
  readonly showings: Showings;
  readonly turns: Turns;
}

export interface MatrixDependencies {
  readonly config: MatrixConfig;
  readonly db: MatrixStores;
  readonly desk: Desk;
  readonly log: Log;
  /** This process, as `<instance>/<unique>`: one at a time reads the account's events. */
  readonly owner: string;
  /** The account behind a person: invitations are accepted from agents only. */
  readonly agentOf: AgentFinder;
  /** Told of each call to the homeserver, for the metrics. */
  readonly onCall?: ((call: MatrixCall) => void) | undefined;
  /** The homeserver takes the bot's token (again): what waited for it can be posted. */
  readonly onReachable?: ((workspace: string) => Promise<void>) | undefined;
  /** A room goes on in another: what was bound to it follows. */
  readonly onMoved?: ((from: Place, to: Place) => Promise<void>) | undefined;
  /** Told of people who come and leave. */
  readonly presence?: PresenceDesk | undefined;
}

export type MatrixPlatform = ChatPlatform & {
  /** Resolves once nothing that came in, and nothing to be shown or posted, is under way. */
  idle(): Promise<void>;
  /** Whether this process reads the account's events, and how long ago the homeserver last answered it (ms). */
  reading(): { readonly reads: boolean; readonly newsAgeMs: number | null };
};

const CAPABILITIES: Capabilities = { modals: false, buttons: false, ephemeral: false, commandsInThreads: true };
const USUAL_CALLS_PER_SECOND = 1;
const SWEEP_MS = 60_000;

export const createMatrixPlatform = (dependencies: MatrixDependencies): MatrixPlatform => new Matrix(dependencies);

class Matrix implements ChatPlatform, Receiver {
  readonly name = "matrix";
  readonly capabilities = CAPABILITIES;
  readonly port: MatrixDelivery;
  readonly people: MatrixPeople;
  readonly #with: MatrixDependencies;
  readonly #log: Log;
  readonly #api: MatrixApi;
  readonly #health = new Health();
  readonly #outgoing = new Lanes();
  readonly #directs: Directs;
  readonly #pills: Pills;
  readonly #dialogues: DialogueRoom;
  readonly #showing: Showing;
  readonly #inbox: Inbox;
  readonly #rooms: Rooms;
  readonly #reader: CatchUp;
  readonly #presence: Presence | null;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #self: { readonly user: string; readonly workspace: string } | null = null;
  #sync: SyncLoop | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(dependencies: MatrixDependencies) {
    const { config, db, desk, log, owner, agentOf, onCall, onMoved } = dependencies;
    this.#with = dependencies;
    this.#log = log;
    const connection: ConnectionOptions = {
      homeserver: config.homeserver,
      accessToken: config.accessToken,
      cryptoFolder: config.cryptoFolder ?? null,
      proxyEncrypts: config.proxyEncrypts,
      log,
      onCall,
      onToken: (code) => this.#tokenSaid(code),
    };
    const follows = () => this.#sync?.reads ?? false;
    const api = new MatrixApi(connection, follows);
    this.#api = api;
    const self = () => this.#account().user;
    const workspace = () => this.#account().workspace;
    const identity = (user: string): Identity => ({ platform: "matrix", workspace: workspace(), user });
    const place = (room: string): Place => ({ platform: "matrix", workspace: workspace(), channel: room });
    const after = (work: Promise<void>) => this.#after(work);
    const callsPerSecond = config.callsPerSecond ?? USUAL_CALLS_PER_SECOND;
    const pace = new Pace({ callsPerSecond, signal: this.#stopping.signal });
    const lanes = this.#outgoing;
    const alone = aloneAmong({ turns: db.turns, owner, log });
    const directs = new Directs({
      api,
      pace,
      lanes: new Lanes(),
      self,
      follows,
      alone,
    });
    this.#directs = directs;
    this.people = new MatrixPeople(api, self);
    this.#pills = new Pills({ api, pace, prompts: db.prompts, alone, log, self, after });
    const delivery = new MatrixDelivery({ api, pace, lanes, pills: this.#pills, directs, self, workspace });
    this.port = delivery;
    const dialogues = new DialogueRoom({
      desk,
      store: db.dialogues,
      delivery,
      directs,
      identity,
      agentOf,
      log,
      after,
      trail: db,
      place,
    });
    this.#dialogues = dialogues;
    this.#showing = new Showing({
      delivery,
      directs,
      dialogues,
      log,
      trail: db,
      place,
      listed: (room, event) => this.#inbox.listed(room, event),
    });
    dialogues.showBy(async (user, reaction, act) => {
      const room = await directs.open(user);
      await this.#showing.show({ room, root: null, message: act, user, act: endingAct(act, reaction), agent: true }, reaction);
    });
    this.#inbox = new Inbox({
      desk,
      api,
      state: db.matrixState,
      prompts: db.prompts,
      directs,
      dialogues,
      names: namesBy({ people: this.people, agentOf, identity, log }),
      self,
      identity,
      place,
      spoke: (root, event) => delivery.heard(root, event),
      clicked: (room, reaction) => this.#after(this.#pills.tidy(room, reaction)),
    });
    const moved = onMoved ?? (async () => undefined);
    const { presence: told } = dependencies;
    const presence = told ? new Presence({ desk: told, api, identity, place, self, log }) : null;
    this.#presence = presence;
    this.#rooms = new Rooms({ api, pace, state: db.matrixState, directs, agentOf, identity, place, self, log, moved, presence });
    this.#reader = new CatchUp({ desk, api, log, receive: (room, event) => this.event(room, event) });
  }

  async start(): Promise<void> {
    const { db, owner } = this.#with;
    await this.#identify();
    await this.#directs.load();
    if (this.#api.encrypts) await this.#api.connection.crypto.prepare([...(await this.#api.joinedRooms())]);
    this.#sync = new SyncLoop({
      api: this.#api,
      store: db.matrixState,
      account: this.#account().user,
      owner,
      receiver: this,
      health: this.#health,
      log: this.#log,
      signal: this.#stopping.signal,
    });
    await this.#sync.start();
    this.#health.started();
    this.#reachable();
    if (this.#presence !== null) this.#after(this.#presence.compare(this.#account().workspace));
    this.#goOn();
    this.#timer = setInterval(() => this.#goOn(), SWEEP_MS).unref();
  }

  /** Shows what could not be shown so far: the process ended, or the homeserver was away. */
  #goOn(): void {
    this.#after(this.#dialogues.resume());
    this.#after(this.#pills.sweep());
  }

  /** What the account's events tell is read where it was left: there is nothing else to catch up. */
  async catchUp(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#sync?.stop();
    await this.idle();
    this.#health.stopped();
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay]);
    await Promise.all([this.#outgoing.idle(), this.#pills.idle()]);
  }

  health() {
    return this.#health.state();
  }

  reading() {
    return { reads: this.#sync?.reads ?? false, newsAgeMs: this.#health.newsAgeMs };
  }

  async took(): Promise<void> {
    this.#api.forgetRooms();
    await this.#directs.load();
  }

  async account(answer: SyncAnswer): Promise<void> {
    const direct = answer.account_data?.events.find(({ type }) => type === "m.direct");
    if (direct !== undefined) this.#directs.changed(direct.content);
    if (this.#api.encrypts) await this.#api.received(answer);
  }

  invited: Receiver["invited"] = (room, state) => this.#rooms.invited(room, state);
  left: Receiver["left"] = (room) => this.#rooms.left(room);
  entered: Receiver["entered"] = (room, state, came) => this.#rooms.entered(room, state, came);

  async event(room: string, given: MatrixEvent): Promise<void> {
    const event = await this.#api.clear(room, given);
    if (event.state_key !== undefined) return this.#rooms.changed(room, event);
    if (event.type === "m.room.encrypted" && event.sender !== this.#account().user) return this.#rooms.unreadable(room);
    const heard = await this.#inbox.event(room, event);
    if (heard === null || heard.reaction.kind === "nothing") return;
    const { reaction, stage } = heard;
    // A form is kept before the event counts as handled: its questions come after a restart too.
    if (reaction.kind === "form" && isDialogue(reaction.form))
      await this.#dialogues.begin(stage.user, reaction.form, stage.act, stage.act === stage.message ? stage : null);
    else this.#after(this.#show(heard));
  }

  async began(): Promise<void> {
    const { workspace } = this.#account();
    await this.#presence?.compare(workspace);
    await this.#reader.run(workspace);
  }

  async #show({ stage, reaction }: Heard): Promise<void> {
    const { user } = stage;
    const agent = await this.#with.agentOf({ platform: "matrix", workspace: this.#account().workspace, user });
    await this.#showing.show({ ...stage, agent: agent !== null }, reaction);
  }

  #account() {
    if (this.#self === null) throw new RetryError("The homeserver has not said yet who the bot is");
    return this.#self;
  }

  /** @throws PermanentError when the token is refused, RetryError when the homeserver does not answer */
  async #identify(): Promise<void> {
    try {
      const { user_id: user } = await this.#api.whoami();
      this.#self = { user, workspace: user.slice(user.indexOf(":") + 1) };
    } catch (error) {
      if (isTokenFault(error))
        throw new PermanentError(`The homeserver refuses the bot's token (${matrixCode(error)}).`, { cause: error });
      throw new RetryError("The homeserver does not say who the bot is.", { cause: deliveryFault(error) });
    }
  }

  #tokenSaid(code: string | null): void {
    const refusedBefore = this.#health.tokenRefused;
    this.#health.token(code);
    if (code === null && refusedBefore) this.#reachable();
  }

  #reachable(): void {
    if (this.#self !== null) this.#after(this.#with.onReachable?.(this.#self.workspace) ?? Promise.resolve());
  }

  #after(work: Promise<void>): void {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, (error: unknown) => {
      done();
      this.#log.error(faultFields(error), "A task of the Matrix adapter failed");
    });
  }
}
