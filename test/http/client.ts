/** Another system, as it calls the API: it signs with its own code, not with the bot's. */
import { createHmac, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";

export const SECRET = "un-secret-d-essai-de-plus-de-32-caracteres";

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly key?: string;
  readonly client?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly age?: number;
  /** In place of those that are signed. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger answers
  readonly body: any;
}

export function headersOf(sent: Sent): Record<string, string> {
  const { method = "POST", path = "/api/demandes", body = "", key = "", client = "essai", secret = SECRET, age = 0 } = sent;
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const signature = createHmac("sha256", secret)
    .update(`v1\n${timestamp}\n${method}\n${path}\n${key}\n`)
    .update(body)
    .digest("hex");
  return {
    "aplus-client": client,
    "aplus-timestamp": timestamp,
    "aplus-signature": `v1=${signature}`,
    ...(key && { "idempotency-key": key }),
    ...(body !== "" && { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
  };
}

/** Sends exactly these bytes and headers. */
export function send(base: string, sent: Sent): Promise<Received> {
  const { method = "POST", path = "/api/demandes", body = "" } = sent;
  const headers = Object.entries({ ...headersOf(sent), ...sent.headers }).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const call = request(`${base}${path}`, { method, headers: Object.fromEntries(headers) as Record<string, string> });
    call.on("error", reject);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const isJson = /json/.test(response.headers["content-type"] ?? "");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: isJson ? JSON.parse(text) : null });
      });
    });
    call.end(body);
  });
}

export const get = (base: string, path: string, more: Sent = {}): Promise<Received> =>
  send(base, { ...more, method: "GET", path });

/** A demande as a system asks for it, without a fault. */
export const ASKED = {
  aidant: { email: "camille@exemple.test" },
  territoire: "01",
  groupes: ["caf"],
  sujet: "Droits suspendus",
  description: "Canari-description : blocage depuis janvier",
  usager: { prenom: "Canariprénom", nomDeFamille: "Canarinom", dateDeNaissance: "03/04/1955" },
  autorisation: true,
};

export const post = (base: string, asked: unknown, more: Sent = {}): Promise<Received> =>
  send(base, { key: randomUUID(), ...more, body: JSON.stringify(asked) });
