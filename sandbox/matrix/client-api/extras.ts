import { randomBytes } from "node:crypto";
import { badRequest } from "../state/error.ts";
import { endpoint, own, param } from "./endpoint.ts";

// What clients ask for and this server has nothing to say about: no push, no telephony, no presence, no other networks.

const NO_RULES = { override: [], content: [], room: [], sender: [], underride: [] };

export const extraEndpoints = [
  endpoint("GET", "pushrules/", () => ({ global: NO_RULES })),
  endpoint("GET", "pushrules", () => ({ global: NO_RULES })),
  endpoint("GET", "pushrules/global/", () => NO_RULES),
  endpoint("GET", "pushers", () => ({ pushers: [] })),
  endpoint("GET", "notifications", () => ({ notifications: [], next_token: null })),
  endpoint("GET", "voip/turnServer", () => ({})),
  endpoint("GET", "thirdparty/protocols", () => ({})),
  endpoint("PUT", "presence/{userId}/status", (call) => {
    own(call, "Can only set your own presence state");
    const { presence } = call.json();
    if (!["online", "offline", "unavailable"].includes(String(presence))) throw badRequest("Invalid presence state");
    return {};
  }),
  endpoint("GET", "presence/{userId}/status", (call) => {
    const isListening = call.polls.isListening(new Set([param(call, "userId")]));
    return { presence: isListening ? "online" : "offline", currently_active: isListening };
  }),
  endpoint("POST", "user/{userId}/openid/request_token", (call) => {
    own(call, "Cannot request tokens for other users.");
    const token = randomBytes(18).toString("base64url");
    return { access_token: token, token_type: "Bearer", matrix_server_name: call.world.serverName, expires_in: 3600 };
  }),
];
