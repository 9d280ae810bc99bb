/** The sub-commands of `/groupe`: dispatch, help and tests all come from this list. */
import { fold } from "../../domain/folding.ts";
import { membersCommand } from "./members.ts";
import type { GroupeCommand } from "./request.ts";

export const GROUPE_COMMANDS: readonly GroupeCommand[] = [membersCommand];

/** @param name as folded */
export const groupeCommandOf = (name: string): GroupeCommand | undefined =>
  GROUPE_COMMANDS.find((command) => fold(command.name) === name);
