/** The first day on Matrix: a homeserver with its people, and a room for each groupe. */
import type { Identity, Place } from "../../src/delivery/port.ts";
import type { MatrixSandbox } from "../matrix/server.ts";
import type { SeededPlatform } from "./platform.ts";
import { platformOf, SEED_AGENTS, SEED_GROUPES, STRANGER } from "./world.ts";

/** What accounts end with: the bot's own server, which stands for it in places. */
export const SERVER_NAME = "ain.exemple.test";

const AGENTS = SEED_AGENTS.filter((agent) => platformOf(agent) === "matrix");
const GROUPES = SEED_GROUPES.filter(({ platform }) => platform === "matrix");
/** Of a room's moderator: the bot takes reactions away once they are taken into account. */
const MODERATOR = 50;

export async function seedMatrix(matrix: MatrixSandbox): Promise<void> {
  const { control } = matrix;
  await control.createBot({ localpart: "aplus", displayName: "Administration+" });
  for (const { handle, name, email } of [...AGENTS, STRANGER])
    await control.createUser({ localpart: handle, displayName: name, email });
  for (const { id, name, channel, description } of GROUPES) {
    const members = AGENTS.filter((a) => a.memberships.some((m) => m.groupeId === id)).map(({ handle }) => handle);
    const creator = AGENTS.find((a) => a.memberships.some((m) => m.groupeId === id && m.responsable))?.handle;
    await control.createRoom({
      name,
      topic: description,
      alias: channel,
      members: [...members, "bot"],
      ...(creator !== undefined && { creator }),
      levels: { bot: MODERATOR },
    });
  }
}

/** Everybody has their conversation with the bot, which must run: it comes where it is asked to. */
export async function openDirects(matrix: MatrixSandbox): Promise<void> {
  await Promise.all(AGENTS.map(({ handle }) => matrix.control.direct({ as: handle })));
}

export function onMatrix(matrix: MatrixSandbox): SeededPlatform {
  const { control } = matrix;
  const accounts = new Set([...AGENTS, STRANGER].map(({ handle }) => handle));
  const rooms = new Map(GROUPES.map(({ channel, name }) => [channel, control.rooms().find((room) => room.name === name)?.id]));
  return {
    name: "matrix",
    identity: (handle): Identity | null =>
      accounts.has(handle) ? { platform: "matrix", workspace: SERVER_NAME, user: `@${handle}:${SERVER_NAME}` } : null,
    place(name): Place | null {
      const channel = rooms.get(name);
      return channel === undefined ? null : { platform: "matrix", workspace: SERVER_NAME, channel };
    },
    async write(as, { channel }, thread, text) {
      // Matrix acknowledges nothing: what the writer is shown tells that the bot has read it.
      await control.message({ as: as.user, channel, thread, text, wait: "seen" });
    },
  };
}
