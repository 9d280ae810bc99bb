/** The bot of the demonstration in a process of its own: started, followed, killed without a word, and started again. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ApiAnswer } from "../../src/http/api/answer.ts";
import { stopped } from "../../src/http/api/answer.ts";
import type { Api } from "../../src/http/api/api.ts";
import type { ApiRequest } from "../../src/http/api/authenticate.ts";
import { healthTexts } from "../../src/texts/veille.ts";
import type { Fault } from "../../src/watch/faults.ts";
import type { AnswerMessage, BotCallName, BotCalls, BotSettings } from "./calls.ts";
import type { FollowedBot } from "./followed.ts";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));
/** The demonstration is small: the collector may as well keep it so. */
const MEMORY_FLAGS = ["--max-semi-space-size=2", "--disable-warning=ExperimentalWarning"];

export type BotState = "running" | "starting" | "killed";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One life of it. */
class Life {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  isOver = false;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;

  constructor(program: string) {
    this.child = fork(program, [], { serialization: "advanced", execArgv: MEMORY_FLAGS });
    this.child.on("message", (message) => this.settle(message as AnswerMessage));
    this.ended = once(this.child, "exit").then(() => {
      this.isOver = true;
      for (const { reject } of this.waiting.values()) reject(new Error("the bot's process has ended"));
      this.waiting.clear();
    });
  }

  call<K extends BotCallName>(name: K, ...[given]: Parameters<BotCalls[K]>): Promise<ReturnType<BotCalls[K]>> {
    if (this.isOver) return Promise.reject(new Error("the bot's process has ended"));
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (value) => resolve(value as ReturnType<BotCalls[K]>), reject });
      // What cannot be sent any more is told by the end of the process.
      this.child.send({ id, name, given }, () => undefined);
    });
  }

  private settle(message: AnswerMessage): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ("fault" in message) waiting?.reject(new Error(message.fault));
    else waiting?.resolve(message.value);
  }
}

export class BotProcess implements FollowedBot, Api {
  /** Counts its lives: 1 for the first. */
  lives = 0;
  private readonly settings: () => BotSettings;
  private readonly told: (state: BotState) => void;
  private readonly program: string;
  private life: Life | null = null;
  private current: BotState = "killed";

  /**
   * @param settings asked at each start: the clock may have moved
   * @param told is called whenever its state changes
   * @param program the compiled main.ts, where this file itself is not compiled
   */
  constructor(settings: () => BotSettings, told: (state: BotState) => void = () => undefined, program = PROGRAM) {
    this.settings = settings;
    this.told = told;
    this.program = program;
  }

  get state(): BotState {
    return this.current;
  }

  /** The process's number; null while there is none. */
  get pid(): number | null {
    return this.life && !this.life.isOver ? (this.life.child.pid ?? null) : null;
  }

  /** Begins to load the program, so that less is left to wait for at `start`. */
  load(): void {
    if (this.life && !this.life.isOver) return;
    const life = new Life(this.program);
    this.life = life;
    this.lives += 1;
    void life.ended.then(() => {
      if (this.life === life) this.become("killed");
    });
  }

  /** @throws Error with what the bot said of it, when it does not start */
  async start(): Promise<void> {
    if (this.current !== "killed") return;
    this.load();
    this.become("starting");
    const life = this.life;
    try {
      await life?.call("start", this.settings());
    } catch (error) {
      life?.child.kill("SIGKILL");
      throw error;
    }
    this.become("running");
  }

  /** Ends the process at once (SIGKILL): nothing of what it was doing is finished. */
  async kill(): Promise<void> {
    this.life?.child.kill("SIGKILL");
    await this.life?.ended;
  }

  /** Drains it and ends it. */
  async stop(): Promise<void> {
    const life = this.life;
    if (!life || life.isOver) return;
    await life.call("stop").catch(() => undefined);
    await life.ended;
  }

  readonly desk: FollowedBot["desk"] = {
    click: (inbound) => this.living().call("click", inbound),
    submitForm: (inbound) => this.living().call("submitForm", inbound),
  };

  /** What its API answers; that it is stopped, while it is. */
  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const answered = this.current === "running" ? await this.ifAlive((life) => life.call("api", request)) : undefined;
    return answered ?? stopped();
  }

  idle(): Promise<void> {
    return this.ifRunning("idle");
  }

  runDue(): Promise<void> {
    return this.ifRunning("runDue");
  }

  async setClock(offset: number): Promise<void> {
    // A process that starts is given the clock when it does.
    if (this.current === "running") await this.ifAlive((life) => life.call("setClock", offset));
  }

  /** Why it is not well; nothing when it is. */
  async health(): Promise<readonly Fault[]> {
    const away = (reason: string): readonly Fault[] => [{ code: "demarrage", reason }];
    if (this.current === "starting") return away(healthTexts.demonstrationStarting);
    if (this.current === "killed") return away(healthTexts.demonstrationKilled);
    return (await this.ifAlive((life) => life.call("health"))) ?? away(healthTexts.demonstrationEnded);
  }

  /** Its figures, as Prometheus reads them; empty while it does not run. */
  async metrics(): Promise<string> {
    return this.current === "running" ? ((await this.ifAlive((life) => life.call("metrics"))) ?? "") : "";
  }

  private living(): Life {
    if (!this.life || this.current !== "running") throw new Error("the bot does not run");
    return this.life;
  }

  private async ifRunning(name: "idle" | "runDue"): Promise<void> {
    if (this.current === "running") await this.ifAlive((life) => life.call(name));
  }

  /** What it answers; undefined when it ends before it could. @throws what went wrong there, while it lives */
  private async ifAlive<T>(ask: (life: Life) => Promise<T>): Promise<T | undefined> {
    const { life } = this;
    if (!life) return undefined;
    try {
      return await ask(life);
    } catch (error) {
      await Promise.race([life.ended, Promise.resolve()]);
      if (life.isOver) return undefined;
      throw error;
    }
  }

  private become(state: BotState): void {
    this.current = state;
    this.told(state);
  }
}
