/** The configuration: the only reader of the environment. Every fault is told at once, in plain words. */
import { hostname } from "node:os";
import { z } from "zod";
import { PermanentError } from "./errors.ts";

const KEY_BYTES = 32;

const secret = z.string().regex(/\S/, "ne peut pas être vide : retirez la ligne ou donnez la valeur");

const base64Key = secret.refine((text) => Buffer.from(text, "base64").length === KEY_BYTES, {
  message: `doit être une clé de ${KEY_BYTES} octets en base64 (openssl rand -base64 ${KEY_BYTES})`,
});

const yesOrNo = z.stringbool({ truthy: ["true", "oui", "1"], falsy: ["false", "non", "0"] });

const keyList = secret.transform((text, context) => {
  const keys = text.split(",").map((part) => {
    const [id = "", encoded = ""] = part.trim().split(":");
    return { id, key: Buffer.from(encoded, "base64") };
  });
  const wrong = keys.some(({ id, key }) => !/^[\w-]{1,32}$/.test(id) || key.length !== KEY_BYTES);
  const twice = new Set(keys.map(({ id }) => id)).size !== keys.length;
  if (wrong || twice)
    context.addIssue(`doit être « nom:clé », séparés par des virgules, noms différents, clés de ${KEY_BYTES} octets en base64`);
  return keys;
});

const SHARED_SECRET = /^[\w+/=~.-]{32,256}$/;
const SYSTEM_NAME = /^[\w-]{1,32}$/;

/** « name:secret », separated by commas: a name given twice has two secrets, the first of which signs. */
const clientList = secret.transform((text, context) => {
  const clients = new Map<string, string[]>();
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^([^:]*):(.*)$/.exec(part.trim()) ?? [];
    if (!SYSTEM_NAME.test(name) || !SHARED_SECRET.test(value)) {
      context.addIssue(
        "doit être « nom:secret », séparés par des virgules, chaque secret d’au moins 32 caractères (openssl rand -base64 32)",
      );
      return [];
    }
    clients.set(name, [...(clients.get(name) ?? []), value]);
  }
  return [...clients].map(([id, secrets]): SharedSecrets => ({ id, secrets }));
});

const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** An address to which events are sent: https, or this machine itself. */
function webhookAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, username, password, hash, href } = new URL(text);
  const safe = protocol === "https:" || (protocol === "http:" && LOOPBACK_HOST.test(hostname));
  return safe && username === "" && password === "" && hash === "" ? href : null;
}

/** « name:secret:address », separated by commas: as for clients. */
const webhookList = secret.transform((text, context) => {
  const endpoints = new Map<string, WebhookEndpoint>();
  for (const part of text.split(",")) {
    const [, id = "", value = "", address = ""] = /^([^:]*):([^:]*):(.*)$/.exec(part.trim()) ?? [];
    const url = webhookAddress(address);
    const known = endpoints.get(id);
    if (!SYSTEM_NAME.test(id) || !SHARED_SECRET.test(value) || url === null || (known && known.url !== url)) {
      context.addIssue(
        "doit être « nom:secret:adresse », séparés par des virgules : une adresse par nom, en https:// (http:// pour cette machine seulement) et sans virgule, un secret d’au moins 32 caractères",
      );
      return [];
    }
    endpoints.set(id, { id, url, secrets: [...(known?.secrets ?? []), value] });
  }
  return [...endpoints.values()];
});

/** « T…,T… »: the Slack workspaces that may install the app. */
const workspaceList = secret.transform((text, context) => {
  const ids = text.split(",").map((part) => part.trim());
  if (!ids.every((id) => /^T[A-Z0-9]{2,20}$/.test(id)))
    context.addIssue("doit être des identifiants d’espaces Slack (T…), séparés par des virgules");
  return ids;
});

const withoutFinalSlash = (address: string): string => address.replace(/(?<!\/)\/+$/, "");

/** Where browsers reach this program: https, or this machine itself. Without a final slash. */
const publicAddress = secret.transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const safe = url !== null && (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK_HOST.test(url.hostname)));
  if (!safe || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    context.addIssue("doit être l’adresse publique du robot, en https:// (http:// pour cette machine seulement)");
  return withoutFinalSlash(text);
});

const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    DATA_DIR: secret.default("./data"),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).optional(),
    INSTANCE: z
      .string()
      .regex(/^[\w.:-]{1,100}$/)
      .optional(),
    MONGODB_URI: secret.regex(/^mongodb(\+srv)?:\/\//, "doit commencer par mongodb:// ou mongodb+srv://").optional(),
    ENCRYPTION_KEYS: keyList.optional(),
    SEARCH_KEY: base64Key.transform((text) => Buffer.from(text, "base64")).optional(),
    MAX_FILE_MB: z.coerce.number().int().min(1).max(1000).default(20),
    ACTS_PER_MINUTE: z.coerce.number().int().min(0).max(100_000).default(60),
    API_CLIENTS: clientList.optional(),
    API_DEMANDES_PER_MINUTE: z.coerce.number().int().min(0).max(1_000_000).default(300),
    WEBHOOKS: webhookList.optional(),
    WEBHOOKS_PRIVATE: yesOrNo.optional(),
    SLACK_BOT_TOKEN: secret.startsWith("xoxb-", "doit commencer par xoxb-").optional(),
    SLACK_APP_TOKEN: secret.startsWith("xapp-", "doit commencer par xapp-").optional(),
    SLACK_SIGNING_SECRET: secret.optional(),
    SLACK_API_URL: z.url({ protocol: /^https?$/ }).optional(),
    SLACK_CLIENT_ID: secret.regex(/^[\d.]+$/, "est l’identifiant de l’application, des chiffres et un point").optional(),
    SLACK_CLIENT_SECRET: secret.optional(),
    SLACK_WORKSPACES: workspaceList.optional(),
    PUBLIC_URL: publicAddress.optional(),
    MATRIX_HOMESERVER: z.url({ protocol: /^https?$/ }).optional(),
    MATRIX_ACCESS_TOKEN: secret.optional(),
    MATRIX_CALLS_PER_SECOND: z.coerce.number().min(0).max(1000).optional(),
    MATRIX_CRYPTO_DIR: secret.optional(),
    MATRIX_ENCRYPTING_PROXY: yesOrNo.optional(),
  })
  .superRefine((env, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (env.MONGODB_URI && !env.ENCRYPTION_KEYS)
      fault("ENCRYPTION_KEYS", "est obligatoire avec MONGODB_URI : les données personnelles sont chiffrées");
    if (env.MONGODB_URI && !env.SEARCH_KEY) fault("SEARCH_KEY", "est obligatoire avec MONGODB_URI");
    if (env.WEBHOOKS_PRIVATE !== undefined && !env.WEBHOOKS) fault("WEBHOOKS", "manque : WEBHOOKS_PRIVATE seul ne sert à rien");
    const access = env.SLACK_BOT_TOKEN ? "SLACK_BOT_TOKEN" : env.SLACK_CLIENT_ID ? "SLACK_CLIENT_ID" : null;
    if (access && !env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET)
      fault("SLACK_APP_TOKEN", `ou SLACK_SIGNING_SECRET est obligatoire avec ${access}`);
    if (!access && (env.SLACK_APP_TOKEN || env.SLACK_SIGNING_SECRET))
      fault("SLACK_BOT_TOKEN", "manque : les autres réglages de Slack ne suffisent pas");
    if (env.SLACK_BOT_TOKEN && env.SLACK_CLIENT_ID)
      fault("SLACK_BOT_TOKEN", "et SLACK_CLIENT_ID s’excluent : un jeton pour un espace, ou OAuth pour plusieurs");
    for (const name of ["SLACK_CLIENT_SECRET", "SLACK_WORKSPACES", "PUBLIC_URL"] as const) {
      if (env.SLACK_CLIENT_ID && !env[name]) fault(name, "est obligatoire avec SLACK_CLIENT_ID");
      if (!env.SLACK_CLIENT_ID && env[name]) fault("SLACK_CLIENT_ID", `manque : ${name} seul ne sert à rien`);
    }
    const matrix = [env.MATRIX_CALLS_PER_SECOND, env.MATRIX_CRYPTO_DIR, env.MATRIX_ENCRYPTING_PROXY];
    if (!env.MATRIX_ACCESS_TOKEN && env.MATRIX_HOMESERVER) fault("MATRIX_ACCESS_TOKEN", "est obligatoire avec MATRIX_HOMESERVER");
    if (!env.MATRIX_HOMESERVER && (env.MATRIX_ACCESS_TOKEN || matrix.some((value) => value !== undefined)))
      fault("MATRIX_HOMESERVER", "manque : les autres réglages de Matrix ne suffisent pas");
    if (env.MATRIX_CRYPTO_DIR && env.MATRIX_ENCRYPTING_PROXY)
      fault("MATRIX_CRYPTO_DIR", "et MATRIX_ENCRYPTING_PROXY s’excluent : le robot chiffre, ou le mandataire devant lui");
  });

/** Names of all variables, for the test that compares them with `.env.example`. */
export const VARIABLES = Object.keys(environment.shape);

/** What this bot and another system both know; the first secret signs, all verify. */
export interface SharedSecrets {
  readonly id: string;
  readonly secrets: readonly string[];
}

export interface WebhookEndpoint extends SharedSecrets {
  readonly url: string;
}

export interface WebhookSettings {
  readonly endpoints: readonly WebhookEndpoint[];
  /** Whether a name that leads into a private network is sent to as well. */
  readonly allowPrivate: boolean;
}

/** The app as Slack knows it, for workspaces that install it themselves. */
export interface OAuthSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The workspaces that may. */
  readonly workspaces: readonly string[];
  /** Where browsers reach this program, without a final slash. */
  readonly publicUrl: string;
}

interface SlackLink {
  readonly mode: "socket" | "http";
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly apiUrl?: string;
}

/** One workspace by its token, or several that install the app. */
export type SlackSettings = SlackLink &
  ({ readonly botToken: string; readonly oauth?: undefined } | { readonly botToken?: undefined; readonly oauth: OAuthSettings });

export interface MatrixSettings {
  /** The address of the homeserver, or of an encrypting proxy in front of it. */
  readonly homeserver: string;
  readonly accessToken: string;
  /** Calls a second at most to write; 0: as many as the homeserver takes. Absent: one, as Tchap asks. */
  readonly callsPerSecond?: number;
  /** Where the keys of encrypted rooms are kept; absent: the bot works in rooms that are not encrypted. */
  readonly cryptoFolder?: string;
  readonly proxyEncrypts?: boolean;
}

export interface Config {
  readonly port: number;
  readonly dataDir: string;
  readonly logLevel: string;
  /** Tells this process's place from every other on the same database; two never run under one name at once. */
  readonly instance: string;
  /** Null: the embedded database, under `dataDir`. */
  readonly mongodbUri: string | null;
  /** Null: made once and kept under `dataDir`. */
  readonly keys: { readonly encryption: readonly { id: string; key: Buffer }[]; readonly search: Buffer } | null;
  /** bytes */
  readonly maxFileSize: number;
  /** Of one person, on and on; 0: no limit. */
  readonly actsPerMinute: number;
  /** Demandes of one system over HTTP, on and on; 0: no limit. */
  readonly openingsPerMinute: number;
  /** The systems that may open demandes over HTTP; none: there is no API. */
  readonly apiClients: readonly SharedSecrets[];
  readonly webhooks: WebhookSettings;
  /** Null: not configured. With no platform at all, the sandbox runs. */
  readonly slack: SlackSettings | null;
  /** As for Slack. */
  readonly matrix: MatrixSettings | null;
}

function slackSettings(values: z.infer<typeof environment>): SlackSettings | null {
  const link = {
    mode: values.SLACK_APP_TOKEN ? "socket" : "http",
    ...(values.SLACK_APP_TOKEN && { appToken: values.SLACK_APP_TOKEN }),
    ...(values.SLACK_SIGNING_SECRET && { signingSecret: values.SLACK_SIGNING_SECRET }),
    ...(values.SLACK_API_URL && { apiUrl: values.SLACK_API_URL }),
  } as const;
  if (values.SLACK_BOT_TOKEN) return { ...link, botToken: values.SLACK_BOT_TOKEN };
  const {
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_WORKSPACES: workspaces,
    PUBLIC_URL: publicUrl,
  } = values;
  if (!clientId || !clientSecret || !workspaces || !publicUrl) return null;
  return { ...link, oauth: { clientId, clientSecret, workspaces, publicUrl } };
}

/** @throws PermanentError that names every fault, one a line, without repeating any value */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // zod’s own sentences in French: an administrator reads them.
  const parsed = environment.safeParse(env, { error: z.locales.fr().localeError });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")} ${issue.message}`);
    throw new PermanentError(`Configuration à corriger :\n${lines.join("\n")}`);
  }
  const values = parsed.data;
  const slack = slackSettings(values);
  const matrix: MatrixSettings | null =
    values.MATRIX_HOMESERVER && values.MATRIX_ACCESS_TOKEN
      ? {
          homeserver: withoutFinalSlash(values.MATRIX_HOMESERVER),
          accessToken: values.MATRIX_ACCESS_TOKEN,
          ...(values.MATRIX_CALLS_PER_SECOND !== undefined && { callsPerSecond: values.MATRIX_CALLS_PER_SECOND }),
          ...(values.MATRIX_CRYPTO_DIR && { cryptoFolder: values.MATRIX_CRYPTO_DIR }),
          ...(values.MATRIX_ENCRYPTING_PROXY !== undefined && { proxyEncrypts: values.MATRIX_ENCRYPTING_PROXY }),
        }
      : null;
  return {
    port: values.PORT,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL ?? (slack || matrix ? "info" : "warn"),
    instance: values.INSTANCE ?? `${hostname()}:${values.PORT}`,
    mongodbUri: values.MONGODB_URI ?? null,
    keys: values.ENCRYPTION_KEYS && values.SEARCH_KEY ? { encryption: values.ENCRYPTION_KEYS, search: values.SEARCH_KEY } : null,
    maxFileSize: values.MAX_FILE_MB * 1024 * 1024,
    actsPerMinute: values.ACTS_PER_MINUTE,
    openingsPerMinute: values.API_DEMANDES_PER_MINUTE,
    apiClients: values.API_CLIENTS ?? [],
    webhooks: { endpoints: values.WEBHOOKS ?? [], allowPrivate: values.WEBHOOKS_PRIVATE ?? false },
    slack,
    matrix,
  };
}
