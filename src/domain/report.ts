/** What is made at the moment at which it is given, from the state as it is then, and kept nowhere. */
import type { AgentId, GroupeId } from "./ids.ts";
import type { Period } from "./period.ts";

export type Report =
  | { readonly type: "export"; readonly groupe: GroupeId; readonly period: Period; readonly askedBy: AgentId }
  | { readonly type: "stats"; readonly groupe: GroupeId; readonly period: Period; readonly askedBy: AgentId }
  /** `week`: its Monday, yyyy-mm-dd. `territoire`: whose hours count. */
  | { readonly type: "agentDigest"; readonly agent: AgentId; readonly week: string; readonly territoire: string }
  | { readonly type: "groupeDigest"; readonly groupe: GroupeId; readonly week: string; readonly territoire: string };
