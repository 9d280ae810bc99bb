/** The instants at which a bot can be killed: before and after each of its writes, and each of its calls to a chat platform. */
import type { Call, Proxy as MatrixProxy } from "../bots/matrix/homeserver.ts";
import type { World } from "./world.ts";

export type Phase = "before" | "after";

/** Told of each instant, and awaited; « lost » keeps from happening what was about to. */
export type Watcher = (label: string, phase: Phase) => Promise<"lost" | undefined>;

/** How often an instant is chosen at which nobody was killed yet, or once all were, at which least was; the others are any. */
const NEVER_YET = 0.7;
const RARE = 0.3;
/** How many instants into its life a bot is killed at any of them. */
const FAR = 90;

/** `PUT send/m.room.message`: a call to a homeserver without its ids. */
function matrixLabel({ method, path }: Call): string {
  const words = (path.split("?")[0] ?? "").split("/").filter((part) => /^(m\.)?[a-z_.]+$/.test(part));
  return `${method} ${words.filter((word) => word !== "_matrix" && word !== "client").join("/")}`;
}

/** Watches every write to the database (the embedded one) and every call to Slack and to the homeserver. Gives the end of the watch. */
export function watchInstants({ slack, matrix, intercept }: World, watcher: Watcher): () => void {
  const endOnMatrix = matrix ? watchMatrix(matrix.proxy, watcher) : () => undefined;
  const end = slack.onCall(async (phase, method) => {
    // Whoever asked is dead; that Slack acted all the same is the harder case, so « lost » changes nothing here.
    await watcher(method, phase);
  });
  intercept?.(async (phase, command, _db, collection) => {
    if ((await watcher(`${command} ${collection}`, phase)) === "lost") throw new Error("the write was lost on the way");
  });
  return () => {
    end();
    endOnMatrix();
    intercept?.(undefined);
  };
}

/** A call whose asker is dead goes on to the homeserver, which acts: the harder case. */
function watchMatrix(proxy: MatrixProxy, watcher: Watcher): () => void {
  proxy.judge = async (call) => {
    await watcher(matrixLabel(call), "before");
    return undefined;
  };
  const end = proxy.listen({
    async after(call, answer) {
      await watcher(matrixLabel(call), "after");
      return answer;
    },
  });
  return () => {
    end();
    proxy.judge = () => undefined;
  };
}

/**
 * Chooses the next instant: a kind that was never killed at, or of those that were least; or any, some way into the life of the
 * process.
 */
export class Chooser {
  /** Every kind seen, and how often a bot was killed there. */
  readonly kinds = new Map<string, number>();
  private readonly random: () => number;
  private readonly before: ReadonlyMap<string, number>;
  private wanted: string | null = null;
  private left = 0;

  /**
   * @param random between 0 and 1, repeatable
   * @param before how often bots of earlier worlds were killed at each kind of instant: those count among what is rare
   */
  constructor(random: () => number, before: ReadonlyMap<string, number> = new Map()) {
    this.random = random;
    this.before = before;
  }

  /** From now on, `isIt` says when the chosen instant is there. */
  choose(): void {
    const killsAt = ([kind, kills]: readonly [string, number]) => kills + (this.before.get(kind) ?? 0);
    const least = Math.min(...[...this.kinds].map(killsAt), Number.POSITIVE_INFINITY);
    const rare = [...this.kinds].filter((kind) => killsAt(kind) === least).map(([kind]) => kind);
    const isRare = this.random() < (least === 0 ? NEVER_YET : RARE);
    this.wanted = isRare ? (rare[Math.floor(this.random() * rare.length)] ?? null) : null;
    this.left = 1 + Math.floor(this.random() * (this.wanted === null ? FAR : 3));
  }

  /** Whether this is the instant that was chosen; counts it as killed at. */
  isIt(label: string, phase: Phase): boolean {
    const kind = `${phase} ${label}`;
    this.kinds.set(kind, this.kinds.get(kind) ?? 0);
    if (this.left === 0 || (this.wanted !== null && this.wanted !== kind)) return false;
    this.left -= 1;
    if (this.left > 0) return false;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    return true;
  }

  /** The chosen kind does not come: any will do. */
  relent(): void {
    this.wanted = null;
  }

  /** No instant is chosen any more. */
  forget(): void {
    this.left = 0;
  }
}

/** Numbers between 0 and 1, the same for the same seed (xorshift). */
export function series(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
