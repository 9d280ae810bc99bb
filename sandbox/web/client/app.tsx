/** The page put together. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlatformId, TourPlace } from "../protocol.ts";
import { api, Refused, type World } from "./api.ts";
import { Clock } from "./clock.tsx";
import { ConfirmDialog, Window } from "./dialogs.tsx";
import { Faults } from "./faults.tsx";
import { useLive } from "./live.ts";
import { NamesProvider, namesOf } from "./names.ts";
import { type Arrived, News } from "./news.tsx";
import { Pane } from "./pane.tsx";
import { keepSeats, keptSeats, PLATFORMS, type Seat, type Seats, seatsOf } from "./place.ts";
import { useReading } from "./reading.ts";
import { chooseScheme, chosenScheme } from "./scheme.ts";
import { faultTexts, platformNames, texts, tourTexts } from "./texts.ts";
import { forgetStep, Tour } from "./tour.tsx";

const MOST_NEWS = 6;

function SchemeChoice() {
  return (
    <div class="scheme">
      <label for="scheme" class="fr-sr-only">
        {texts.scheme.label}
      </label>
      <select
        id="scheme"
        class="fr-select"
        defaultValue={chosenScheme()}
        onChange={({ currentTarget }) => chooseScheme(currentTarget.value)}
      >
        {(["system", "light", "dark"] as const).map((scheme) => (
          <option key={scheme} value={scheme} selected={scheme === chosenScheme()}>
            {texts.scheme[scheme]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A sentence that says what could not be done, until it is hidden or another comes. */
function Fault({ sentence, onHide }: { sentence: string | null; onHide(): void }) {
  return (
    <div role="alert" class="fault-place">
      {sentence !== null && (
        <div class="fault">
          <p class="fr-mb-0">{sentence}</p>
          <button type="button" class="quiet-button" onClick={onHide}>
            {texts.dismiss}
          </button>
        </div>
      )}
    </div>
  );
}

interface StageProps {
  readonly world: World;
  /** Reads the world again: somebody is new, a conversation has been opened. */
  again(): void;
}

const isSame = (a: Arrived, b: Arrived): boolean => a.channel === b.channel && a.thread === b.thread && a.onlyFor === b.onlyFor;

/** Whether it is under the visitor's eyes; a thread is when it is the one that is open. */
function isSeen({ platform, channel, thread, onlyFor }: Arrived, seats: Seats): boolean {
  const seat = seats[platform];
  if (seat.channel !== channel || (onlyFor !== null && onlyFor !== seat.account)) return false;
  return thread === null || thread === seat.thread;
}

function Stage({ world, again }: StageProps) {
  const [kept, setKept] = useState<Partial<Seats> | null>(keptSeats);
  const [shown, setShown] = useState<PlatformId>("slack");
  const [arrived, setArrived] = useState<readonly Arrived[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [isFaultsOpen, setFaultsOpen] = useState(false);
  const [restart, setRestart] = useState<"no" | "asked" | "under way">("no");
  /** How many times the first day was begun anew: what concerned the former one is forgotten. */
  const [days, setDays] = useState(0);
  const seats = seatsOf(world, kept);
  const now = useRef({ seats, world });
  now.current = { seats, world };

  useEffect(() => {
    const agent = world.agents.find(({ id }) => id === seats[shown].account)?.name ?? "";
    const channel = world.channels.find(({ id }) => id === seats[shown].channel)?.name ?? texts.direct;
    document.title = texts.title(`${agent}, ${channel} (${platformNames[shown]})`);
  }, [world, seats, shown]);

  useLive((told) => {
    if (told.kind === "world") setArrived([]);
    if (told.kind !== "conversation") return;
    if (!now.current.world.channels.some(({ id }) => id === told.channel)) again();
    if (!told.isNews) return;
    const { platform, channel, thread, onlyFor } = told;
    const one = { platform, channel, thread, onlyFor };
    if (isSeen(one, now.current.seats)) return;
    const name = now.current.world.channels.find(({ id }) => id === channel)?.name ?? texts.direct;
    setSaid(texts.arrived(name, platformNames[platform]));
    setArrived((old) => [one, ...old.filter((other) => !isSame(other, one))].slice(0, MOST_NEWS));
  });

  const sit = (platform: PlatformId, seat: Seat) => {
    const next = { ...seats, [platform]: seat };
    setKept(next);
    keepSeats(next);
    setShown(platform);
    setArrived((old) => old.filter((one) => !isSeen(one, next)));
  };

  const go = ({ platform, account, channel, thread }: TourPlace) => {
    sit(platform, { account, channel, thread });
    requestAnimationFrame(() => {
      const place = thread === null ? ".channel-column" : ".thread-column";
      document.querySelector<HTMLElement>(`#pane-${platform} ${place} .messages`)?.focus();
    });
  };

  async function startAgain(): Promise<void> {
    setRestart("under way");
    try {
      await api.restart();
      setSaid(tourTexts.restarted);
      setArrived([]);
      forgetStep();
      setDays((count) => count + 1);
      again();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error.message);
    } finally {
      setRestart("no");
    }
  }

  const unseen = new Set(arrived.map(({ channel }) => channel));
  return (
    <NamesProvider value={namesOf(world)}>
      <header class="page-head">
        <p class="brand">
          <strong>{texts.name}</strong> <span>{texts.sandbox}</span>
        </p>
        <Clock onFault={setFault} onMoved={() => setFault(null)} />
        <div class="head-tools">
          <button type="button" class="fr-btn fr-btn--tertiary fr-btn--sm" onClick={() => setFaultsOpen(true)}>
            {faultTexts.title}
          </button>
          <SchemeChoice />
        </div>
      </header>
      <main id="panes-top" tabIndex={-1}>
        <h1 class="fr-sr-only">
          {texts.name}, {texts.sandbox}
        </h1>
        <div class="guide">
          <Tour key={days} onGo={go} onRestart={() => setRestart("asked")} />
          <News
            arrived={arrived}
            world={world}
            seats={seats}
            onGo={(platform, account, channel, thread) => go({ platform, account, channel, thread })}
          />
        </div>
        <Fault sentence={fault} onHide={() => setFault(null)} />
        <fieldset class="switch">
          <legend class="fr-sr-only">{texts.platforms}</legend>
          {PLATFORMS.map((platform) => (
            <button key={platform} type="button" aria-pressed={platform === shown} onClick={() => setShown(platform)}>
              {platformNames[platform]}
              {arrived.some((one) => one.platform === platform) && platform !== shown && <span class="badge">{texts.news}</span>}
            </button>
          ))}
        </fieldset>
        <div class={`panes shows-${shown}`} id="panes">
          {PLATFORMS.map((platform) => (
            <Pane
              key={platform}
              platform={platform}
              world={world}
              seat={seats[platform]}
              unseen={unseen}
              onSeat={(seat) => sit(platform, seat)}
              onFault={setFault}
              onArrived={(count, where) => setSaid(texts.arrivedHere(count, where))}
            />
          ))}
        </div>
      </main>
      <p class="fr-sr-only" aria-live="polite">
        {said}
      </p>
      {isFaultsOpen && (
        <Window title={faultTexts.title} isWide onClose={() => setFaultsOpen(false)}>
          <Faults onFault={setFault} />
        </Window>
      )}
      {restart === "asked" && (
        <ConfirmDialog
          title={tourTexts.restartAsk}
          text={tourTexts.restartSay}
          confirm={tourTexts.restart}
          onAnswer={(yes) => (yes ? void startAgain() : setRestart("no"))}
        />
      )}
      {restart === "under way" && (
        <p class="restarting" role="status">
          {tourTexts.restarting}
        </p>
      )}
    </NamesProvider>
  );
}

export function App() {
  const { data, fault, again } = useReading("world", api.world);
  useLive((told) => {
    if (told.kind === "world") again();
  });
  const last = useRef<World | null>(null);
  if (data) last.current = data;
  const world = data ?? last.current;
  if (!world) return <main class="starting">{fault ?? texts.loading}</main>;
  return <Stage world={world} again={again} />;
}
