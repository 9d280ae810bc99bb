import { z } from "zod";
import { faultSchema } from "../faults.ts";
import { Refusal } from "../person/refusal.ts";
import type { SlackSandbox } from "../server.ts";
import { shapes } from "./shapes.ts";

/** A control call, whichever server it came through. `body` is the parsed JSON. */
export interface ControlRequest {
  method: string;
  path: string;
  query: Readonly<Record<string, string | undefined>>;
  body: unknown;
}

export interface ControlAnswer {
  status: number;
  body: unknown;
}

const PREFIX = "/sandbox/slack/";

/** The calls that only look; the others change something and are posts. */
const LOOKS = new Set(["messages", "view", "home"]);
/** Looking at the App Home opens it: asked for by either method. */
const EITHER = new Set(["home"]);

/**
 * Answers a control call; undefined when the path is not the Slack sandbox's. Calls that make no sense get a 4xx with a French
 * sentence, and change nothing. Whoever mounts this keeps it to the machine itself.
 */
export async function handleSlackControl(sandbox: SlackSandbox, request: ControlRequest): Promise<ControlAnswer | undefined> {
  if (!request.path.startsWith(PREFIX)) return undefined;
  const name = request.path.slice(PREFIX.length);
  try {
    if (name === "faults") return faults(sandbox, request);
    if (!(name in shapes)) return refuse(404, "Cet appel de commande n’existe pas.");
    return await act(sandbox, name as keyof typeof shapes, request);
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.status, error.message);
    if (error instanceof z.ZodError) return refuse(400, sentenceOf(error));
    throw error;
  }
}

async function act(sandbox: SlackSandbox, name: keyof typeof shapes, request: ControlRequest): Promise<ControlAnswer> {
  const looks = LOOKS.has(name) && !(EITHER.has(name) && request.method === "POST");
  if (request.method !== (looks ? "GET" : "POST")) return refuse(405, `Cet appel se fait en ${looks ? "GET" : "POST"}.`);
  const input = looks ? defined(request.query) : request.body;
  return { status: 200, body: await sandbox.control[name](input as never) };
}

function faults(sandbox: SlackSandbox, request: ControlRequest): ControlAnswer {
  switch (request.method) {
    case "GET":
      return { status: 200, body: { ok: true, faults: sandbox.faults.list() } };
    case "POST":
      return { status: 200, body: { ok: true, id: sandbox.faults.add(faultSchema.parse(request.body)) } };
    case "DELETE":
      sandbox.faults.clear(request.query.id);
      return { status: 200, body: { ok: true } };
    default:
      return refuse(405, "Cet appel se fait en GET, POST ou DELETE.");
  }
}

function defined(query: ControlRequest["query"]): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function refuse(status: number, error: string): ControlAnswer {
  return { status, body: { ok: false, error } };
}

const TYPES: Readonly<Record<string, string>> = {
  string: "un texte",
  number: "un nombre",
  boolean: "true ou false",
  array: "une liste",
  object: "un objet",
  record: "un objet",
};

/** The first fault found, in words. */
function sentenceOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue && issue.path.length > 0 ? `« ${issue.path.map(String).join(".").slice(0, 80)} »` : "L’appel";
  switch (issue?.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? `${place} est attendu.`
        : `${place} n’est pas du type attendu (${TYPES[issue.expected] ?? issue.expected}).`;
    case "unrecognized_keys":
      return `Paramètre inconnu : ${issue.keys.map((key) => `« ${key.slice(0, 80)} »`).join(", ")}.`;
    case "too_small":
      return `${place} est vide ou trop petit.`;
    case "too_big":
      return `${place} est trop long ou trop grand : ${String(issue.maximum)} au plus.`;
    default:
      return `${place} n’est pas valable${issue?.message.includes("Invalid") || !issue ? "" : ` : ${issue.message}`}.`;
  }
}
