/** The page's own files, read once and kept compressed. Their address bears what they are: a browser keeps them for good. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Route } from "../../src/http/server.ts";
import { answerJson } from "../../src/http/server.ts";
import { isFromHere } from "../loopback.ts";
import { documentOf } from "./document.ts";

/** Compiled, with what `tools/build-page.mjs` puts beside it. */
const FOLDER = fileURLToPath(new URL("client/", import.meta.url));
const BROTLI_QUALITY = 9;
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

type Encoding = "br" | "gzip" | "identity";

const squeeze = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
  identity: async (bytes: Buffer) => bytes,
} satisfies Record<Encoding, (bytes: Buffer) => Promise<Buffer>>;

class Asset {
  readonly type: string;
  private readonly bytes: Buffer;
  private readonly squeezed = new Map<Encoding, Promise<Buffer>>();
  private readonly isSqueezable: boolean;

  constructor(name: string, bytes: Buffer) {
    const extension = extname(name);
    this.type = TYPES[extension] ?? "text/html; charset=utf-8";
    this.bytes = bytes;
    this.isSqueezable = extension !== ".woff2";
  }

  encoding(accepted: string): Encoding {
    if (!this.isSqueezable) return "identity";
    return /\bbr\b/.test(accepted) ? "br" : /\bgzip\b/.test(accepted) ? "gzip" : "identity";
  }

  in(encoding: Encoding): Promise<Buffer> {
    const known = this.squeezed.get(encoding) ?? squeeze[encoding](this.bytes);
    this.squeezed.set(encoding, known);
    return known;
  }
}

interface Assets {
  readonly version: string;
  readonly files: ReadonlyMap<string, Asset>;
  readonly document: Asset;
  readonly policy: string;
}

/** Nothing from elsewhere, and no script but ours: the map of modules alone stands in the document, known by its digest. */
const policyOf = (importMap: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
    // The design system draws its arrows and ticks in its style sheet.
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

async function readAssets(): Promise<Assets> {
  const names = (await readdir(FOLDER, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const digest = createHash("sha256");
  const files = new Map<string, Asset>();
  for (const name of names) {
    const bytes = await readFile(join(FOLDER, name));
    digest.update(name).update(bytes);
    files.set(name, new Asset(name, bytes));
  }
  const version = digest.digest("hex").slice(0, 12);
  const { html, importMap } = documentOf(version, names);
  return { version, files, document: new Asset("page.html", Buffer.from(html)), policy: policyOf(importMap) };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
  headers: Record<string, string>,
): Promise<void> {
  const encoding = asset.encoding(String(request.headers["accept-encoding"] ?? ""));
  const bytes = await asset.in(encoding);
  response.writeHead(200, {
    "content-type": asset.type,
    "content-length": bytes.length,
    ...(encoding !== "identity" && { "content-encoding": encoding }),
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

const PREFIX = "/page/";

/** The page at `/`, its files under `/page/`; to this machine only. */
export function pageRoute(): Route {
  let reading: Promise<Assets> | null = null;
  return async (request, response, path) => {
    const isPage = path === "/" || path === "/favicon.ico" || path.startsWith(PREFIX);
    if (!isPage || (request.method !== "GET" && request.method !== "HEAD")) return false;
    if (!isFromHere(request)) {
      answerJson(response, 403, { ok: false, error: "Le bac à sable ne répond qu’à cette machine." });
      return true;
    }
    reading ??= readAssets();
    const { version, files, document, policy } = await reading;
    if (path === "/") {
      await send(request, response, document, { "cache-control": "no-cache", "content-security-policy": policy });
      return true;
    }
    const [asked = "", ...rest] = path.slice(PREFIX.length).split("/");
    const asset = path === "/favicon.ico" ? files.get("icon.svg") : asked === version ? files.get(rest.join("/")) : undefined;
    if (!asset) {
      answerJson(response, 404, { erreur: "Adresse inconnue." });
      return true;
    }
    await send(request, response, asset, { "cache-control": "public, max-age=31536000, immutable" });
    return true;
  };
}
