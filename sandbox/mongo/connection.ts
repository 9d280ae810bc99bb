/** One client's socket: its commands run one after the other, as they came. */
import type { Socket } from "node:net";
import type { Service } from "./commands/command.ts";
import { dispatch } from "./dispatch.ts";
import { asFailure, MongoFailure } from "./failure.ts";
import {
  type Answer,
  formatAnswer,
  MAX_MESSAGE_BYTES,
  MessageReader,
  messageId,
  ProtocolError,
  parseMessage,
  type Request,
} from "./wire.ts";

/** How much a client may have waiting before the server reads no further. */
const MOST_MESSAGES = 100;
const MOST_BYTES = 2 * MAX_MESSAGE_BYTES;

/**
 * Serves a socket, which allows half-open connections, until it closes.
 * @returns a promise for the end of the command under way, once the socket is closed
 */
export function serveConnection(socket: Socket, service: Service, connection: number): { stop(): Promise<void> } {
  const reader = new MessageReader();
  const waiting: Buffer[] = [];
  const full = (): boolean =>
    waiting.length >= MOST_MESSAGES || waiting.reduce((sum, { length }) => sum + length, 0) >= MOST_BYTES;
  let working: Promise<void> | undefined;
  let ended = false;

  const work = async (): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined && !socket.destroyed; message = waiting.shift()) {
      const request = readRequest(message, socket);
      if (request === undefined) return;
      const answer = "answerTo" in request ? request.failure : await dispatch(request.body, service, connection);
      const to = "answerTo" in request ? request.answerTo : request;
      if (to.answer !== "none") await send(socket, formatted(to, answer));
      if (socket.isPaused() && !full()) socket.resume();
    }
  };

  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    try {
      waiting.push(...reader.push(chunk));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.destroy();
      return;
    }
    if (full()) socket.pause();
    working ??= work()
      .catch(() => void socket.destroy())
      .finally(() => {
        working = undefined;
        if (ended) socket.end();
      });
  });
  // A client that has said all it wants to say may still be waiting for the answer.
  socket.on("end", () => {
    ended = true;
    if (working === undefined) socket.end();
  });
  // A socket that breaks is closed by Node.js; without a listener the error would end the process.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    waiting.length = 0;
  });

  return {
    stop: async () => {
      waiting.length = 0;
      await working;
      socket.destroy();
    },
  };
}

type Unreadable = { readonly answerTo: { readonly id: number; readonly answer: "msg" }; readonly failure: Answer };

/** Undefined where the bytes make no sense and the socket was closed. */
function readRequest(message: Buffer, socket: Socket): Request | Unreadable | undefined {
  try {
    return parseMessage(message);
  } catch (error) {
    if (error instanceof MongoFailure)
      return { answerTo: { id: messageId(message), answer: "msg" }, failure: failureAnswer(error) };
    socket.destroy();
    return undefined;
  }
}

const failureAnswer = (failure: MongoFailure): Record<string, unknown> => ({
  ok: 0,
  errmsg: failure.message,
  code: failure.code,
  codeName: failure.codeName,
});

/** An answer that cannot be encoded (one of more than 16 MB) is an error for its client, not for the server. */
function formatted(request: Pick<Request, "id" | "answer">, answer: Answer): Buffer[] {
  try {
    return formatAnswer(request, answer);
  } catch (error) {
    return formatAnswer(request, failureAnswer(asFailure(error)));
  }
}

/** Waits for a slow reader, so that answers do not pile up in memory. */
function send(socket: Socket, parts: readonly Buffer[]): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  socket.cork();
  let flowing = true;
  for (const part of parts) flowing = socket.write(part);
  socket.uncork();
  if (flowing) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}
