/** The guided tour: one step at a time, known to be done from the demande itself; it may be left and taken up again. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { TourPlace, Tour as TourState } from "../protocol.ts";
import { api } from "./api.ts";
import { useLive } from "./live.ts";
import { useReading } from "./reading.ts";
import { tourTexts } from "./texts.ts";

const STORED = "aplus.tour";

interface Kept {
  readonly open: boolean;
  /** The step that is shown; null: the first that is not done. */
  readonly step: number | null;
}

function kept(): Kept {
  try {
    return { open: false, step: null, ...(JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Kept>) };
  } catch {
    return { open: false, step: null };
  }
}

const keep = (kept: Kept): void => localStorage.setItem(STORED, JSON.stringify(kept));

/** The tour will begin at its first step again. */
export const forgetStep = (): void => keep({ ...kept(), step: null });

interface TourProps {
  onGo(place: TourPlace): void;
  onRestart(): void;
}

function Step({
  tour,
  index,
  onStep,
  onGo,
}: {
  tour: TourState;
  index: number;
  onStep(index: number): void;
  onGo(place: TourPlace): void;
}) {
  const step = tour.steps[index];
  if (!step) return null;
  const { where } = step;
  return (
    <div class="step">
      <div class="step-words">
        <h3 class="fr-text--lg fr-mb-1v">
          <span class="step-count">{tourTexts.step(index + 1, tour.steps.length)}</span> {step.title}{" "}
          {step.isDone && <span class="done">✓ {tourTexts.done}</span>}
        </h3>
        <div class="step-columns">
          <div>
            <p class="step-label">{tourTexts.toDo}</p>
            <ul>
              {step.todo.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
          <div>
            <p class="step-label">{tourTexts.look}</p>
            <p class="fr-mb-0">{step.look}</p>
          </div>
        </div>
      </div>
      <div class="step-buttons">
        {where && (
          <button type="button" class="fr-btn fr-btn--sm" onClick={() => onGo(where)}>
            {tourTexts.go}
          </button>
        )}
        <button
          type="button"
          class="fr-btn fr-btn--secondary fr-btn--sm"
          disabled={index === 0}
          onClick={() => onStep(index - 1)}
        >
          {tourTexts.previous}
        </button>
        <button
          type="button"
          class="fr-btn fr-btn--secondary fr-btn--sm"
          disabled={index + 1 >= tour.steps.length}
          onClick={() => onStep(index + 1)}
        >
          {tourTexts.next}
        </button>
      </div>
    </div>
  );
}

export function Tour({ onGo, onRestart }: TourProps) {
  const [{ open, step }, setKept] = useState<Kept>(kept);
  const { data, again } = useReading("tour", api.tour);
  useLive((told) => {
    if (told.kind === "conversation" || told.kind === "world" || told.kind === "clock") again();
  });
  const change = (next: Kept) => {
    keep(next);
    setKept(next);
  };
  const firstLeft = data ? data.steps.findIndex(({ isDone }) => !isDone) : 0;
  const isFinished = data !== null && firstLeft === -1;
  const last = (data?.steps.length ?? 1) - 1;
  const index = Math.min(step ?? (isFinished ? last : firstLeft), last);

  // A step that gets done stays in sight, so that one looks at what it did; its end is announced.
  const done = data?.steps.filter(({ isDone }) => isDone).length ?? 0;
  const before = useRef(done);
  // Only what gets done counts
  useEffect(() => {
    if (done > before.current && open && step === null)
      change({ open, step: index === firstLeft ? Math.max(0, firstLeft - 1) : index });
    before.current = done;
  }, [done]);

  const begun = done > 0;
  return (
    <section class={`tour ${open ? "is-open" : ""}`} id="tour" aria-labelledby="tour-title" tabIndex={-1}>
      <div class="tour-head">
        <h2 id="tour-title" class="fr-text--lg fr-mb-0">
          {tourTexts.title}
          {data?.ref && <span class="tour-ref"> {data.ref}</span>}
        </h2>
        <progress value={done} max={last + 1} aria-labelledby="tour-title" />
        <div class="tour-buttons">
          <button
            type="button"
            class="fr-btn fr-btn--sm"
            aria-expanded={open}
            onClick={() => change({ open: !open, step: open ? step : null })}
          >
            {open ? tourTexts.leave : begun ? tourTexts.resume : tourTexts.start}
          </button>
          <button type="button" class="fr-btn fr-btn--tertiary fr-btn--sm" onClick={onRestart}>
            {tourTexts.restart}
          </button>
        </div>
      </div>
      {!open && !begun && <p class="welcome">{tourTexts.welcome}</p>}
      {open && data && <Step tour={data} index={index} onStep={(next) => change({ open, step: next })} onGo={onGo} />}
      <p class="fr-sr-only" role="status">
        {data?.steps[index]?.isDone ? `${tourTexts.step(index + 1, last + 1)} : ${tourTexts.done}` : ""}
      </p>
      {open && isFinished && <p class="welcome">{tourTexts.finished}</p>}
    </section>
  );
}
