/** The figures of a groupe: as text, and in its thread as a picture. */
import { Readable } from "node:stream";
import type { Scope } from "../../../models/demandeFigures.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { Made } from "../../delivery/reports.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { Period } from "../../domain/period.ts";
import { richText } from "../../domain/richtext.ts";
import type { Counted, Statistics } from "../../domain/statistics.ts";
import { statisticsOf } from "../../domain/statistics.ts";
import { say } from "../../presentation/message.ts";
import { statsChart } from "../../presentation/statsChart.ts";
import { statsPlainText, statsText } from "../../presentation/statsMessage.ts";
import { statsTexts } from "../../texts/reports.ts";
import { pngOf } from "./picture.ts";
import { scopeOf, spanText, zoneOf } from "./scope.ts";

async function* counted({ db }: UseCaseContext, scope: Scope): AsyncGenerator<Counted> {
  for await (const { isAsked, ...figures } of db.bulk.figures(scope)) yield { ...figures, own: !isAsked };
}

export const groupeStatistics = (context: UseCaseContext, groupe: Groupe, period: Period): Promise<Statistics> =>
  statisticsOf(counted(context, scopeOf(groupe, period)), period, zoneOf(groupe), context.clock.now());

export async function makeStats(context: UseCaseContext, groupe: Groupe, period: Period): Promise<Made> {
  const figures = await groupeStatistics(context, groupe, period);
  const heading = { groupe: groupe.name, span: spanText(period) };
  const message = say(statsText(heading, figures), { quiet: false });
  if (figures.total === 0) return { kind: "message", message };
  const png = await pngOf(statsChart(heading, figures));
  return {
    kind: "file",
    head: message,
    caption: say(richText(statsTexts.caption(groupe.name))),
    file: {
      name: statsTexts.fileName(groupe.name, period.last),
      mimetype: "image/png",
      size: png.length,
      description: statsPlainText(heading, figures),
      open: async () => Readable.from([png]),
    },
    refused: say(richText(statsTexts.refused)),
    dispose: async () => {},
  };
}
