/** MongoDB's wire protocol: messages cut from a stream of bytes, and answers put together. */
import { MongoFailure } from "./failure.ts";
import { type Doc, decodeUntrusted, encode, isDoc, type Value } from "./values.ts";

const HEADER_BYTES = 16;
/** What the server tells clients in `hello`, and holds them to. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_COMPRESSED = 2012;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0 to 15 must be understood; the only ones there are, are the two above. */
const UNKNOWN_REQUIRED = 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME);

/** A command as it came: its name is the first field of the body. */
export interface Request {
  readonly id: number;
  readonly body: Doc;
  readonly answer: "msg" | "reply" | "none";
}

/** The bytes cannot be a message: the connection is of no use any more. */
export class ProtocolError extends Error {}

/** Cuts messages out of the chunks of a socket. */
export class MessageReader {
  private chunks: Buffer[] = [];
  private length = 0;

  /** Adds a chunk and returns the messages that are complete. @throws {ProtocolError} for an impossible length. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.length += chunk.length;
    const messages: Buffer[] = [];
    for (let size = this.nextSize(); size !== undefined && this.length >= size; size = this.nextSize())
      messages.push(this.take(size));
    return messages;
  }

  private nextSize(): number | undefined {
    if (this.length < 4) return undefined;
    if ((this.chunks[0] as Buffer).length < 4) this.chunks = [Buffer.concat(this.chunks)];
    const size = (this.chunks[0] as Buffer).readInt32LE(0);
    if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new ProtocolError(`a message of ${size} bytes`);
    return size;
  }

  private take(size: number): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.length);
    this.chunks = all.length === size ? [] : [all.subarray(size)];
    this.length -= size;
    return all.subarray(0, size);
  }
}

/**
 * @throws {ProtocolError} where not even the shape of the message holds
 * @throws {MongoFailure} where the message holds a document that is no BSON: it can be answered
 */
export function parseMessage(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  switch (opCode) {
    case OP_MSG:
      return parseMsg(id, message);
    case OP_QUERY:
      return parseQuery(id, message);
    case OP_COMPRESSED:
      throw new ProtocolError("a compressed message, though no compression was agreed on");
    default:
      throw new ProtocolError(`operation ${opCode}`);
  }
}

/** The id of a message that could not be read, so that its error can still be answered. */
export const messageId = (message: Buffer): number => message.readInt32LE(4);

function parseMsg(id: number, message: Buffer): Request {
  const flags = readUInt32(message, HEADER_BYTES);
  if ((flags & UNKNOWN_REQUIRED) !== 0) throw new ProtocolError(`flags ${flags}`);
  const end = message.length - ((flags & CHECKSUM_PRESENT) !== 0 ? 4 : 0);
  let at = HEADER_BYTES + 4;
  let body: Doc | undefined;
  const sequences: [string, Doc[]][] = [];
  while (at < end) {
    const kind = message[at++];
    const size = readInt32(message, at);
    if (size < 5 || at + size > end) throw new ProtocolError("a section longer than its message");
    if (kind === 0) {
      if (body !== undefined) throw new ProtocolError("two bodies");
      body = decodeUntrusted(message.subarray(at, at + size));
    } else if (kind === 1) {
      sequences.push(parseSequence(message.subarray(at, at + size)));
    } else {
      throw new ProtocolError(`a section of kind ${kind}`);
    }
    at += size;
  }
  if (body === undefined) throw new ProtocolError("no body");
  for (const [name, docs] of sequences) {
    if (Object.hasOwn(body, name))
      throw new MongoFailure("BadValue", `the field ${name} is both in the body and a document sequence`);
    body[name] = docs;
  }
  return { id, body, answer: (flags & MORE_TO_COME) !== 0 ? "none" : "msg" };
}

function parseSequence(section: Buffer): [string, Doc[]] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd === -1) throw new ProtocolError("a document sequence without a name");
  const name = section.toString("utf8", 4, nameEnd);
  if (name === "__proto__") throw new ProtocolError("a document sequence of that name");
  const docs: Doc[] = [];
  for (let at = nameEnd + 1; at < section.length; ) {
    const size = readInt32(section, at);
    if (size < 5 || at + size > section.length) throw new ProtocolError("a document longer than its sequence");
    docs.push(decodeUntrusted(section.subarray(at, at + size)));
    at += size;
  }
  return [name, docs];
}

/** The old message of the handshake: `admin.$cmd` and a command; the field `$query` may wrap it. */
function parseQuery(id: number, message: Buffer): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd === -1) throw new ProtocolError("a query without a collection");
  const namespace = message.toString("utf8", HEADER_BYTES + 4, nameEnd);
  const at = nameEnd + 1 + 8;
  const size = readInt32(message, at);
  if (size < 5 || at + size > message.length) throw new ProtocolError("a query longer than its message");
  const query = decodeUntrusted(message.subarray(at, at + size));
  const wrapped: Value = query.$query;
  const body: Doc = isDoc(wrapped) ? wrapped : query;
  if (!namespace.endsWith(".$cmd")) throw new ProtocolError("an OP_QUERY that is no command");
  return { id, body: { ...body, $db: namespace.slice(0, -".$cmd".length) }, answer: "reply" };
}

function readInt32(bytes: Buffer, at: number): number {
  if (at < 0 || at + 4 > bytes.length) throw new ProtocolError("a message cut short");
  return bytes.readInt32LE(at);
}

const readUInt32 = (bytes: Buffer, at: number): number => readInt32(bytes, at) >>> 0;

/** An answer: a document, or its bytes where they were put together by hand. */
export type Answer = Record<string, unknown> | Buffer;

let lastId = 0;

/** The bytes of an answer. */
export function formatAnswer(request: { readonly id: number; readonly answer: Request["answer"] }, answer: Answer): Buffer[] {
  const body = Buffer.isBuffer(answer) ? answer : encode(answer);
  const prefix = request.answer === "reply" ? replyPrefix() : Buffer.alloc(5);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + body.length, 0);
  lastId = (lastId + 1) & 0x7fffffff;
  header.writeInt32LE(lastId, 4);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(request.answer === "reply" ? OP_REPLY : OP_MSG, 12);
  return [header, prefix, body];
}

/** Flags « await capable », no cursor, starting from 0, one document. */
function replyPrefix(): Buffer {
  const prefix = Buffer.alloc(20);
  prefix.writeInt32LE(8, 0);
  prefix.writeInt32LE(1, 16);
  return prefix;
}
