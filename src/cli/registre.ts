/**
 * `aplus registre`: who looked at the personal data of which demande, exported or erased them, when and from where; told, or written
 * as CSV. Nothing of any usager is in it. Only who holds the keys of the database reads it.
 */
import { existsSync } from "node:fs";
import type { Database } from "../../models/database.ts";
import type { RegisterEntry, RegisterScope } from "../../models/register.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { AgentId } from "../domain/ids.ts";
import { agentId, formatRef, parseRef } from "../domain/ids.ts";
import { boundsOf, readPeriod } from "../domain/period.ts";
import { PermanentError } from "../errors.ts";
import { defused } from "../groupes/csvCells.ts";
import { spanText, zoneOf } from "../groupes/reports/scope.ts";
import { formatMoment } from "../presentation/dates.ts";
import { registerTexts as texts } from "../texts/donnees.ts";
import { periodTexts } from "../texts/reports.ts";
import { writeCsv } from "./exporter.ts";
import { tell } from "./output.ts";
import { openStore } from "./store.ts";
import { cliTexts } from "./texts.ts";

export interface RegisterOptions {
  /** Where the CSV goes; told on the screen when absent. */
  readonly path: string | undefined;
  /** « D-000123 » */
  readonly demande: string | undefined;
  /** An e-mail address, or the id of an account. */
  readonly agent: string | undefined;
  /** As `/groupe exporter` takes it. */
  readonly period: string;
  readonly replace: boolean;
}

function refTyped(typed: string | undefined): number | null {
  if (typed === undefined) return null;
  const ref = parseRef(typed);
  if (ref === undefined) throw new PermanentError(texts.notARef(typed));
  return ref;
}

async function agentTyped(db: Database, typed: string | undefined): Promise<AgentId | null> {
  if (typed === undefined) return null;
  const found = (await db.agents.byEmail(typed)) ?? (await db.agents.byId(agentId(typed)));
  if (!found) throw new PermanentError(texts.unknownAgent(typed));
  return found.id;
}

/** The cells of each entry, in the order of `registerTexts.titles`. */
async function* lines(db: Database, scope: RegisterScope, moment: (at: Date) => string): AsyncGenerator<string[]> {
  const groupes = new Map((await db.groupes.all()).map(({ id, name }) => [id, name]));
  const groupe = ({ groupeId }: RegisterEntry): string => (groupeId === null ? "" : (groupes.get(groupeId) ?? groupeId));
  for await (const entry of db.register.each(scope)) {
    const { at, act, ref, name, agentId: id, from, reason } = entry;
    const cells = [moment(at), texts.acts[act], formatRef(ref), name, id ?? "", groupe(entry), from, reason ?? ""];
    yield cells.map(defused);
  }
}

/** @throws PermanentError or RetryError, with a sentence */
export async function showRegister(config: Config, options: RegisterOptions): Promise<void> {
  const { path, replace, period } = options;
  if (path !== undefined && !replace && existsSync(path)) throw new PermanentError(cliTexts.exporterDemandes.exists(path));
  const ref = refTyped(options.demande);
  const zone = zoneOf({ territoires: [] });
  const read = readPeriod(period, systemClock.now(), zone);
  if (!read.ok) throw new PermanentError(periodTexts.fault(read.fault));
  const store = await openStore(config);
  try {
    const { db } = store;
    const scope = { ...boundsOf(read.period, zone), ref, agentId: await agentTyped(db, options.agent) };
    let count = 0;
    async function* counted(moment: (at: Date) => string): AsyncGenerator<string[]> {
      for await (const cells of lines(db, scope, moment)) {
        count += 1;
        yield cells;
      }
    }
    if (path !== undefined)
      await writeCsv(
        path,
        texts.titles,
        counted((at) => at.toISOString()),
      );
    else for await (const cells of counted((at) => formatMoment(at, zone))) tell(cells.filter(Boolean).join(" · "));
    tell(texts.done(count, spanText(read.period), path));
  } finally {
    await store.close();
  }
}
