/** Both platforms, as the people of a story use them. */
import type { PlatformName } from "../../src/domain/demande.ts";
import type { ControlWorld } from "./control.ts";
import { MatrixSide } from "./on-matrix.ts";
import { SlackSide } from "./on-slack.ts";
import type { SideContext } from "./side.ts";
import type { Stage } from "./stage.ts";
import { StepFault } from "./story.ts";
import type { Sides } from "./threads.ts";

/** @param acting told right before each act */
export function sidesOf(stage: Stage, acting: () => void): Sides {
  let known: Promise<ControlWorld> | null = null;
  /** Who is there does not change in a story. */
  const world = () => {
    known ??= stage.control.world();
    return known;
  };
  const context = (platform: PlatformName): SideContext => {
    const files = new Map<string, Promise<Buffer>>();
    return {
      control: stage.control,
      acting,
      async people() {
        return new Map((await world()).agents.map(({ id, name }) => [id, name]));
      },
      async account(name) {
        const found = (await world()).agents.find((agent) => agent.platform === platform && agent.name === name);
        if (!found) throw new StepFault(`${name} n’a pas de compte sur ${platform}`);
        return found.id;
      },
      // What an address holds does not change: each file is fetched once.
      bytes(address, reader) {
        const fetched = files.get(address) ?? stage.bytes(platform, address, reader);
        files.set(address, fetched);
        fetched.catch(() => files.delete(address));
        return fetched;
      },
    };
  };
  return { slack: new SlackSide(context("slack")), matrix: new MatrixSide(context("matrix")) };
}
