import type { IncomingMessage } from "node:http";
import type { Json } from "../state/model.ts";

/** A call of the Web API as it came in. */
export interface ApiRequest {
  method: string;
  token: string | undefined;
  args: Json;
  /** The body could not be read as what it says it is. */
  fault?: "invalid_json" | "invalid_post_type" | "invalid_form_data";
  warning?: "missing_charset";
}

/** Reads a body of at most `limit` bytes; undefined when it is longer. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

/** Reads a call from its HTTP request: arguments as query, form, multipart or JSON, the token as bearer or argument. */
export async function readApiRequest(request: IncomingMessage, url: URL, body: Buffer): Promise<ApiRequest> {
  const method = url.pathname.slice("/api/".length);
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const query: Json = Object.fromEntries(url.searchParams);
  const type = (request.headers["content-type"] ?? "").toLowerCase();
  const parsed = await readArguments(type, request.headers["content-type"] ?? "", body);
  if (typeof parsed === "string") return { method, token: bearer, args: query, fault: parsed };
  const args: Json = { ...query, ...parsed };
  // Slack takes no token from a JSON body.
  const given = type.startsWith("application/json") ? query.token : args.token;
  const token = bearer ?? (typeof given === "string" && given !== "" ? given : undefined);
  const warned = type.startsWith("application/json") && !type.includes("charset");
  return { method, token, args, ...(warned && { warning: "missing_charset" as const }) };
}

async function readArguments(type: string, header: string, body: Buffer): Promise<Json | NonNullable<ApiRequest["fault"]>> {
  if (body.length === 0) return {};
  if (type.startsWith("application/json")) {
    try {
      const parsed: unknown = JSON.parse(body.toString("utf8"));
      return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Json) : "invalid_json";
    } catch {
      return "invalid_json";
    }
  }
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  if (type.startsWith("multipart/form-data")) {
    const fields = await readMultipart(header, body);
    if (!fields) return "invalid_form_data";
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === "string"));
  }
  return "invalid_post_type";
}

/** The fields of a multipart body, files as bytes; undefined when it is malformed. */
export async function readMultipart(header: string, body: Buffer): Promise<Record<string, string | Buffer> | undefined> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": header } }).formData();
    const fields: Record<string, string | Buffer> = {};
    for (const [name, value] of form) fields[name] = typeof value === "string" ? value : Buffer.from(await value.arrayBuffer());
    return fields;
  } catch {
    return undefined;
  }
}
