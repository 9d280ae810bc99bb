import { z } from "zod";
import { viewBlocks } from "./blocks.ts";
import { plainText, refusal } from "./text.ts";

const common = {
  blocks: viewBlocks,
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

const modal = z
  .strictObject({
    type: z.literal("modal"),
    ...common,
    title: plainText(24),
    close: plainText(24).nullish(),
    submit: plainText(24).nullish(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .superRefine((view, context) => {
    if (!view.submit && view.blocks.some((block) => block.type === "input"))
      context.addIssue(refusal("missing required field: submit"));
  });

const home = z.strictObject({ type: z.literal("home"), ...common }).superRefine((view, context) => {
  view.blocks.forEach((block, index) => {
    if (block.type === "input" && block.element.type === "file_input")
      context.addIssue(refusal("unsupported type: file_input", ["blocks", index, "element", "type"]));
  });
});

/** A view for views.open, views.push and views.update. */
export const modalView = modal;

/** A view for views.publish. */
export const homeView = home;

/** Slack refuses views over 250 kB. */
export const VIEW_BYTES = 250_000;
