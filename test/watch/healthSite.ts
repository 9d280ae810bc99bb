/** The program's health addresses over HTTP, for whatever bot is watched at the moment. */
import { healthRoute, metricsRoute, type Watched } from "../../src/http/health.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createLog } from "../../src/log.ts";
import { FAULT_CODES, type FaultCode } from "../../src/watch/faults.ts";
import { type Exposition, parseExposition } from "../support/exposition.ts";
import { until } from "../support/until.ts";

/** What is read there of each code: its sentence. */
export type Awaited = Readonly<Partial<Record<FaultCode, string | RegExp>>>;

interface Answer {
  readonly status: number;
  readonly body: { readonly status: string; readonly reasons?: readonly { readonly code: string; readonly reason: string }[] };
}

export interface HealthSite {
  /** Null: it is still starting. */
  watched: Watched | null;
  ask(path: "/sante" | "/sante/pret" | "/sante/vivant"): Promise<Answer>;
  figures(): Promise<Exposition>;
  /** Resolves once all of these are told at the same time; the process is alive all the while. */
  turnsBad(awaited: Awaited): Promise<void>;
  turnsGood(): Promise<void>;
  close(): Promise<void>;
}

export async function openHealthSite(): Promise<HealthSite> {
  const http = await startHttpServer(0, "127.0.0.1", createLog("fatal"));
  const site: HealthSite = {
    watched: null,
    async ask(path) {
      const response = await fetch(`http://127.0.0.1:${http.port}${path}`);
      return { status: response.status, body: (await response.json()) as Answer["body"] };
    },
    async figures() {
      return parseExposition(await (await fetch(`http://127.0.0.1:${http.port}/metrics`)).text());
    },
    async turnsBad(awaited) {
      let last: Answer | null = null;
      const reasonOf = (code: string) => last?.body.reasons?.find((one) => one.code === code)?.reason;
      await until(
        () => `/sante naming ${Object.keys(awaited).join(", ")}; it says: ${JSON.stringify(last)}`,
        async () => {
          last = await site.ask("/sante");
          return Object.keys(awaited).every((code) => reasonOf(code) !== undefined);
        },
      );
      expect(last).toMatchObject({ status: 503, body: { status: "bad" } });
      for (const [code, sentence] of Object.entries(awaited))
        expect(reasonOf(code)).toEqual(typeof sentence === "string" ? sentence : expect.stringMatching(sentence));
      for (const { code, reason } of (last as Answer | null)?.body.reasons ?? []) {
        expect(FAULT_CODES).toContain(code);
        expect(reason).toMatch(/^\p{Lu}.*\.$/u);
      }
      expect((await site.ask("/sante/vivant")).status).toBe(200);
      expect((await site.ask("/sante/pret")).status).toBe("base-injoignable" in awaited ? 503 : 200);
    },
    async turnsGood() {
      let last: Answer | null = null;
      await until(
        () => `/sante turning good; it says: ${JSON.stringify(last)}`,
        async () => {
          last = await site.ask("/sante");
          return last.body.status === "ok";
        },
      );
      expect(last).toEqual({ status: 200, body: { status: "ok" } });
    },
    close: () => http.close(),
  };
  http.add(healthRoute(() => site.watched));
  http.add(metricsRoute(() => site.watched));
  return site;
}
