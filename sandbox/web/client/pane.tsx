/** One platform: as whom one is there, their conversations, the one that is open, and the thread beside it. */
import { useEffect, useId, useRef } from "preact/hooks";
import type { PlatformId } from "../protocol.ts";
import { api, get, type World, type WorldAgent } from "./api.ts";
import { Conversation } from "./conversation.tsx";
import { type Json, obj } from "./json.ts";
import { useLive } from "./live.ts";
import { agentsOf, channelsOf, DIRECT, firstChannel, HOME, type Seat } from "./place.ts";
import { useReading } from "./reading.ts";
import { SlackHome } from "./slack/home.tsx";
import { Modal } from "./slack/modal.tsx";
import { platformNames, texts } from "./texts.ts";

interface PaneProps {
  readonly platform: PlatformId;
  readonly world: World;
  readonly seat: Seat;
  /** Conversations (`channel`) in which something came that was not seen. */
  readonly unseen: ReadonlySet<string>;
  onSeat(seat: Seat): void;
  onFault(sentence: string): void;
  onArrived(count: number, where: string): void;
}

const roleOf = ({ roles }: WorldAgent): string => {
  const named = roles.map((role) => texts.roles[role] ?? role);
  return named.length === 0 ? texts.noAccount : named.join(", ");
};

/** People by groupe, as the list of the select shows them. */
function byGroupe(agents: readonly WorldAgent[]): [string, WorldAgent[]][] {
  const groups = new Map<string, WorldAgent[]>();
  for (const agent of agents) {
    const name = agent.groupe ?? texts.noGroupe;
    groups.set(name, [...(groups.get(name) ?? []), agent]);
  }
  return [...groups];
}

function Who({ platform, world, seat, onSeat }: Pick<PaneProps, "platform" | "world" | "seat" | "onSeat">) {
  const id = useId();
  const choose = (account: string) => onSeat({ account, channel: firstChannel(world, platform, account), thread: null });
  return (
    <div class="who">
      <label for={id}>{texts.playedAs(platformNames[platform])}</label>
      <select id={id} class="fr-select" value={seat.account} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {byGroupe(agentsOf(world, platform)).map(([groupe, agents]) => (
          <optgroup key={groupe} label={groupe}>
            {agents.map((agent) => (
              <option key={agent.id} value={agent.id}>
                {agent.name} – {roleOf(agent)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

interface Tab {
  readonly channel: string;
  readonly label: string;
}

function tabsOf(world: World, platform: PlatformId, account: string): Tab[] {
  const channels = channelsOf(world, platform, account);
  const named = channels.map(({ id, name, direct }) => ({
    channel: id,
    label: direct === null ? (platform === "slack" ? `#${name}` : name) : texts.direct,
  }));
  const direct = channels.some((channel) => channel.direct === account) ? [] : [{ channel: DIRECT, label: texts.direct }];
  const home = platform === "slack" ? [{ channel: HOME, label: texts.home }] : [];
  return [...named, ...direct, ...home];
}

function ThreadHead({ onClose }: { onClose(): void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="thread-head">
      <h3 ref={heading} tabIndex={-1} class="fr-text--md fr-mb-0">
        {texts.thread}
      </h3>
      <button type="button" class="fr-btn fr-btn--tertiary-no-outline fr-btn--sm" onClick={onClose}>
        <span class="on-phone">{texts.back}</span>
        <span class="on-desktop">{texts.closeThread}</span>
      </button>
    </div>
  );
}

export function Pane(props: PaneProps) {
  const { platform, world, seat, unseen, onSeat, onFault, onArrived } = props;
  const { account, channel, thread } = seat;
  const heading = useId();
  const hints = useReading(`hints ${platform}`, () => api.hints(platform)).data;
  const view = useReading(platform === "slack" ? `view ${account}` : null, async () => {
    const { view: open } = await get("/sandbox/slack/view", { as: account });
    return open === null ? null : obj(open);
  });
  useLive((told) => {
    if (told.kind === "world" || (told.kind === "view" && told.account === account)) view.again();
  });
  const tabs = tabsOf(world, platform, account);
  const label = tabs.find((tab) => tab.channel === channel)?.label ?? "";
  const members = world.channels.find(({ id }) => id === channel)?.members ?? [];
  const people = world.agents.filter(({ id }) => members.includes(id)).map(({ name }) => name);
  const shared = {
    platform,
    account,
    channel,
    name: label,
    commands: hints?.commands ?? [],
    shortcuts: hints?.shortcuts ?? [],
    people,
    onThread: (root: string) => onSeat({ ...seat, thread: root }),
    // What is open is read from Slack itself: another form may have taken its place meanwhile.
    onView: (_view: Json | null) => view.again(),
    onFault,
    onArrived: (count: number) => onArrived(count, label),
  };
  return (
    <section class={`pane ${platform} ${thread === null ? "" : "has-thread"}`} aria-labelledby={heading} id={`pane-${platform}`}>
      <div class="pane-head">
        <h2 id={heading} class="platform-name">
          {platformNames[platform]}
        </h2>
        <Who platform={platform} world={world} seat={seat} onSeat={onSeat} />
        <nav aria-label={texts.conversations(platformNames[platform])}>
          <ul class="tabs">
            {tabs.map((tab) => (
              <li key={tab.channel}>
                <button
                  type="button"
                  class="tab"
                  {...(tab.channel === channel && { "aria-current": "true" as const })}
                  onClick={() => onSeat({ account, channel: tab.channel, thread: null })}
                >
                  {tab.label}
                  {unseen.has(tab.channel) && tab.channel !== channel && <span class="badge">{texts.news}</span>}
                </button>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <div class="pane-body">
        <div class="column channel-column">
          {channel === HOME ? (
            <SlackHome account={account} onView={shared.onView} onFault={onFault} />
          ) : (
            <Conversation {...shared} thread={null} />
          )}
        </div>
        {thread !== null && channel !== HOME && (
          <div class="column thread-column">
            <ThreadHead key={thread} onClose={() => onSeat({ ...seat, thread: null })} />
            <Conversation {...shared} thread={thread} />
          </div>
        )}
      </div>
      {view.data && <Modal key={account} account={account} view={view.data} onChanged={() => view.again()} onFault={onFault} />}
    </section>
  );
}
