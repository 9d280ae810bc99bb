/** What the bot has just written elsewhere: where, and how to get there. */
import type { PlatformId } from "../protocol.ts";
import type { World } from "./api.ts";
import { readerOf, type Seats } from "./place.ts";
import { platformNames, texts } from "./texts.ts";

export interface Arrived {
  readonly platform: PlatformId;
  readonly channel: string;
  readonly thread: string | null;
  readonly onlyFor: string | null;
}

interface NewsProps {
  readonly arrived: readonly Arrived[];
  readonly world: World;
  readonly seats: Seats;
  onGo(platform: PlatformId, account: string, channel: string, thread: string | null): void;
}

export function News({ arrived, world, seats, onGo }: NewsProps) {
  const shown = arrived.flatMap((one) => {
    const channel = world.channels.find(({ id }) => id === one.channel);
    if (!channel) return [];
    const account = one.onlyFor ?? readerOf(world, channel, seats[one.platform]);
    const who = world.agents.find(({ id }) => id === account)?.name ?? "";
    const name = channel.direct === null && one.platform === "slack" ? `#${channel.name}` : channel.name;
    return [{ ...one, account, who, name }];
  });
  return (
    <section class="news" aria-labelledby="news-title">
      <h2 id="news-title" class="news-title">
        {texts.elsewhere}
      </h2>
      {shown.length === 0 ? (
        <p class="news-none">{texts.elsewhereNone}</p>
      ) : (
        <ul class="news-list">
          {shown.map(({ platform, channel, thread, account, who, name }) => (
            <li key={`${channel} ${thread}`}>
              <button type="button" class={`news-button ${platform}`} onClick={() => onGo(platform, account, channel, thread)}>
                <span class="news-platform">{platformNames[platform]}</span> {texts.goTo(name, who)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
