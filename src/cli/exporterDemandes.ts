/** `aplus exporter-demandes`: the metadata of demandes as CSV, of one groupe or of all, written as the database is read. */
import { existsSync } from "node:fs";
import type { Database } from "../../models/database.ts";
import type { Scope } from "../../models/demandeFigures.ts";
import type { Groupe } from "../../models/groupe.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { fold } from "../domain/folding.ts";
import { boundsOf, readPeriod } from "../domain/period.ts";
import { PermanentError } from "../errors.ts";
import { DEMANDE_TITLES } from "../groupes/reports/demandesCsv.ts";
import { demandeLines } from "../groupes/reports/exportFile.ts";
import { spanText, zoneOf } from "../groupes/reports/scope.ts";
import { periodTexts } from "../texts/reports.ts";
import { writeCsv } from "./exporter.ts";
import { tell } from "./output.ts";
import { openStore } from "./store.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts.exporterDemandes;

async function groupeNamed(db: Database, typed: string): Promise<Groupe> {
  const found = (await db.groupes.all()).find(({ id, name }) => id === typed || fold(name) === fold(typed));
  if (!found) throw new PermanentError(texts.unknownGroupe(typed));
  return found;
}

/**
 * @param options `period` as `/groupe exporter` takes it
 * @throws PermanentError or RetryError, with a sentence
 */
export async function exportDemandes(
  config: Config,
  path: string,
  options: { readonly groupe: string | undefined; readonly period: string; readonly replace: boolean },
): Promise<void> {
  if (!options.replace && existsSync(path)) throw new PermanentError(texts.exists(path));
  const store = await openStore(config);
  const { db, where } = store;
  try {
    tell(cliTexts.importer.database(where));
    const groupe = options.groupe === undefined ? null : await groupeNamed(db, options.groupe);
    const zone = zoneOf(groupe ?? { territoires: [] });
    const read = readPeriod(options.period, systemClock.now(), zone);
    if (!read.ok) throw new PermanentError(periodTexts.fault(read.fault));
    const scope: Scope = { groupe: groupe?.id ?? null, ...boundsOf(read.period, zone) };
    let count = 0;
    async function* lines(): AsyncGenerator<string[]> {
      for await (const cells of demandeLines(db, scope)) {
        count += 1;
        yield cells;
      }
    }
    await writeCsv(path, DEMANDE_TITLES, lines());
    tell(texts.done(path, count, spanText(read.period)));
  } finally {
    await store.close();
  }
}
