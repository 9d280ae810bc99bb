/** What Slack refuses, told in the three kinds that delivery knows. */
import { webApi } from "@slack/bolt";
import { DeliveryFault } from "../../src/delivery/port.ts";
import type { Obstacle } from "../../src/domain/place.ts";

const { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } = webApi;

/** The token itself is refused: nothing works until somebody mends it. */
export const TOKEN_CODES: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "not_authed",
  "org_login_required",
  "team_disabled",
  "token_expired",
  "token_revoked",
  "user_removed_from_team",
]);

/** Slack took the app away, and no token that was given before will ever be good again. */
export const FORGET_CODES: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "token_expired",
  "token_revoked",
  "user_removed_from_team",
]);

/** The bot is not, or no more, installed in the workspace: what is to be shown there waits for it. */
const NOT_INSTALLED = "team_not_installed";

/** This place cannot be written to until somebody mends it. */
const PLACE_CODES: ReadonlySet<string> = new Set([
  ...TOKEN_CODES,
  "access_denied",
  "cannot_dm_bot",
  "cannot_reply_to_message",
  "channel_is_limited_access",
  "channel_not_found",
  "ekm_access_denied",
  "enterprise_is_restricted",
  "file_uploads_disabled",
  "is_archived",
  "is_inactive",
  "messages_tab_disabled",
  "method_not_supported_for_channel_type",
  "missing_scope",
  "no_permission",
  "not_allowed_token_type",
  "not_in_channel",
  "posting_to_channel_denied",
  "posting_to_general_channel_denied",
  "restricted_action",
  "restricted_action_non_threadable_channel",
  "restricted_action_read_only_channel",
  "restricted_action_thread_locked",
  "restricted_action_thread_only_channel",
  "slack_connect_blocked_file_type",
  "storage_limit_reached",
  "team_access_not_granted",
  "team_not_found",
  "thread_not_found",
  "user_disabled",
  "user_not_found",
  "user_not_visible",
  "users_not_found",
]);

/** Slack will never take this content, there or anywhere. */
const CONTENT_CODES: ReadonlySet<string> = new Set([
  "block_mismatch",
  "cant_delete_message",
  "cant_update_message",
  "edit_window_closed",
  "file_deleted",
  "file_not_found",
  "file_too_large",
  "file_upload_size_restricted",
  "file_type_not_allowed",
  "invalid_arguments",
  "invalid_attachments",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_metadata_format",
  "invalid_metadata_schema",
  "message_not_found",
  "metadata_must_be_sent_from_app",
  "metadata_too_large",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
  "too_many_attachments",
]);

function obstacleOf(code: string): Obstacle {
  if (TOKEN_CODES.has(code)) return "workspace";
  if (code === "is_archived") return "archived";
  return code === "not_in_channel" || code === "channel_not_found" ? "removed" : "other";
}

/** Of a workspace in which the bot is not installed. */
export const notInstalled = (cause?: unknown): DeliveryFault =>
  new DeliveryFault("place", NOT_INSTALLED, { cause, obstacle: "workspace" });

export const isNotInstalled = ({ code }: DeliveryFault): boolean => code === NOT_INSTALLED;

function platformKind(code: string): DeliveryFault["kind"] {
  if (PLACE_CODES.has(code)) return "place";
  return CONTENT_CODES.has(code) ? "content" : "retry";
}

/** Slack's own word for a refusal; null for anything else. */
export const slackCode = (error: unknown): string | null => (error instanceof WebAPIPlatformError ? error.data.error : null);

/** How long Slack asks to wait, in milliseconds; null when it does not. */
export const rateLimitMs = (error: unknown): number | null =>
  error instanceof WebAPIRateLimitedError ? Math.max(error.retryAfter, 0) * 1000 : null;

/**
 * Any fault of a call to Slack as a DeliveryFault, its cause kept. A word that is in no list is to retry: nothing is given up
 * for a word that Slack made since. What is no fault of Slack's or of the network is given back as it came.
 */
export function deliveryFault(error: unknown): unknown {
  if (error instanceof WebAPIPlatformError) {
    // Where Slack answers with a page instead of JSON, the whole page stands here.
    const code = /^[a-z_]{1,80}$/.test(error.data.error) ? error.data.error : "unreadable_answer";
    // « account_inactive » of the bot is not that of an agent.
    if (code === "account_inactive") return notInstalled(error);
    return new DeliveryFault(platformKind(code), code, { cause: error, obstacle: obstacleOf(code) });
  }
  if (error instanceof WebAPIRateLimitedError)
    return new DeliveryFault("retry", "ratelimited", { cause: error, afterMs: Math.max(error.retryAfter, 0) * 1000 });
  if (error instanceof WebAPIHTTPError)
    return new DeliveryFault(error.statusCode === 413 ? "content" : "retry", `http_${error.statusCode}`, { cause: error });
  if (error instanceof WebAPIRequestError) return new DeliveryFault("retry", "network", { cause: error });
  // A 429 without a readable Retry-After.
  if (error instanceof Error && error.message.startsWith("Retry header"))
    return new DeliveryFault("retry", "ratelimited", { cause: error });
  return error;
}
