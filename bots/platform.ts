/** What a chat platform's adapter is: it carries what people do to the desk, and what delivery has to say to people. */
import type { DeliveryPort, PeoplePort, PlatformName } from "../src/delivery/port.ts";

/** What a platform can show; where it cannot, its adapter offers another way to the same thing. */
export interface Capabilities {
  /** Forms in a window of their own; otherwise a dialogue, one question at a time. */
  readonly modals: boolean;
  /** Buttons on a message; otherwise pills and typed words. */
  readonly buttons: boolean;
  /** Messages that one person alone sees in a channel; otherwise a direct conversation. */
  readonly ephemeral: boolean;
  /** Commands typed inside a thread. */
  readonly commandsInThreads: boolean;
}

/** Why a connection is not well, for programs that watch. */
export type PlatformFault =
  | `${PlatformName}-${"demarrage" | "arret" | "jeton"}`
  | `slack-${"jeton-application" | "connexion"}`
  | `matrix-${"injoignable" | "enregistrement"}`;

/** How the connection to the platform stands, for `/sante` and `aplus doctor`. `reason` is a sentence in plain French. */
export type PlatformHealth =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: PlatformFault; readonly reason: string };

export interface ChatPlatform {
  readonly name: PlatformName;
  readonly capabilities: Capabilities;
  readonly port: DeliveryPort;
  readonly people: PeoplePort;
  /** Connects, catches up what was said meanwhile in open threads, and begins to receive. @throws when it cannot connect */
  start(): Promise<void>;
  /** Reads what was said in open threads and never came in. Does nothing while disconnected. */
  catchUp(): Promise<void>;
  /** Takes no more work, lets what is under way end, disconnects. */
  stop(): Promise<void>;
  health(): PlatformHealth;
}
