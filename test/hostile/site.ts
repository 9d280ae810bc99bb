/** The bot as in production, reached from outside only, and what must still be true of it after whatever was sent. */
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { BotProcess, type Settings } from "../support/bot.ts";
import { brokenDemandes } from "../support/wholeness.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

/** Within this, whatever is asked is answered (ms): long enough for a machine that does much else. */
export const ANSWER_MS = 15_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[] | number>>;
  readonly body?: string | Buffer;
}

/** What no answer to anybody may show: a stack, a path, a library's words. */
export const INNARDS =
  /\bat \S+ \(|node_modules|node:internal|\.(?:ts|js):\d|Zod|Mongo|TypeError|RangeError|SyntaxError|\/(?:home|work|usr|tmp)\//;
/** In the log, a slip of the program's own, and no refusal of a library's: thrown by a file that is in no package, nor in Node.js. */
const OWN_FAULTS = /"fault":"(?:TypeError|ReferenceError|RangeError|SyntaxError)","at":\["at (?![^"]*node_modules)[^"]*file:/;
const DEATHS = /unhandled|uncaught|Node\.js v\d+|heap out of memory/i;

export class Site {
  readonly world: World;
  readonly bot: BotProcess;
  /** Everything that the bot wrote. */
  readonly lines: readonly string[];

  /** How many of them were looked at: each is told once. */
  private read = 0;

  private constructor(world: World, bot: BotProcess, lines: readonly string[]) {
    this.world = world;
    this.bot = bot;
    this.lines = lines;
  }

  /** The program, with Slack over HTTP unless told otherwise. */
  static async open(options: WorldOptions = {}, settings: Settings = {}): Promise<Site> {
    const world = await openWorld(options);
    const { signingSecret } = world.slack.control.installation(WORKSPACE);
    const lines: string[] = [];
    const all = { SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: signingSecret, ...settings };
    const bot = await BotProcess.start(world, "hostile", all, (line) => lines.push(line));
    await world.slack.control.setRequestUrl(WORKSPACE, `${new URL(bot.url).origin}/slack/events`);
    return new Site(world, bot, lines);
  }

  get origin(): string {
    return new URL(this.bot.url).origin;
  }

  send(path: string, { method = "POST", headers = {}, body = "" }: Sent = {}): Promise<Answer> {
    return sendTo(`${this.origin}${path}`, { method, headers, body });
  }

  /** A connection of its own, for what no client would send. */
  socket(): Socket {
    const { hostname, port } = new URL(this.origin);
    return connect(Number(port), hostname);
  }

  /** Alive, well, whole, and nothing of its innards told to anybody. */
  async unharmed(): Promise<void> {
    const health = await this.send("/sante", { method: "GET" });
    expect({ running: this.bot.running, health: health.status, text: health.text }).toEqual({
      running: true,
      health: 200,
      text: '{"status":"ok"}',
    });
    const told = this.lines.slice(this.read);
    this.read = this.lines.length;
    expect(told.filter((line) => DEATHS.test(line) || OWN_FAULTS.test(line))).toEqual([]);
    expect(await brokenDemandes(this.world.db)).toEqual([]);
  }

  async close(): Promise<void> {
    if (this.bot.running) await this.bot.stop();
    await this.world.close();
  }
}

/** Sends exactly that, once. @throws when there is no answer within the bound */
export function sendTo(url: string, { method = "POST", headers = {}, body = "" }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
    let answered = false;
    call.on("error", (error) => !answered && reject(error));
    call.on("response", (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    call.end(body);
  });
}

/** Whatever was asked, the answer tells nothing of the program's innards. */
export function expectDiscreet({ text }: Answer): void {
  expect(text.match(INNARDS)?.[0]).toBeUndefined();
}
