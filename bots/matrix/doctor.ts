/** Whether this configuration works with Matrix, and how to mend each thing that does not. */
import { z } from "zod";
import { matrixTexts } from "../../src/texts/matrix.ts";
import type { Log } from "../log.ts";
import { MatrixApi } from "./api.ts";
import { isTokenFault, matrixCode } from "./faults.ts";
import type { MatrixConfig } from "./platform.ts";
import { canEncrypt } from "./sdk.ts";

export interface DoctorConfig extends MatrixConfig {
  /** Ids or aliases of the rooms in which the bot must be. */
  readonly rooms?: readonly string[];
}

export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How to mend it; null when there is nothing to mend. */
  readonly remedy: string | null;
}

const texts = matrixTexts.doctor;
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const fine = (check: string, detail: string): Finding => ({ check, ok: true, detail, remedy: null });
const wrong = (check: string, detail: string, remedy: string): Finding => ({ check, ok: false, detail, remedy });

const codeOf = (error: unknown): string => matrixCode(error) ?? (error instanceof Error ? error.name : "?");

const versions = z.object({ versions: z.array(z.string()).min(1) });
const levels = z
  .object({
    users: z.record(z.string(), z.number()).catch({}),
    users_default: z.number().catch(0),
    events: z.record(z.string(), z.number()).catch({}),
    events_default: z.number().catch(0),
  })
  .partial();

async function checkHomeserver(api: MatrixApi): Promise<Finding> {
  try {
    const read = versions.parse(await api.connection.call("GET", "/_matrix/client/versions"));
    return fine(texts.homeserver, texts.homeserverOk(read.versions.at(-1) ?? "?"));
  } catch (error) {
    // Some homeservers look at the token first: they are there.
    if (isTokenFault(error)) return fine(texts.homeserver, texts.homeserverAnswers);
    return wrong(texts.homeserver, texts.homeserverFault(codeOf(error)), texts.homeserverRemedy);
  }
}

async function checkToken(api: MatrixApi): Promise<{ finding: Finding; user: string | null }> {
  try {
    const { user_id: user, device_id: device } = await api.whoami();
    return { finding: fine(texts.token, texts.tokenOk(user, device ?? "?")), user };
  } catch (error) {
    return { finding: wrong(texts.token, texts.tokenFault(codeOf(error)), texts.tokenRemedy), user: null };
  }
}

/** No encryption is a choice; encryption that was asked for and cannot be is a fault. */
function checkEncryption({ cryptoFolder, proxyEncrypts }: MatrixConfig): Finding {
  if (proxyEncrypts) return fine(texts.encryption, texts.encryptionByProxy);
  if (cryptoFolder === undefined) return fine(texts.encryption, texts.encryptionOff);
  return canEncrypt
    ? fine(texts.encryption, texts.encryptionOk(cryptoFolder))
    : wrong(texts.encryption, texts.encryptionAbsent, texts.encryptionRemedy);
}

async function checkRoom(api: MatrixApi, user: string, given: string): Promise<Finding> {
  const check = texts.room(given);
  try {
    const room = given.startsWith("#") ? await api.resolveAlias(given) : given;
    if (room === null) return wrong(check, texts.roomUnknown, texts.roomRemedy);
    const own = await api.state(room, "m.room.member", user);
    if (own?.membership !== "join") return wrong(check, texts.roomOutside, texts.roomRemedy);
    const [named, closed, power] = await Promise.all([
      api.state(room, "m.room.name"),
      api.isClosed(room),
      api.state(room, "m.room.power_levels"),
    ]);
    const name = typeof named?.name === "string" ? named.name : room;
    if (closed) return wrong(check, texts.roomEncrypted(name), texts.roomEncryptedRemedy);
    const { users = {}, users_default = 0, events = {}, events_default = 0 } = levels.parse(power ?? {});
    const muted = (users[user] ?? users_default) < (events["m.room.message"] ?? events_default);
    return muted ? wrong(check, texts.roomMuted(name), texts.roomMutedRemedy) : fine(check, texts.roomOk(name));
  } catch (error) {
    return wrong(check, texts.homeserverFault(codeOf(error)), texts.roomRemedy);
  }
}

/** Never throws: what does not work is a finding. The token appears in none. */
export async function checkMatrix(config: DoctorConfig): Promise<Finding[]> {
  const { homeserver, accessToken, cryptoFolder = null, proxyEncrypts } = config;
  const api = new MatrixApi({
    homeserver,
    accessToken,
    cryptoFolder: canEncrypt ? cryptoFolder : null,
    proxyEncrypts,
    log: silent,
  });
  const answers = await checkHomeserver(api);
  if (!answers.ok) return [answers, checkEncryption(config)];
  const { finding, user } = await checkToken(api);
  const rooms = user === null ? [] : await Promise.all((config.rooms ?? []).map((room) => checkRoom(api, user, room)));
  return [answers, finding, checkEncryption(config), ...rooms];
}
