import { z } from "zod";
import { actionsElement, contextElement, inputElement, sectionAccessory } from "./elements.ts";
import { anyText, plainText, refusal } from "./text.ts";

const identified = { block_id: z.string().min(1).max(255).optional() };

const section = z
  .strictObject({
    type: z.literal("section"),
    ...identified,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: sectionAccessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, "missing required field: text");

const imageBlock = z
  .strictObject({
    type: z.literal("image"),
    ...identified,
    image_url: z.string().max(3000).optional(),
    slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
    alt_text: z.string().min(1).max(2000),
    title: plainText(2000).optional(),
  })
  .refine((block) => (block.image_url === undefined) !== (block.slack_file === undefined), "missing required field: image_url");

const input = z
  .strictObject({
    type: z.literal("input"),
    ...identified,
    label: plainText(2000),
    element: inputElement,
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
  })
  .superRefine((block, context) => {
    if (block.dispatch_action && block.element.type === "file_input")
      context.addIssue(refusal("dispatch_action is not allowed with this element", ["dispatch_action"]));
  });

const common = [
  section,
  imageBlock,
  input,
  z.strictObject({ type: z.literal("divider"), ...identified }),
  z.strictObject({ type: z.literal("header"), ...identified, text: plainText(150) }),
  z.strictObject({ type: z.literal("actions"), ...identified, elements: z.array(actionsElement).min(1).max(25) }),
  z.strictObject({ type: z.literal("context"), ...identified, elements: z.array(contextElement).min(1).max(10) }),
  z.looseObject({ type: z.literal("rich_text"), ...identified, elements: z.array(z.looseObject({ type: z.string() })) }),
  z.looseObject({ type: z.literal("video"), ...identified, title: plainText(200), alt_text: z.string() }),
] as const;

const messageOnly = [
  z.strictObject({ type: z.literal("markdown"), ...identified, text: z.string().min(1).max(12_000) }),
  z.looseObject({ type: z.literal("file"), ...identified, source: z.literal("remote"), external_id: z.string() }),
  z.looseObject({
    type: z.literal("table"),
    ...identified,
    rows: z
      .array(z.array(z.looseObject({})).max(20))
      .min(1)
      .max(100),
  }),
  z.looseObject({ type: z.literal("context_actions"), ...identified, elements: z.array(z.looseObject({})).min(1).max(5) }),
] as const;

const messageBlock = z.discriminatedUnion("type", [...common, ...messageOnly]);
const viewBlock = z.discriminatedUnion("type", [...common]);

type AnyBlock = z.infer<typeof messageBlock> | z.infer<typeof viewBlock>;

type Element = { action_id?: string | undefined; focus_on_load?: boolean | undefined };

function elementsOf(block: AnyBlock): Element[] {
  switch (block.type) {
    case "actions":
      return block.elements;
    case "input":
      return [block.element];
    case "section":
      return block.accessory && block.accessory.type !== "image" ? [block.accessory] : [];
    default:
      return [];
  }
}

/** What only holds over all the blocks: ids that must be unique, and one element at most that takes the focus. */
function refuseAmbiguity(blocks: AnyBlock[], context: z.RefinementCtx): void {
  const blockIds = new Set<string>();
  let focused = 0;
  blocks.forEach((block, index) => {
    if (block.block_id !== undefined && blockIds.has(block.block_id))
      context.addIssue(refusal(`\`block_id\` ${block.block_id} already exists`, [index, "block_id"]));
    if (block.block_id !== undefined) blockIds.add(block.block_id);
    const actionIds = new Set<string>();
    elementsOf(block).forEach((element, position) => {
      if (element.focus_on_load) focused += 1;
      if (element.action_id !== undefined && actionIds.has(element.action_id))
        context.addIssue(
          refusal(`\`action_id\` ${element.action_id} already exists`, [index, "elements", position, "action_id"]),
        );
      if (element.action_id !== undefined) actionIds.add(element.action_id);
    });
  });
  if (focused > 1) context.addIssue(refusal("focus_on_load can only be set for one element"));
}

/** The blocks of a message: 50 at most. */
export const messageBlocks = z.array(messageBlock).max(50).superRefine(refuseAmbiguity);

/** The blocks of a modal or of the App Home: 100 at most. */
export const viewBlocks = z.array(viewBlock).max(100).superRefine(refuseAmbiguity);
