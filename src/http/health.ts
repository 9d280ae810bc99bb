/**
 * `/sante`: whether the bot works, and if not, why, in words that an operator understands. `/sante/pret`: whether it can take in
 * what people do. `/sante/vivant`: whether the process answers at all. `/metrics`: its figures.
 */

import { Registry } from "prom-client";
import { healthTexts as texts } from "../texts/veille.ts";
import type { Fault } from "../watch/faults.ts";
import type { Route } from "./server.ts";
import { answerJson } from "./server.ts";

/** What works here, or works for it elsewhere. */
export interface Watched {
  ready(): Promise<boolean>;
  /** Why what serves people is not well; none when it is. */
  faults(): Promise<readonly Fault[]>;
  /** As Prometheus reads them. */
  figures(): Promise<string>;
}

const STARTING: readonly Fault[] = [{ code: "demarrage", reason: texts.starting }];

/**
 * Three questions, because an orchestrator does three different things with the answers (docs/operations.md): a process that is
 * killed because Slack is away would only have to catch up more.
 * @param read null until the database is open and the platforms connected
 */
export function healthRoute(read: () => Watched | null): Route {
  return async (_request, response, path) => {
    switch (path) {
      case "/sante": {
        const faults = (await read()?.faults()) ?? STARTING;
        answerJson(
          response,
          faults.length === 0 ? 200 : 503,
          faults.length === 0 ? { status: "ok" } : { status: "bad", reasons: faults },
        );
        return true;
      }
      case "/sante/pret": {
        const ready = (await read()?.ready()) ?? false;
        answerJson(response, ready ? 200 : 503, { status: ready ? "ok" : "bad" });
        return true;
      }
      case "/sante/vivant":
        answerJson(response, 200, { status: "ok" });
        return true;
      default:
        return false;
    }
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
