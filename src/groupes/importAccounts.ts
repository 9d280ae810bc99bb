/** The Matrix account that a file gives to an agent: one each. Another takes the place of the former, which loses its rights. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Identity } from "../domain/place.ts";
import type { AgentRow, MxidCell } from "./importRows.ts";
import { importChanges, importFaults } from "./importTexts.ts";

export interface MatrixAccounts {
  /** What stands for the bot's homeserver in identities, those of people of other homeservers included. */
  readonly workspace: string;
  /** Those to whom accounts of the file belong already. */
  readonly owners: readonly AgentRecord[];
}

/** The MXIDs of a file, each once. */
export const mxidsOf = (rows: readonly { readonly value: AgentRow }[]): readonly string[] => [
  ...new Set(rows.flatMap(({ value: { matrix } }) => (matrix === null || matrix === "aucun" ? [] : [matrix]))),
];

export const matrixAccount = (workspace: string, user: string): Identity => ({ platform: "matrix", workspace, user });

interface Applied {
  readonly identities: readonly Identity[];
  readonly details: readonly string[];
}

const namesOf = (identities: readonly Identity[]): string => identities.map(({ user }) => user).join(", ");

/** Gives each agent the account of its line; accounts belong to one agent each, among those stored and those of the file. */
export class Accounts {
  private readonly workspace: string | null;
  private readonly owners = new Map<string, AgentRecord>();
  private readonly given = new Map<string, { readonly email: string; readonly line: number }>();
  private readonly fault: (line: number, reason: string) => void;

  /** @param matrix null when Matrix is not configured: no account can then be given */
  constructor(matrix: MatrixAccounts | null, fault: (line: number, reason: string) => void) {
    this.workspace = matrix?.workspace ?? null;
    this.fault = fault;
    for (const owner of matrix?.owners ?? [])
      for (const { platform, workspace, user } of owner.identities)
        if (platform === "matrix" && workspace === this.workspace) this.owners.set(user, owner);
  }

  /** The agent's accounts once this cell is applied, and what it changes; they stay as they are after a fault. */
  apply(line: number, agent: AgentRecord, cell: MxidCell): Applied {
    const { identities } = agent;
    const others = identities.filter(({ platform }) => platform !== "matrix");
    const former = identities.filter(({ platform }) => platform === "matrix");
    if (cell === "aucun" && former.length > 0)
      return { identities: others, details: [importChanges.mxidRemoved(namesOf(former))] };
    const same = { identities, details: [] };
    if (cell === null || cell === "aucun" || !this.claim(line, agent, cell)) return same;
    const kept = former.find(({ workspace, user }) => workspace === this.workspace && user === cell);
    const lost = former.filter((identity) => identity !== kept);
    if (kept && lost.length === 0) return same;
    // The same account, as it was known from a former homeserver of the bot’s, is not said to be replaced.
    const isReplaced = lost.some(({ user }) => user !== cell);
    return {
      identities: [...others, kept ?? matrixAccount(this.workspace ?? "", cell)],
      details: [isReplaced ? importChanges.mxidReplaced(namesOf(lost), cell) : importChanges.mxid(cell)],
    };
  }

  private claim(line: number, { id, email }: AgentRecord, mxid: string): boolean {
    const owner = this.owners.get(mxid);
    const earlier = this.given.get(mxid);
    if (this.workspace === null) this.fault(line, importFaults.matrixNeeded);
    else if (owner && owner.id !== id) this.fault(line, importFaults.mxidTaken(owner.email));
    else if (earlier && earlier.email !== email) this.fault(line, importFaults.mxidTwice(earlier.email, earlier.line));
    else {
      this.given.set(mxid, earlier ?? { email, line });
      return true;
    }
    return false;
  }
}
