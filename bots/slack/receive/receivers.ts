/**
 * Bolt's receivers, so that Slack is answered once the desk has written. Bolt acknowledges an event before its listeners run,
 * and Slack does not send again what was acknowledged.
 */

import { type App, AuthorizationError, HTTPReceiver, type Receiver, type ReceiverEvent, SocketModeReceiver } from "@slack/bolt";
import { faultFields } from "../../log.ts";
import { type ClientOptions, clientOptions } from "../client.ts";
import { libraryLogger } from "../log.ts";
import { EVENTS_PATH } from "../paths.ts";
import { guarded } from "./front.ts";
import { Once } from "./once.ts";

/** Slack's id of an event, the same each time that it is sent; null for a command or an interaction. */
const eventIdOf = ({ body }: ReceiverEvent): string | null => (body.type === "event_callback" ? String(body.event_id) : null);

/** What a receiver asks of the application: the same, with events acknowledged after their listeners and only when none threw. */
function acknowledgingAfter(app: App, admit: ReceiverOptions["admit"]): App {
  const events = new Once();
  const process = (event: ReceiverEvent): Promise<void> =>
    admit(async () => {
      const id = eventIdOf(event);
      if (id === null) return app.processEvent(event);
      await events.run(id, () => app.processEvent({ ...event, ack: async () => undefined }));
      await event.ack();
    });
  return new Proxy(app, {
    get: (target, property) => (property === "processEvent" ? process : Reflect.get(target, property, target)),
  });
}

export interface ReceiverOptions extends ClientOptions {
  /** Does the work, or rejects once the program stops: Slack then keeps what it sends, and sends it again. */
  readonly admit: (work: () => Promise<void>) => Promise<void>;
}

export function socketReceiver(
  appToken: string,
  options: ReceiverOptions,
): { receiver: Receiver; client: SocketModeReceiver["client"] } {
  const socket = new SocketModeReceiver({
    appToken,
    logger: libraryLogger(options.log),
    // Its own reconnection ends the process when Slack refuses to open a socket: the link above does it.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(options) },
    processEventErrorHandler: async ({ error, event }) => {
      options.log.error(
        { type: event.body.type, retry: event.retryNum, ...faultFields(error) },
        "Not acknowledged: Slack will send it again",
      );
      // A workspace that is not installed: sending again would change nothing.
      return error instanceof AuthorizationError;
    },
  });
  const receiver: Receiver = {
    init: (app) => socket.init(acknowledgingAfter(app, options.admit)),
    start: async () => undefined,
    stop: async () => undefined,
  };
  return { receiver, client: socket.client };
}

export type RequestListener = HTTPReceiver["requestListener"];

/** `requestListener` answers POST /slack/events, and nothing else. */
export function httpReceiver(
  signingSecret: string,
  options: ReceiverOptions,
): { receiver: Receiver; requestListener: RequestListener } {
  const http = new HTTPReceiver({
    signingSecret,
    endpoints: [EVENTS_PATH],
    logger: libraryLogger(options.log),
    // The answer waits for the listener, and a listener that throws is answered 500.
    processBeforeResponse: true,
    processEventErrorHandler: async ({ error, response }) => {
      options.log.error(faultFields(error), "Not acknowledged: Slack will send it again");
      if (!response.headersSent) {
        response.writeHead(error instanceof AuthorizationError ? 401 : 500);
        response.end();
      }
      // Answered, if not acknowledged: Bolt's own watch over the answer may end.
      return true;
    },
  });
  const receiver: Receiver = {
    init: (app) => http.init(acknowledgingAfter(app, options.admit)),
    start: async () => undefined,
    stop: async () => undefined,
  };
  return { receiver, requestListener: guarded(http.requestListener, { signingSecret, log: options.log }) };
}
