/**
 * Where the server listens: on a socket in its own folder, which only the account that owns it may open, or, where there can be none,
 * on a port of the loopback interface, which every account of the machine can reach.
 */
import { chmod, rm } from "node:fs/promises";
import type { AddressInfo, Server } from "node:net";
import { join, resolve } from "node:path";

/** Linux takes 107 bytes, macOS 103. */
const LONGEST_PATH = 103;
/** What file systems that have no sockets say, and systems that are in the way of them. */
const NO_SOCKETS: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EINVAL",
  "EIO",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EPERM",
  "EROFS",
]);

/** Why it listens on a port: nobody asked for a socket; its path would be too long; the file system has none. */
export type OnPort = "asked" | "pathTooLong" | "noSockets";

export interface Address {
  /** Without a database name. */
  readonly uri: string;
  /** Null on a socket. */
  readonly onPort: OnPort | null;
}

function listening(server: Server, at: { path: string } | { port: number; host: string }): Promise<void> {
  return new Promise((resolved, reject) => {
    server.once("error", reject);
    server.listen(at, () => {
      server.off("error", reject);
      resolved();
    });
  });
}

/** @throws Error when the port is taken */
export async function listenOnPort(server: Server, port: number, host: string, onPort: OnPort = "asked"): Promise<Address> {
  await listening(server, { port, host });
  const { port: given } = server.address() as AddressInfo;
  return { uri: `mongodb://${host.includes(":") ? `[${host}]` : host}:${given}/?directConnection=true`, onPort };
}

/** @param folder locked by this process: a socket that is there was left by one that was killed */
export async function listenInFolder(server: Server, folder: string): Promise<Address> {
  const path = join(resolve(folder), "mongo.sock");
  const otherwise = (onPort: OnPort) => listenOnPort(server, 0, "127.0.0.1", onPort);
  if (process.platform === "win32") return otherwise("noSockets");
  if (Buffer.byteLength(path) > LONGEST_PATH) return otherwise("pathTooLong");
  try {
    await rm(path, { force: true });
    // Before it listens: there is no moment at which others could connect. Some shared volumes allow no change; then the socket's own mode holds.
    await chmod(folder, 0o700).catch(() => undefined);
    await listening(server, { path });
    await chmod(path, 0o600);
  } catch (error) {
    if (!NO_SOCKETS.has((error as NodeJS.ErrnoException).code) || server.listening) throw error;
    return otherwise("noSockets");
  }
  return { uri: `mongodb://${encodeURIComponent(path)}/?directConnection=true`, onPort: null };
}
