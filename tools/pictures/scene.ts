/** What a scene is given: what people do, and the camera. */
import type { ControlClient } from "../../sandbox/scenario/control.ts";
import type { Camera } from "./camera.ts";
import type { Places } from "./places.ts";

export interface Studio {
  readonly control: ControlClient;
  readonly places: Places;
  readonly camera: Camera;
}

/** One after the other, on one world: each finds what those before it left. */
export type Scene = (studio: Studio) => Promise<void>;

/** What somebody writes to the bot on Matrix, one message after the other. */
export async function answer({ matrix }: ControlClient, as: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) await matrix.act("message", { as, channel: "dm", text });
}
