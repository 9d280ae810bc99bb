/** What of Slack's payloads is read here, checked; the rest is dropped. https://docs.slack.dev/reference/events/message */
import { z } from "zod";

/** An id, a moment or the like: far longer than Slack makes them, and short enough to be logged and put in what is shown. */
const id = z.string().max(200);

export const slackFile = z.object({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
  mode: z.string().nullish(),
  is_external: z.boolean().nullish(),
  file_access: z.string().nullish(),
});
export type SlackFile = z.infer<typeof slackFile>;

/** A message, as an event bears it and as `conversations.replies` gives it. */
export const slackMessage = z.object({
  ts: id,
  subtype: z.string().optional(),
  user: id.optional(),
  bot_id: z.string().nullish(),
  text: z.string().nullish(),
  blocks: z.array(z.looseObject({ type: z.string() })).nullish(),
  files: z.array(slackFile).nullish(),
  thread_ts: id.optional(),
  latest_reply: id.optional(),
  reply_count: z.number().optional(),
  edited: z.object({ ts: id, user: id.optional() }).nullish(),
  metadata: z
    .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
    .nullish()
    .catch(null),
});
export type SlackMessage = z.infer<typeof slackMessage>;

export const messageEvent = slackMessage.extend({
  channel: id,
  message: slackMessage.optional(),
  previous_message: slackMessage.optional(),
  deleted_ts: id.optional(),
});
export type MessageEvent = z.infer<typeof messageEvent>;

const container = z.object({
  type: z.string(),
  channel_id: id.optional(),
  message_ts: id.optional(),
  thread_ts: id.optional(),
  is_ephemeral: z.boolean().optional(),
});

export const click = z.object({
  user: z.object({ id }),
  trigger_id: id.optional(),
  response_url: z.string().optional(),
  container,
  channel: z.object({ id }).nullish(),
  message: z.object({ ts: id, thread_ts: id.optional() }).nullish(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        block_id: z.string(),
        action_ts: id,
        value: z.string().nullish(),
        /** Of a menu, whose choices bear what buttons bear. */
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
export type Click = z.infer<typeof click>;

/** What a button bears, or the choice made in a menu. */
export const borneBy = ({ value, selected_option: chosen }: Click["actions"][number]): string => chosen?.value ?? value ?? "";

export const command = z.object({
  command: z.string(),
  text: z.string().default(""),
  trigger_id: id,
  response_url: z.string().optional(),
  user_id: id,
  channel_id: id,
});

export const shortcut = z.object({
  callback_id: z.string(),
  trigger_id: id,
  action_ts: id.optional(),
  user: z.object({ id }),
  channel: z.object({ id }),
  message: slackMessage,
});

const inputBlock = z.object({ type: z.string(), block_id: z.string().optional() });

export const view = z.object({
  id: z.string(),
  hash: z.string().optional(),
  callback_id: z.string(),
  private_metadata: z.string(),
  blocks: z.array(inputBlock),
  state: z.object({ values: z.unknown() }),
});
export type View = z.infer<typeof view>;

/** The home, as the event of its opening and the acts in it bear it; `hash` tells whether it was published anew meanwhile. */
export const homeView = z.object({
  type: z.literal("home"),
  hash: z.string().optional(),
  private_metadata: z.string().default(""),
});
export type HomeView = z.infer<typeof homeView>;

export const homeOpened = z.object({
  user: id,
  tab: z.string(),
  event_ts: id.default(""),
  view: homeView.nullish().catch(null),
});

/** The names of the view's fields, in order. */
export const inputsOf = ({ blocks }: View): string[] =>
  blocks.flatMap(({ type, block_id }) => (type === "input" && block_id !== undefined ? [block_id] : []));
