/**
 * Ids of what people do: the same for a redelivery, and the same whether Slack tells of it by an event or it is found in the
 * history.
 */

export const messageId = (team: string, channel: string, ts: string): string => `msg:${team}:${channel}:${ts}`;

export const editId = (team: string, channel: string, ts: string, editedTs: string): string =>
  `edit:${team}:${channel}:${ts}:${editedTs}`;

export const deletionId = (team: string, channel: string, ts: string): string => `del:${team}:${channel}:${ts}`;

/** `action_ts` is the moment of this very click. */
export const clickId = (team: string, user: string, at: string, actionId: string, actionTs: string): string =>
  `click:${team}:${at}:${user}:${actionId}:${actionTs}`;

export const commandId = (team: string, triggerId: string): string => `cmd:${team}:${triggerId}`;

export const shortcutId = (team: string, callback: string, channel: string, ts: string, triggerId: string): string =>
  `shortcut:${team}:${callback}:${channel}:${ts}:${triggerId}`;

/** The same when the same window is sent a second time, because its person saw no answer to the first. */
export const submissionId = (viewId: string): string => `view:${viewId}`;

export const refreshId = (viewId: string, actionTs: string): string => `refresh:${viewId}:${actionTs}`;

/** Of looking at the home, which changes nothing: only logs tell these apart. */
export const homeId = (team: string, user: string, at: string): string => `home:${team}:${user}:${at}`;
