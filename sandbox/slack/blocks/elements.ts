import { z } from "zod";
import { anyText, confirmation, dispatchConfig, optionGroup, plainOption, plainText, refusal, richOption } from "./text.ts";

const actionable = { action_id: z.string().min(1).max(255).optional() };
const confirmable = { confirm: confirmation.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholdable = { placeholder: plainText(150).optional() };
const dispatchable = { dispatch_action_config: dispatchConfig.optional() };
const picking = { ...actionable, ...confirmable, ...focusable, ...placeholdable };
const multiple = { max_selected_items: z.number().int().min(1).optional() };
const conversationFilter = z.strictObject({
  include: z
    .array(z.enum(["im", "mpim", "private", "public"]))
    .min(1)
    .optional(),
  exclude_external_shared_channels: z.boolean().optional(),
  exclude_bot_users: z.boolean().optional(),
});

type Choice = { value: string; text: { text: string } };
type Choices = { options?: Choice[] | undefined; option_groups?: { options: Choice[] }[] | undefined };

function choicesOf(element: Choices): Choice[] {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** An initial choice must be one of the choices, its text included. */
function refuseForeignChoices(context: z.RefinementCtx, element: Choices, initial: Choice[], path: PropertyKey[]): void {
  const choices = choicesOf(element);
  const known = (choice: Choice) => choices.some(({ value, text }) => value === choice.value && text.text === choice.text.text);
  initial.forEach((choice, index) => {
    const at = path[0] === "initial_options" ? [...path, index] : path;
    if (!known(choice)) context.addIssue(refusal("provided initial option(s) do not match any of the options", at));
  });
}

/** Exactly one of `options` and `option_groups`. */
function refuseAmbiguousChoices(context: z.RefinementCtx, element: Choices): void {
  if (element.options === undefined && element.option_groups === undefined)
    context.addIssue(refusal("missing required field: options"));
  if (element.options !== undefined && element.option_groups !== undefined)
    context.addIssue(refusal("only one of options or option_groups may be given"));
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const calendarDate = z.string().refine(isDate, "must be a date in the format YYYY-MM-DD");
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time in the format HH:mm");

const button = z.strictObject({
  type: z.literal("button"),
  ...actionable,
  ...confirmable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  accessibility_label: z.string().max(75).optional(),
});

const overflow = z.strictObject({
  type: z.literal("overflow"),
  ...actionable,
  ...confirmable,
  options: z.array(plainOption).min(1).max(5),
});

const datepicker = z.strictObject({ type: z.literal("datepicker"), ...picking, initial_date: calendarDate.optional() });

const timepicker = z.strictObject({
  type: z.literal("timepicker"),
  ...picking,
  initial_time: timeOfDay.optional(),
  timezone: z.string().optional(),
});

const datetimepicker = z.strictObject({
  type: z.literal("datetimepicker"),
  ...actionable,
  ...confirmable,
  ...focusable,
  initial_date_time: z.number().int().min(1_000_000_000).max(9_999_999_999).optional(),
});

const checkboxes = z
  .strictObject({
    type: z.literal("checkboxes"),
    ...actionable,
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).optional(),
  })
  .superRefine((element, context) => refuseForeignChoices(context, element, element.initial_options ?? [], ["initial_options"]));

const radioButtons = z
  .strictObject({
    type: z.literal("radio_buttons"),
    ...actionable,
    ...confirmable,
    ...focusable,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
  })
  .superRefine((element, context) =>
    refuseForeignChoices(context, element, element.initial_option ? [element.initial_option] : [], ["initial_option"]),
  );

const menu = {
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};

const staticSelect = z
  .strictObject({ type: z.literal("static_select"), ...picking, ...menu, initial_option: plainOption.optional() })
  .superRefine((element, context) => {
    refuseAmbiguousChoices(context, element);
    refuseForeignChoices(context, element, element.initial_option ? [element.initial_option] : [], ["initial_option"]);
  });

const multiStaticSelect = z
  .strictObject({
    type: z.literal("multi_static_select"),
    ...picking,
    ...multiple,
    ...menu,
    initial_options: z.array(plainOption).min(1).optional(),
  })
  .superRefine((element, context) => {
    refuseAmbiguousChoices(context, element);
    refuseForeignChoices(context, element, element.initial_options ?? [], ["initial_options"]);
  });

const external = { min_query_length: z.number().int().min(0).optional() };
const answerable = { response_url_enabled: z.boolean().optional() };
const conversations = { default_to_current_conversation: z.boolean().optional(), filter: conversationFilter.optional() };
const ids = z.array(z.string()).min(1).optional();

const selects = [
  z.strictObject({ type: z.literal("external_select"), ...picking, ...external, initial_option: plainOption.optional() }),
  z.strictObject({
    type: z.literal("multi_external_select"),
    ...picking,
    ...external,
    ...multiple,
    initial_options: z.array(plainOption).min(1).optional(),
  }),
  z.strictObject({ type: z.literal("users_select"), ...picking, initial_user: z.string().optional() }),
  z.strictObject({ type: z.literal("multi_users_select"), ...picking, ...multiple, initial_users: ids }),
  z.strictObject({
    type: z.literal("conversations_select"),
    ...picking,
    ...answerable,
    ...conversations,
    initial_conversation: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("multi_conversations_select"),
    ...picking,
    ...multiple,
    ...conversations,
    initial_conversations: ids,
  }),
  z.strictObject({ type: z.literal("channels_select"), ...picking, ...answerable, initial_channel: z.string().optional() }),
  z.strictObject({ type: z.literal("multi_channels_select"), ...picking, ...multiple, initial_channels: ids }),
] as const;

const typing = { ...actionable, ...focusable, ...placeholdable, ...dispatchable };

const plainTextInput = z
  .strictObject({
    type: z.literal("plain_text_input"),
    ...typing,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
  })
  .superRefine((element, context) => {
    const { min_length: min = 0, max_length: max = 3000 } = element;
    if (min > max) context.addIssue(refusal("min_length must not be greater than max_length", ["min_length"]));
    const length = element.initial_value?.length ?? 0;
    if (length > max) context.addIssue(refusal(`must be less than ${max + 1} characters`, ["initial_value"]));
  });

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, "must be a number");

const inputs = [
  z.strictObject({ type: z.literal("email_text_input"), ...typing, initial_value: z.string().optional() }),
  z.strictObject({ type: z.literal("url_text_input"), ...typing, initial_value: z.string().optional() }),
  z.strictObject({
    type: z.literal("number_input"),
    ...typing,
    is_decimal_allowed: z.boolean(),
    initial_value: decimal.optional(),
    min_value: decimal.optional(),
    max_value: decimal.optional(),
  }),
  z.strictObject({
    type: z.literal("rich_text_input"),
    ...typing,
    initial_value: z.looseObject({ type: z.literal("rich_text") }).optional(),
    min_lines: z.number().int().min(1).max(100).optional(),
    max_lines: z.number().int().min(1).max(100).optional(),
  }),
  z.strictObject({
    type: z.literal("file_input"),
    ...actionable,
    filetypes: z.array(z.string()).optional(),
    max_files: z.number().int().min(1).max(10).optional(),
  }),
] as const;

const workflowButton = z.strictObject({
  type: z.literal("workflow_button"),
  ...actionable,
  text: plainText(75),
  workflow: z.looseObject({ trigger: z.looseObject({ url: z.string() }) }),
  style: z.enum(["primary", "danger"]).optional(),
  accessibility_label: z.string().max(75).optional(),
});

/** A picture beside a text. */
export const image = z
  .strictObject({
    type: z.literal("image"),
    image_url: z.string().max(3000).optional(),
    slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
    alt_text: z.string().min(1).max(2000),
  })
  .refine(
    (picture) => (picture.image_url === undefined) !== (picture.slack_file === undefined),
    "missing required field: image_url",
  );

const choosing = [
  checkboxes,
  radioButtons,
  datepicker,
  timepicker,
  datetimepicker,
  staticSelect,
  multiStaticSelect,
  ...selects,
] as const;

/** What an actions block may hold. */
export const actionsElement = z.discriminatedUnion("type", [button, overflow, workflowButton, ...choosing]);

/** What may stand beside a section's text. */
export const sectionAccessory = z.discriminatedUnion("type", [button, overflow, workflowButton, image, ...choosing]);

/** What an input block may hold. */
export const inputElement = z.discriminatedUnion("type", [plainTextInput, ...inputs, ...choosing]);

/** What a context block may hold. */
export const contextElement = z.discriminatedUnion("type", [image, ...anyText(3000).options]);
