import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { fileMethods } from "./files.ts";
import type { Method } from "./method.ts";
import { platformMethods } from "./platform.ts";
import { userMethods } from "./users.ts";
import { viewMethods } from "./views.ts";

/** The methods that a bot token calls, by name. */
export const botMethods: ReadonlyMap<string, Method> = new Map(
  [chatMethods, conversationMethods, fileMethods, platformMethods, userMethods, viewMethods].flat().map((one) => [one.name, one]),
);
