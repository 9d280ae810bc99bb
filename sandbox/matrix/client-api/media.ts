import { badRequest, MatrixError, notFound } from "../state/error.ts";
import { newLetters } from "../state/ids.ts";
import type { MediaRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { Answer, type Call, endpoint, param } from "./endpoint.ts";

/** No file is bigger (Synapse's default). */
export const MOST_UPLOADED = 50 * 1024 * 1024;

/** Types that a browser may show in place; all others are to be saved. */
const SHOWN_IN_PLACE = /^(?:text\/(?:css|plain|csv)|application\/(?:json|ld\+json)|(?:image|audio|video)\/[\w.+-]+)(?:;|$)/;

/** Keeps a file; returns its `mxc:` address. */
export function storeMedia(world: World, userId: string, bytes: Buffer, contentType: string, filename?: string): string {
  const id = newLetters(24);
  const named = filename === undefined ? {} : { filename };
  world.store.putBytes(id, bytes);
  world.media.put(id, { id, userId, contentType, size: bytes.length, ...named });
  return `mxc://${world.serverName}/${id}`;
}

function upload(call: Call): { content_uri: string } {
  if (call.bytes.length > MOST_UPLOADED) throw new MatrixError(413, "M_TOO_LARGE", "Upload request body is too large");
  const type = call.contentType === "" ? "application/octet-stream" : call.contentType;
  return { content_uri: storeMedia(call.world, call.actor.userId, call.bytes, type, call.query.filename) };
}

export function mediaOf(world: World, serverName: string, id: string): { record: MediaRecord; bytes: Buffer } | undefined {
  const record = serverName === world.serverName ? world.media.get(id) : undefined;
  const bytes = record && world.store.getBytes(id);
  return record && bytes ? { record, bytes } : undefined;
}

function download(call: Call): Answer {
  const found = mediaOf(call.world, param(call, "serverName"), param(call, "mediaId"));
  if (!found) throw notFound(`Not found '${param(call, "mediaId")}'`);
  const { record, bytes } = found;
  const filename = call.params.filename ?? record.filename;
  const place = SHOWN_IN_PLACE.test(record.contentType) ? "inline" : "attachment";
  return new Answer(200, bytes, {
    "content-type": record.contentType === "text/plain" ? "text/plain; charset=UTF-8" : record.contentType,
    "content-disposition": filename === undefined ? place : `${place}; ${disposition(filename)}`,
    "content-security-policy": "sandbox; default-src 'none'; media-src 'self'; object-src 'self';",
    "cache-control": "public,max-age=86400,s-maxage=0,proxy-revalidate",
    "cross-origin-resource-policy": "cross-origin",
  });
}

function disposition(filename: string): string {
  if (/^[\w.-]+$/.test(filename)) return `filename=${filename}`;
  return `filename*=utf-8''${encodeURIComponent(filename)}`;
}

/** Files are given only to those who say who they are, since Matrix 1.11. */
const legacy = (): never => {
  throw notFound("Not found");
};

const config = () => ({ "m.upload.size": MOST_UPLOADED });
const thumbnail = (): never => {
  throw badRequest("Cannot find any thumbnails for the requested media: this server makes none");
};

export const mediaEndpoints = [
  endpoint("POST", "upload", upload, { area: "media" }),
  endpoint("GET", "config", config, { area: "media" }),
  endpoint("GET", "download/{serverName}/{mediaId}", legacy, { area: "media", open: true }),
  endpoint("GET", "download/{serverName}/{mediaId}/{filename}", legacy, { area: "media", open: true }),
  endpoint("GET", "media/config", config, { area: "v1" }),
  endpoint("GET", "media/download/{serverName}/{mediaId}", download, { area: "v1" }),
  endpoint("GET", "media/download/{serverName}/{mediaId}/{filename}", download, { area: "v1" }),
  endpoint("GET", "media/thumbnail/{serverName}/{mediaId}", thumbnail, { area: "v1" }),
];
