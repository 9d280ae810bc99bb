/** `/sante`: whether the bot works, and if not, why, in words that an operator understands. `/metrics`: its figures. */

import { Registry } from "prom-client";
import type { ChatPlatform } from "../../bots/platform.ts";
import type { Database } from "../../models/database.ts";
import type { Metrics } from "../metrics.ts";
import type { Route } from "./server.ts";
import { answerJson } from "./server.ts";

/** What works here, or works for it elsewhere. */
export interface Watched {
  /** @throws what the database's driver throws */
  ping(): Promise<void>;
  /** Why what serves people is not well, in words; none when it is. */
  reasons(): Promise<readonly string[]>;
  /** As Prometheus reads them. */
  figures(): Promise<string>;
}

/** A bot in this process. */
export const watched = (db: Database, platforms: readonly ChatPlatform[], metrics: Metrics): Watched => ({
  ping: () => db.ping(),
  reasons: async () =>
    platforms.flatMap((platform) => {
      const health = platform.health();
      return health.ok ? [] : [`${platform.name} : ${health.reason}`];
    }),
  figures: () => metrics.registry.metrics(),
});

const PING_MS = 2000;

async function databaseFault(current: Watched): Promise<string | null> {
  const timeout = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no answer")), PING_MS).unref());
  try {
    await Promise.race([current.ping(), timeout]);
    return null;
  } catch {
    return "La base de données ne répond pas.";
  }
}

/** 200 `{status: "ok"}`, or 503 with the reasons. @param read null until the database is open and the platforms connected */
export function healthRoute(read: () => Watched | null): Route {
  return async (_request, response, path) => {
    if (path !== "/sante") return false;
    const current = read();
    if (!current) {
      answerJson(response, 503, { status: "starting", reasons: ["Démarrage en cours."] });
      return true;
    }
    const reasons = [...(await current.reasons())];
    const fault = await databaseFault(current);
    if (fault) reasons.push(fault);
    answerJson(response, reasons.length === 0 ? 200 : 503, reasons.length === 0 ? { status: "ok" } : { status: "bad", reasons });
    return true;
  };
}

export function metricsRoute(read: () => Watched | null): Route {
  return async (_request, response, path) => {
    if (path !== "/metrics") return false;
    response.writeHead(200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE });
    response.end((await read()?.figures()) ?? "");
    return true;
  };
}
