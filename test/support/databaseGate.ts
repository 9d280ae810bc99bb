/** A gate before the database: open; shut, as when it is away; only read, as when its disk is full; or refusing updates and nothing else. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { formatAnswer, MessageReader, parseMessage } from "../../sandbox/mongo/wire.ts";

const REFUSED = {
  open: [],
  shut: [],
  "read-only": ["insert", "update", "delete", "findAndModify", "findandmodify"],
  "no updates": ["update"],
} satisfies Record<string, readonly string[]>;
const FULL = { ok: 0, code: 14031, codeName: "OutOfDiskSpace", errmsg: "no space left on this test's disk" };

export interface DatabaseGate {
  /** As the one it leads to, through the gate. */
  readonly uri: string;
  set(state: keyof typeof REFUSED): void;
  close(): Promise<void>;
}

const commandOf = (message: Buffer): string => Object.keys(parseMessage(message).body)[0] ?? "";

/** @param target names one host with its port */
export async function startDatabaseGate(target: string): Promise<DatabaseGate> {
  const address = /^mongodb:\/\/(?:[^@/]*@)?([^/:,]+):(\d+)\//.exec(target);
  if (!address) throw new Error("the address of the database names no single host and port");
  const [, host = "", port = ""] = address;
  const sockets = new Set<Socket>();
  let state: Parameters<DatabaseGate["set"]>[0] = "open";

  const server = createServer((client) => {
    if (state === "shut") return void client.destroy();
    const onward = connect(Number(port), host);
    const reader = new MessageReader();
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    onward.pipe(client);
    client.on("data", (chunk) => {
      for (const message of reader.push(chunk)) {
        if (REFUSED[state].some((refused) => refused === commandOf(message)))
          for (const part of formatAnswer(parseMessage(message), FULL)) client.write(part);
        else onward.write(message);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const uri = target.replace(`${host}:${port}`, here);
  return {
    // A driver that asked the server for its address would go round the gate.
    uri: uri.includes("directConnection=") ? uri : `${uri}${uri.includes("?") ? "&" : "?"}directConnection=true`,
    set(next) {
      state = next;
      if (next === "shut") for (const socket of sockets) socket.destroy();
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
