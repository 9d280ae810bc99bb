/**
 * matrix-bot-sdk, and the only file that knows it: its client, with requests that can be called off, that say what became of
 * them, and that are not retried behind anybody's back.
 */
import { createRequire } from "node:module";
import { assertHeld } from "../../src/delivery/hold.ts";
import type { Log } from "../log.ts";
import { isTokenFault, MatrixFault, NetworkFault } from "./faults.ts";

type Sdk = typeof import("matrix-bot-sdk");

/** `StoreType.Sqlite`, a constant that only the library's types bear. */
const SQLITE = 1;
const NATIVE_CRYPTO = "@matrix-org/matrix-sdk-crypto-nodejs";

const require = createRequire(import.meta.url);

/** Whether the native cryptography is there and whole. */
function hasNativeCrypto(): boolean {
  try {
    return "OlmMachine" in require(NATIVE_CRYPTO);
  } catch {
    return false;
  }
}

/**
 * The library loads its native cryptography at once, and throws where it was not downloaded at install. An empty module in
 * its place lets all the rest work: https://nodejs.org/api/modules.html#requirecache allows it.
 */
function loadSdk(): { sdk: Sdk; encrypts: boolean } {
  const encrypts = hasNativeCrypto();
  if (!encrypts) {
    const filename = require.resolve(NATIVE_CRYPTO);
    const empty = { id: filename, filename, loaded: true, exports: {}, children: [], paths: [] };
    require.cache[filename] = empty as unknown as NodeJS.Module;
  }
  return { sdk: require("matrix-bot-sdk") as Sdk, encrypts };
}

const { sdk, encrypts } = loadSdk();

/** Whether this machine has the native cryptography: without it, encrypted rooms cannot be read. */
export const canEncrypt = encrypts;

/** One call to the homeserver, for the metrics. */
export interface MatrixCall {
  readonly method: string;
  readonly outcome: "ok" | "refused" | "rate_limited" | "failed";
  /** The homeserver's own word when it refused (`M_FORBIDDEN`); null otherwise. */
  readonly code: string | null;
  readonly durationMs: number;
}

export interface ConnectionOptions {
  /** The address of the homeserver, or of Pantalaimon in front of it. */
  readonly homeserver: string;
  readonly accessToken: string;
  /** Where the keys of encrypted rooms are kept: a folder that lasts, and that one process at a time uses. Null: no encryption. */
  readonly cryptoFolder: string | null;
  /** Whether an encrypting proxy (Pantalaimon) stands before the homeserver: then all rooms are as if in clear. */
  readonly proxyEncrypts?: boolean | undefined;
  readonly log: Log;
  readonly onCall?: ((call: MatrixCall) => void) | undefined;
  /** Told of each answer: `null` when the token was taken, the homeserver's word when it was refused. */
  readonly onToken?: ((code: string | null) => void) | undefined;
}

export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** How long to wait for the answer, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** For the metrics; the path without its ids otherwise. */
  readonly label?: string;
}

/** A call that has not been answered by then is to retry: its transaction id keeps it from being done twice. */
const TIMEOUT_MS = 20_000;

/** The first words of the path that are no ids: `rooms/send`, `createRoom`. No more than two: an id may look like a word. */
const labelOf = (path: string): string =>
  path
    .split("/")
    .filter((part) => /^[a-z][A-Za-z_]*$/.test(part) && part !== "client")
    .slice(0, 2)
    .join("/");

const searchOf = (query: CallOptions["query"]): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value != null) search.append(name, String(value));
  return search.size === 0 ? "" : `?${search}`;
};

/** The library's own log lines may quote what people typed: they are dropped, its faults come as exceptions. */
sdk.LogService.setLogger({
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});

class Client extends sdk.MatrixClient {
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions, homeserver: string) {
    const crypto =
      encrypts && options.cryptoFolder !== null ? new sdk.RustSdkCryptoStorageProvider(options.cryptoFolder, SQLITE) : undefined;
    super(homeserver, options.accessToken, new sdk.MemoryStorageProvider(), crypto);
    this.#options = options;
  }

  /** As the library's own, by which all of its calls go; its timeout is a number of milliseconds. */
  // biome-ignore lint/suspicious/noExplicitAny: the library's own signature
  override doRequest(method: HttpMethod, path: string, query?: any, body?: any, timeout?: number): Promise<any> {
    return this.call(method, path, { query: query ?? {}, body, ...(timeout && { timeoutMs: timeout }) });
  }

  /** @throws MatrixFault when the homeserver refuses; NetworkFault when it does not answer */
  async call(method: HttpMethod, path: string, options: CallOptions = {}): Promise<unknown> {
    assertHeld();
    const started = performance.now();
    const label = options.label ?? labelOf(path);
    const count = (outcome: MatrixCall["outcome"], code: string | null) =>
      this.#options.onCall?.({ method: label, outcome, code, durationMs: performance.now() - started });
    try {
      const answer = await this.#fetch(method, path, options);
      count("ok", null);
      this.#options.onToken?.(null);
      return answer;
    } catch (error) {
      if (error instanceof MatrixFault) {
        count(error.retryAfterMs === null ? "refused" : "rate_limited", error.code);
        this.#options.onToken?.(isTokenFault(error) ? error.code : null);
      } else if (!options.signal?.aborted) count("failed", null);
      throw error;
    }
  }

  async #fetch(method: HttpMethod, path: string, { query, body, timeoutMs = TIMEOUT_MS, signal }: CallOptions): Promise<unknown> {
    const bytes = Buffer.isBuffer(body);
    const late = AbortSignal.timeout(timeoutMs);
    const { ok, status, headers, text } = await answerTo(`${this.homeserverUrl}${path}${searchOf(query)}`, {
      method,
      headers: {
        authorization: `Bearer ${this.accessToken}`,
        ...(body == null ? {} : { "content-type": bytes ? "application/octet-stream" : "application/json" }),
      },
      ...(body == null ? {} : { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
      redirect: "error",
    });
    if (ok) return text === "" ? {} : JSON.parse(text);
    throw new MatrixFault(status, text, headers.get("retry-after"));
  }
}

/** The whole answer. @throws NetworkFault when none comes */
async function answerTo(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new NetworkFault(error);
  }
}

export type MatrixConnection = InstanceType<typeof Client>;

/** Nothing is sent yet. @throws TypeError for an address that is none */
export function connect(options: ConnectionOptions): MatrixConnection {
  const { origin, pathname } = new URL(options.homeserver);
  return new Client(options, `${origin}${pathname.replace(/(?<!\/)\/+$/, "")}`);
}

/** The clear event behind an encrypted one. @throws what the library throws when no key opens it */
export async function decrypt<T extends object>(connection: MatrixConnection, room: string, event: T): Promise<T> {
  // The library changes what it is given.
  const opened = await connection.crypto.decryptRoomEvent(new sdk.EncryptedRoomEvent(structuredClone(event)), room);
  return { ...event, type: opened.type, content: opened.content };
}
