/**
 * The driver that waits for a full socket to be emptied hears of its end only as an error. A socket that the server ended politely, and
 * which is not quite closed, takes nothing and raises none: the driver (mongodb 7.8, and 7.9) waited for ever. When it was its monitor, it
 * never looked for the database again. Here such a wait ends with its socket.
 */
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import mongoose from "mongoose";

/** Of the driver's own class, which it does not export: what is used of it here. */
interface DriverConnection {
  readonly socket: Socket;
  writeCommand(...of: unknown[]): Promise<void>;
}

const requireFor = createRequire(import.meta.url);
// The driver that mongoose has, were there another.
const ofMongoose = createRequire(requireFor.resolve("mongoose"));
const { Connection } = ofMongoose("mongodb/lib/cmap/connection.js") as {
  readonly Connection: { readonly prototype: DriverConnection };
};

let isDone = false;

/** For all connections of this process, from then on. */
export function failOnEndedSockets(): void {
  if (isDone) return;
  isDone = true;
  const { writeCommand } = Connection.prototype;
  Connection.prototype.writeCommand = async function (this: DriverConnection, ...of) {
    const { socket } = this;
    let onClose = (): void => undefined;
    const closed = new Promise<never>((_, reject) => {
      onClose = () => reject(new mongoose.mongo.MongoNetworkError("the connection was ended while it was written to"));
    });
    socket.once("close", onClose);
    try {
      await Promise.race([writeCommand.apply(this, of), closed]);
    } finally {
      socket.off("close", onClose);
    }
  };
}
