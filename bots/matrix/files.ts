/** Files: streamed from the homeserver and to it, never held whole but in encrypted rooms, where the library needs them so. */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { AS_STORED, announcedBytes } from "../../src/delivery/fileBytes.ts";
import { DeliveryFault, type OutgoingFile } from "../../src/delivery/port.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import type { Content, MatrixApi } from "./api.ts";
import { deliveryFault, MatrixFault } from "./faults.ts";
import type { Pace } from "./pace.ts";
import { unsealed } from "./sealedFiles.ts";

const UPLOAD_MS = 10 * 60_000;
const ANSWER_MS = 30_000;

const mxc = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_~.-]{1,255})$/;
const uploaded = z.object({ content_uri: z.string().regex(mxc) });
/** As the key travels with an encrypted file: https://spec.matrix.org/latest/client-server-api/#extensions-to-mroommessage-msgtypes */
export const encryptedFile = z.looseObject({ url: z.string().regex(mxc), key: z.looseObject({}), iv: z.string() });

/** Without its name, which the event bears: an address ends in the logs of every proxy on the way. */
async function send(api: MatrixApi, mimetype: string, size: number, body: Readable | Buffer): Promise<string> {
  const response = await api.stream("/_matrix/media/v3/upload", {
    method: "POST",
    headers: { "content-type": mimetype, "content-length": String(size) },
    body: body as unknown as NonNullable<RequestInit["body"]>,
    signal: AbortSignal.timeout(UPLOAD_MS),
    duplex: "half",
  } as RequestInit);
  const text = await response.text();
  if (!response.ok) throw new MatrixFault(response.status, text, response.headers.get("retry-after"));
  return uploaded.parse(JSON.parse(text)).content_uri;
}

/**
 * Uploads the bytes; the part of a message's content that says where they are.
 * @throws DeliveryFault
 */
export async function upload(api: MatrixApi, pace: Pace, room: string, file: OutgoingFile): Promise<Content> {
  // What is wrong with the bytes comes out of the call as an answer that never came.
  let ofBytes: unknown = null;
  async function* noted(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* bytes;
    } catch (error) {
      ofBytes = error;
      throw error;
    }
  }
  try {
    if (api.encrypts && (await api.isEncrypted(room))) {
      const sealed = await api.connection.crypto.encryptMedia(await buffer(announcedBytes(file, await file.open())));
      const url = await pace.run("now", () => send(api, "application/octet-stream", sealed.buffer.length, sealed.buffer));
      return { file: { ...sealed.file, url } };
    }
    const url = await pace.run("now", async () =>
      send(api, file.mimetype, file.size, Readable.from(noted(announcedBytes(file, await file.open())))),
    );
    return { url };
  } catch (error) {
    const fault = ofBytes ?? deliveryFault(error);
    if (fault instanceof DeliveryFault) throw fault;
    throw new DeliveryFault("retry", "upload_interrupted", { cause: error });
  }
}

async function open(api: MatrixApi, address: string): Promise<Response> {
  const [, server = "", media = ""] = mxc.exec(address) ?? [];
  if (media === "") throw new DeliveryFault("content", "file_not_found");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_MS);
  const path = `${encodeURIComponent(server)}/${encodeURIComponent(media)}`;
  try {
    const response = await api.stream(`/_matrix/client/v1/media/download/${path}`, { headers: AS_STORED, signal: late.signal });
    if (response.status !== 404) return response;
    const { code } = new MatrixFault(404, await response.text());
    // Homeservers from before authenticated media (Matrix 1.11) have another address for it.
    return code === "M_UNRECOGNIZED" || code === "http_404"
      ? await api.stream(`/_matrix/media/v3/download/${path}`, { headers: AS_STORED, signal: late.signal })
      : new Response(null, { status: 404 });
  } catch (error) {
    throw deliveryFault(error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The bytes, as they come.
 * @param file an `mxc://` address, or in JSON what an encrypted file needs to be opened
 * @throws DeliveryFault
 */
export async function openMatrixFile(api: MatrixApi, { file, size }: Pick<FileRef, "file" | "size">): Promise<Readable> {
  if (!file.startsWith("{")) return bodyOf(await open(api, file));
  const sealed = encryptedFile.parse(JSON.parse(file));
  if (!api.encrypts) throw new DeliveryFault("content", "file_encrypted");
  return Readable.from([await unsealed(sealed, bodyOf(await open(api, sealed.url)), size)]);
}

function bodyOf(response: Response): Readable {
  const { status, body } = response;
  if (status === 200 && body !== null) return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  void body?.cancel();
  if (status === 404 || status === 410) throw new DeliveryFault("content", "file_not_found");
  if (status === 429 || status >= 500) throw new DeliveryFault("retry", `file_${status}`);
  throw new DeliveryFault("place", `file_${status}`);
}

/** `m.image` for what clients show at once, `m.file` for the rest. */
export const fileType = (mimetype: string): string =>
  /^(image|audio|video)\//.test(mimetype) ? `m.${mimetype.split("/")[0]}` : "m.file";
