/** Choices within what one Slack menu holds: 100 groups of 100 options, in a view of 250 kB. */
import type { OptionGroup } from "../../../src/presentation/form.ts";
import { LIMITS } from "../limits.ts";

export interface ChoiceLists {
  /** None empty; a label is "" where the choices have no groups. */
  readonly groups: readonly OptionGroup[];
  /** Choices that no menu of Slack's could hold. */
  readonly leftOut: number;
}

/** A group of more than 100 becomes several, each named by its first and last option: « Ain (01) … Lot (46) ». */
function split(group: OptionGroup): OptionGroup[] {
  if (group.options.length <= LIMITS.optionsPerGroup) return [group];
  // Even parts: 106 départements are two lists of 53, and not one of 100 with six left behind.
  const parts = Math.ceil(group.options.length / LIMITS.optionsPerGroup);
  const size = Math.ceil(group.options.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const options = group.options.slice(part * size, (part + 1) * size);
    const span = `${options[0]?.label ?? ""} … ${options.at(-1)?.label ?? ""}`;
    return { label: group.label === "" ? span : `${group.label} : ${span}`, options };
  }).filter((part) => part.options.length > 0);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
/** What Slack's JSON adds around an option's own text. */
const OPTION_OVERHEAD = 90;

/** `bytes`: what the menu may weigh in its view. */
export function choiceLists(groups: readonly OptionGroup[], bytes: number): ChoiceLists {
  const total = groups.reduce((sum, group) => sum + group.options.length, 0);
  const kept: OptionGroup[] = [];
  let room = bytes;
  for (const group of groups.flatMap(split).slice(0, LIMITS.optionGroups)) {
    const options = group.options.filter((option) => {
      room -= bytesOf(option) + OPTION_OVERHEAD;
      return room >= 0;
    });
    if (options.length > 0) kept.push({ label: group.label, options });
    if (room < 0) break;
  }
  return { groups: kept, leftOut: total - kept.reduce((sum, group) => sum + group.options.length, 0) };
}
