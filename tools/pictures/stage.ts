/** The world of the pictures: the sandbox on a first day that is always the same, its page, and what people do there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demonstration } from "../../sandbox/demonstration.ts";
import { demonstrationRoutes } from "../../sandbox/routes.ts";
import { ControlClient } from "../../sandbox/scenario/control.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createLog } from "../../src/log.ts";

/** A Friday at 11:00 in the Ain: the demandes of the first day were made on the working days before it. */
const FIRST_DAY = new Date("2026-11-27T10:00:00Z");
const BETWEEN_SCENES_MS = 5 * 60_000;

export interface Stage {
  readonly url: string;
  readonly control: ControlClient;
  /** Puts the clock at the next moment known beforehand: however slow the machine, pictures show the same hours. */
  nextMoment(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), "aplus-pictures-"));
  const log = createLog("error");
  const http = await startHttpServer(0, "127.0.0.1", log);
  const demonstration = new Demonstration({
    dataDir,
    instance: "pictures",
    maxFileSize: 20_000_000,
    logLevel: "error",
    log,
    firstDay: FIRST_DAY,
    apiClients: [],
    webhooks: { endpoints: [], allowPrivate: false },
  });
  await demonstration.start();
  for (const route of demonstrationRoutes(demonstration)) http.add(route);
  const url = `http://127.0.0.1:${http.port}`;
  const control = new ControlClient(url);
  let moment = FIRST_DAY.getTime();
  return {
    url,
    control,
    async nextMoment() {
      moment += BETWEEN_SCENES_MS;
      await control.clock({ set: new Date(moment).toISOString() });
    },
    async close() {
      await http.close();
      await demonstration.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
