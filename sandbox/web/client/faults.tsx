/** Faults to play on the platforms and on the bot, beside the counters that tell what they did. */
import { useId, useState } from "preact/hooks";
import type { Counters, PlatformId } from "../protocol.ts";
import { api, get, post, Refused, remove } from "./api.ts";
import { list, str } from "./json.ts";
import { useLive } from "./live.ts";
import { PLATFORMS } from "./place.ts";
import { useReading } from "./reading.ts";
import { faultTexts, platformNames } from "./texts.ts";

type Choice = "none" | "refuse" | "slow" | "lose" | "down";

const CHOICES: readonly Choice[] = ["none", "refuse", "slow", "lose", "down"];
const SLOW_MS = 2000;

/** What the bot posts by, on each: people's own acts go on. */
const POSTS: Readonly<Record<PlatformId, string>> = { slack: "chat.*", matrix: "PUT rooms/*" };
/** Whose calls are struck: on Matrix everybody is a client. */
const BOT = "@aplus:ain.exemple.test";

function faultFor(platform: PlatformId, choice: Exclude<Choice, "none">): Readonly<Record<string, unknown>> {
  const who = platform === "matrix" ? { user: BOT } : {};
  switch (choice) {
    case "refuse":
      return { kind: "refuse", status: 500, method: POSTS[platform], ...who };
    case "slow":
      return { kind: "delay", ms: SLOW_MS, method: POSTS[platform], ...who };
    case "lose":
      return { kind: "loseAnswer", method: POSTS[platform], ...who };
    case "down":
      return { kind: "down" };
  }
}

const KINDS: Readonly<Record<string, Choice>> = { refuse: "refuse", delay: "slow", loseAnswer: "lose", down: "down" };

function PlatformFault({ platform, onFault }: { platform: PlatformId; onFault(sentence: string): void }) {
  const id = useId();
  const { data, again } = useReading(`faults ${platform}`, async (): Promise<Choice> => {
    const [first] = list((await get(`/sandbox/${platform}/faults`)).faults);
    return KINDS[str(first?.kind)] ?? "none";
  });
  useLive((told) => {
    if (told.kind === "world") again();
  });
  async function choose(choice: Choice): Promise<void> {
    try {
      await remove(`/sandbox/${platform}/faults`);
      if (choice !== "none") await post(`/sandbox/${platform}/faults`, faultFor(platform, choice));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error.message);
    }
    again();
  }
  return (
    <div class="fr-select-group fr-mb-1w">
      <label class="fr-label" for={id}>
        {faultTexts.platform(platformNames[platform])}
      </label>
      <select
        id={id}
        class="fr-select"
        value={data ?? "none"}
        onChange={({ currentTarget }) => void choose(currentTarget.value as Choice)}
      >
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {faultTexts[choice]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Robot({ onFault }: { onFault(sentence: string): void }) {
  const [busy, setBusy] = useState(false);
  const { data, again } = useReading("bot", api.bot);
  useLive((told) => {
    if (told.kind === "bot" || told.kind === "world") again();
  });
  if (!data) return null;
  const order = async (wanted: "kill" | "start") => {
    setBusy(true);
    try {
      await api.orderBot(wanted);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error.message);
    } finally {
      setBusy(false);
      again();
    }
  };
  const isDead = data.state === "killed";
  return (
    <div>
      <h3 class="fr-text--md fr-mb-1v">{faultTexts.robot}</h3>
      <p role="status" class="fr-mb-1w">
        {faultTexts.state(data)}
      </p>
      {data.isProcess && (
        <button
          type="button"
          class={`fr-btn fr-btn--sm ${isDead ? "" : "danger fr-btn--secondary"}`}
          disabled={busy || data.state === "starting"}
          onClick={() => void order(isDead ? "start" : "kill")}
        >
          {isDead ? faultTexts.start : faultTexts.kill}
        </button>
      )}
    </div>
  );
}

function verdict({ missing, twice, written, kept }: Counters): string {
  if (twice > 0) return faultTexts.bad;
  const waiting = missing + (written - kept);
  return waiting > 0 ? faultTexts.waiting(waiting) : faultTexts.good;
}

function CounterTable() {
  const { data, again } = useReading("counters", api.counters);
  useLive((told) => {
    if (told.kind !== "view" && told.kind !== "clock") again();
  });
  if (!data) return null;
  const rows: [string, number][] = [
    [faultTexts.counted.demandes, data.demandes],
    [faultTexts.counted.events, data.events],
    [faultTexts.counted.threads, data.threads],
    [faultTexts.due, data.due],
    [faultTexts.there, data.there],
    [faultTexts.missing, data.missing],
    [faultTexts.twice, data.twice],
    [faultTexts.written, data.written],
    [faultTexts.kept, data.kept],
  ];
  const isGood = data.twice === 0 && data.missing === 0 && data.written === data.kept;
  return (
    <div>
      <h3 class="fr-text--md fr-mb-1v">{faultTexts.counters}</h3>
      <dl class="counters">
        {rows.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <p role="status" class={isGood ? "good" : "waiting"}>
        {verdict(data)}
      </p>
    </div>
  );
}

export function Faults({ onFault }: { onFault(sentence: string): void }) {
  return (
    <div class="faults">
      <p class="fr-mb-1w">{faultTexts.intro}</p>
      <div class="faults-columns">
        <div>
          <Robot onFault={onFault} />
          <div class="fr-mt-2w">
            {PLATFORMS.map((platform) => (
              <PlatformFault key={platform} platform={platform} onFault={onFault} />
            ))}
          </div>
        </div>
        <CounterTable />
      </div>
    </div>
  );
}
