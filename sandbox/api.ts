/** The API of the demonstration: that of its bot, for a system whose secret everybody knows, from this machine only. */
import type { SharedSecrets } from "../src/config.ts";
import type { Api } from "../src/http/api/api.ts";
import { apiRoute } from "../src/http/api/route.ts";
import type { Route } from "../src/http/server.ts";
import { answerJson } from "../src/http/server.ts";
import { isFromHere } from "./loopback.ts";

/** Written in docs/api.md, so that its examples work as they stand. No real bot knows it. */
export const DEMONSTRATION_CLIENT: SharedSecrets = {
  id: "bac-a-sable",
  secrets: ["secret-public-du-bac-a-sable-aplus-bot"],
};

export function demonstrationApiRoute(api: Api): Route {
  const route = apiRoute(api);
  return (request, response, path) => {
    if (!path.startsWith("/api/") || isFromHere(request)) return route(request, response, path);
    answerJson(response, 403, { ok: false, error: "Le bac à sable ne répond qu’à cette machine." });
    return true;
  };
}
