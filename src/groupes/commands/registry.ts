/** The sub-commands of `/groupe`: dispatch, help and tests all come from this list. */
import { fold } from "../../domain/folding.ts";
import { addCommand } from "./add.ts";
import { bindCommand } from "./bind.ts";
import { createCommand } from "./create.ts";
import { groupeDemandesCommand } from "./demandes.ts";
import { editCommand } from "./edit.ts";
import { exportCommand } from "./exporter.ts";
import { membersCommand } from "./members.ts";
import { removeCommand } from "./remove.ts";
import type { GroupeCommand } from "./request.ts";
import { roleCommand } from "./role.ts";
import { statsCommand } from "./stats.ts";

export const GROUPE_COMMANDS: readonly GroupeCommand[] = [
  membersCommand,
  groupeDemandesCommand,
  addCommand,
  removeCommand,
  roleCommand,
  createCommand,
  editCommand,
  bindCommand,
  exportCommand,
  statsCommand,
];

/** @param name as folded */
export const groupeCommandOf = (name: string): GroupeCommand | undefined =>
  GROUPE_COMMANDS.find((command) => fold(command.name) === name);
