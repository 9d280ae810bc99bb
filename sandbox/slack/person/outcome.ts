import type { Delivery } from "../events/sockets.ts";
import type { Json } from "../state/model.ts";
import type { Seen } from "./watch.ts";

/** What an act gives: it reached the app and this is what the person sees, or the fault that Slack shows them. */
export type Outcome = ({ ok: true } | { ok: false; error: string; message: string; errors?: Record<string, string> }) &
  Seen &
  Json;

/** The word that Slack puts to a delivery that failed. */
export function faultOf(delivery: Extract<Delivery, { acked: false }>): "operation_timeout" | "dispatch_failed" {
  return delivery.reason === "timeout" || delivery.reason === "http_timeout" || delivery.reason === "connection_closed"
    ? "operation_timeout"
    : "dispatch_failed";
}
