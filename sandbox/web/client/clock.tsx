/** The clock of the world: where it stands, where it can be sent, and what came or why nothing did. */
import { useState } from "preact/hooks";
import type { Arrival, ClockMove, ClockState } from "../protocol.ts";
import { api, Refused } from "./api.ts";
import { longDay, shortMoment, timeOf } from "./dates.ts";
import { useLive } from "./live.ts";
import { useReading } from "./reading.ts";
import { clockTexts, platformNames, texts } from "./texts.ts";

type Move = Parameters<typeof api.moveClock>[0];

const total = (came: readonly Arrival[]): number => came.reduce((sum, { count }) => sum + count, 0);

function Outcome({ move }: { move: ClockMove }) {
  return (
    <>
      {move.came.length > 0 ? (
        <>
          <p class="fr-mb-1v">
            <strong>{clockTexts.came(total(move.came))}</strong>
          </p>
          <ul class="came">
            {move.came.map(({ platform, channel, name, count }) => (
              <li key={channel}>
                {name} ({platformNames[platform]}) : {count}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p class="fr-mb-1v">
          <strong>{clockTexts.nothing}</strong>
        </p>
      )}
      {move.why.map((sentence) => (
        <p key={sentence} class="why">
          {sentence}
        </p>
      ))}
    </>
  );
}

/** When the clock is asked to go there, where it would get. */
const titleOf = (at: string | null): string => (at === null ? clockTexts.noDue : shortMoment(new Date(at)));

export function Clock({ onFault, onMoved }: { onFault(sentence: string): void; onMoved(): void }) {
  const [moving, setMoving] = useState(false);
  const [move, setMove] = useState<ClockMove | null>(null);
  const { data, again } = useReading<ClockState>("clock", api.clock);
  useLive((told) => {
    if (told.kind === "world") setMove(null);
    if (told.kind !== "view" && told.kind !== "bot") again();
  });

  async function go(to: Move): Promise<void> {
    if (moving) return;
    setMoving(true);
    setMove(null);
    try {
      setMove(await api.moveClock(to));
      onMoved();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error.message);
    } finally {
      setMoving(false);
      again();
    }
  }

  const now = data && new Date(data.now);
  const button = (label: string, to: Move, title?: string, isPossible = true) => (
    <button
      type="button"
      class="fr-btn fr-btn--secondary fr-btn--sm"
      title={title}
      disabled={moving || !isPossible}
      onClick={() => void go(to)}
    >
      {label}
    </button>
  );
  return (
    <section class="clock" id="clock" aria-labelledby="clock-title" tabIndex={-1}>
      <h2 id="clock-title" class="fr-sr-only">
        {clockTexts.title}
      </h2>
      <div class="clock-line">
        <p class="clock-now">
          {now && (
            <time dateTime={data.now}>
              <strong>{timeOf(now)}</strong> {longDay(now)}
            </time>
          )}
        </p>
        <div class="clock-buttons">
          {button(clockTexts.now, { advance: "PT0S" })}
          {button(clockTexts.hour, { advance: "PT1H" })}
          {button(clockTexts.opening, { to: "opening" }, data ? clockTexts.openingTitle(titleOf(data.opening)) : undefined)}
          {button(clockTexts.due, { to: "due" }, data ? clockTexts.dueTitle(titleOf(data.due)) : undefined, data?.due !== null)}
          {button(clockTexts.week, { advance: "P1W" })}
        </div>
      </div>
      <div role="status" class="clock-outcome">
        {moving && <p class="fr-mb-0">{clockTexts.moving}</p>}
        {move && (
          <>
            <Outcome move={move} />
            <button type="button" class="quiet-button" onClick={() => setMove(null)}>
              {texts.dismiss}
            </button>
          </>
        )}
      </div>
    </section>
  );
}
