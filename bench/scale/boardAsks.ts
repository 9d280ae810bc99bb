/** Pages of every board, searches and lists, for the same kinds of people at each size. */
import type { AgentRecord } from "../../models/agent.ts";
import { tabsOf } from "../../src/demandes/boardQueries.ts";
import { board, searchView } from "../../src/demandes/boards.ts";
import { home } from "../../src/demandes/home.ts";
import type { AgentId } from "../../src/domain/ids.ts";
import { formatRef } from "../../src/domain/ids.ts";
import { groupeDemandesList } from "../../src/groupes/commands/demandes.ts";
import type { BoardView } from "../../src/presentation/board.ts";
import { decodeView } from "../../src/presentation/board.ts";
import { boardTexts } from "../../src/texts/boards.ts";
import { asks } from "../population.ts";
import type { Ask, Stage } from "./asks.ts";
import { spread } from "./asks.ts";
import { agentOf, BIG, groupeOf, identityOf } from "./population.ts";

/** Of each kind. */
const PEOPLE = 2;

/** Of one groupe that answers; of the big one alone; of several on both sides; of one groupe that asks. */
function people({ scale: { agents, groupes } }: Stage): AgentId[] {
  const all = Array.from({ length: agents }, (_, n) => n);
  const first = (fits: (n: number) => boolean) => all.filter(fits).slice(-PEOPLE).map(agentOf);
  return [
    ...first((n) => n % 10 !== 0 && !asks(n % groupes) && n % groupes !== BIG),
    ...first((n) => n % groupes === BIG && n % 10 !== 0),
    ...first((n) => n % 100 === 0),
    ...first((n) => n % 10 === 0 && n % 100 !== 0),
    ...first((n) => n % 10 !== 0 && asks(n % groupes)),
  ];
}

const loaded = async ({ db }: Stage, id: AgentId) => {
  const agent = await db.agents.byId(id);
  if (!agent) throw new Error(`no agent ${id}`);
  return agent;
};

const shown = async (stage: Stage, id: AgentId, view: BoardView) => board(stage.context, await loaded(stage, id), view);

async function pagesOf(stage: Stage, id: AgentId): Promise<Ask[]> {
  const agent = await loaded(stage, id);
  const pages = tabsOf(agent).map(async (tab): Promise<Ask[]> => {
    const view: BoardView = { kind: "tab", board: tab, groupe: null, from: null };
    const { pages } = await shown(stage, id, view);
    const next = pages[0] && decodeView(pages[0].value);
    const name = `onglet « ${boardTexts[tab].tab} »`;
    return [
      { name: `${name}, première page`, run: () => shown(stage, id, view) },
      ...(next ? [{ name: `${name}, page suivante`, run: () => shown(stage, id, next) }] : []),
    ];
  });
  return (await Promise.all(pages)).flat();
}

const WORDS = [
  ["nom d’usager", ["Nom0", "Prénom1 Nom2", "Nom4321"]],
  ["mots du sujet", ["motif0", "motif0 motif1", "dossier", "dossier motif390"]],
  ["mot inconnu", ["inconnu"]],
] as const;

function searchesOf(stage: Stage, id: AgentId): Ask[] {
  const ask = (name: string, text: string): Ask[] => {
    const view = searchView(stage.context, text);
    return view ? [{ name: `recherche par ${name}`, run: () => shown(stage, id, view) }] : [];
  };
  const refs = spread(1, stage.scale.demandes, 3).map(formatRef);
  return [
    ...refs.flatMap((ref) => ask("numéro", ref)),
    ...WORDS.flatMap(([name, texts]) => texts.flatMap((text) => ask(name, text))),
  ];
}

/** « /groupe demandes » for a responsable: all, and by status. */
function groupeLists({ db, scale, context }: Stage, reader: AgentRecord): Ask[] {
  const groupes = [BIG, ...spread(0, scale.groupes, 4).map((n) => n - (n % 10) + 5), 11];
  const statuses = [null, "nouvelles", "en-cours", "en-souffrance", "traitees", "archivees"] as const;
  return groupes.flatMap((n) =>
    statuses.map((status) => ({
      name: `/groupe demandes, ${status ?? "toutes"}`,
      run: async () => {
        const groupe = await db.groupes.byId(groupeOf(n));
        if (!groupe) throw new Error(`no groupe ${n}`);
        return groupeDemandesList(context, reader, groupe, { status, since: null }, 0);
      },
    })),
  );
}

export async function boardAsks(stage: Stage): Promise<Ask[]> {
  const ids = people(stage);
  const pages = await Promise.all(ids.map((id) => pagesOf(stage, id)));
  const homes = ids.map((id): Ask => {
    const inbound = { id: "accueil", person: identityOf(id), view: null, search: null };
    return { name: "accueil sur Slack", run: async () => home(stage.context, await loaded(stage, id), inbound) };
  });
  return [
    ...pages.flat(),
    ...homes,
    ...ids.flatMap((id) => searchesOf(stage, id)),
    ...groupeLists(stage, await loaded(stage, agentOf(BIG))),
  ];
}
