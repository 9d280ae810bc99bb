/** `/sante`: whether the bot works, and if not, why, in words that an operator understands. `/metrics`: its figures. */
import type { ChatPlatform } from "../../bots/platform.ts";
import type { Database } from "../../models/database.ts";
import type { Metrics } from "../metrics.ts";
import type { Route } from "./server.ts";
import { answerJson } from "./server.ts";

/** Null until the database is open and the platforms connected. */
export interface Watched {
  readonly db: Database;
  readonly platforms: readonly ChatPlatform[];
}

const PING_MS = 2000;

async function databaseFault(db: Database): Promise<string | null> {
  const timeout = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no answer")), PING_MS).unref());
  try {
    await Promise.race([db.ping(), timeout]);
    return null;
  } catch {
    return "La base de données ne répond pas.";
  }
}

/** 200 `{status: "ok"}`, or 503 with the reasons. */
export function healthRoute(watched: () => Watched | null): Route {
  return async (_request, response, path) => {
    if (path !== "/sante") return false;
    const current = watched();
    if (!current) {
      answerJson(response, 503, { status: "starting", reasons: ["Démarrage en cours."] });
      return true;
    }
    const reasons = current.platforms.flatMap((platform) => {
      const health = platform.health();
      return health.ok ? [] : [`${platform.name} : ${health.reason}`];
    });
    const fault = await databaseFault(current.db);
    if (fault) reasons.push(fault);
    answerJson(response, reasons.length === 0 ? 200 : 503, reasons.length === 0 ? { status: "ok" } : { status: "bad", reasons });
    return true;
  };
}

export function metricsRoute(metrics: Metrics): Route {
  return async (_request, response, path) => {
    if (path !== "/metrics") return false;
    response.writeHead(200, { "content-type": metrics.registry.contentType });
    response.end(await metrics.registry.metrics());
    return true;
  };
}
