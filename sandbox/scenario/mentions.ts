/** Who is named in what somebody writes. */
import type { Inline } from "../../src/domain/richtext.ts";
import { plainText } from "../../src/domain/richtext.ts";
import type { SideContext, Words } from "./side.ts";

const namesIn = (inlines: readonly Inline[]): string[] => inlines.flatMap((one) => (one.type === "mention" ? [one.name] : []));

/** The accounts of those who are named, by name. @throws StepFault for somebody who has none there */
export async function accountsIn(words: Exclude<Words, string>, context: SideContext): Promise<ReadonlyMap<string, string>> {
  const names = words.flatMap((block) => {
    if (block.type === "code") return [];
    return block.type === "list" ? block.items.flatMap(({ inlines }) => namesIn(inlines)) : namesIn(block.inlines);
  });
  return new Map(await Promise.all(names.map(async (name) => [name, await context.account(name)] as const)));
}

/** As it is typed. */
export const typed = (words: Words): string => (typeof words === "string" ? words : plainText(words));
