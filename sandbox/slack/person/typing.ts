import type { World } from "../state/world.ts";

/** The characters that delimit a name typed after @ or #. */
const MENTION = /(^|[\s(])([@#])([\p{L}\p{N}._-]+(?: [\p{L}\p{N}._-]+)?)/gu;

/**
 * What Slack's client sends for what a person typed: control characters escaped, `@name`, `#channel` and `@channel` turned into
 * mentions when they exist. An id in Slack's own form (`<@U…>`) of somebody who exists is a mention picked from the list.
 * `withNames` adds the name to the id, as slash commands have it.
 */
export function typedText(world: World, teamId: string, typed: string, withNames = false): string {
  const users = world.usersOf(teamId).filter((user) => !user.deleted);
  const channels = world.channelsOf(teamId).filter((channel) => channel.kind !== "im");
  const userMention = (id: string, name: string) => (withNames ? `<@${id}|${name}>` : `<@${id}>`);
  const channelMention = (id: string, name: string) => (withNames ? `<#${id}|${name}>` : `<#${id}>`);
  const escapedText = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const picked = escapedText
    .replace(/&lt;@([A-Z0-9]+)(?:\|[^&]*)?&gt;/g, (whole, id: string) => {
      const user = users.find((one) => one.id === id);
      return user ? userMention(user.id, user.name) : whole;
    })
    .replace(/&lt;#([A-Z0-9]+)(?:\|[^&]*)?&gt;/g, (whole, id: string) => {
      const channel = channels.find((one) => one.id === id);
      return channel ? channelMention(channel.id, channel.name) : whole;
    });
  return picked.replace(MENTION, (whole, before: string, sign: string, name: string) => {
    for (const candidate of [name, name.split(" ")[0] ?? name]) {
      const rest = name.slice(candidate.length);
      const wanted = candidate.toLowerCase();
      if (sign === "@" && ["here", "channel", "everyone"].includes(wanted)) return `${before}<!${wanted}>${rest}`;
      const user = users.find((one) => one.name === wanted || one.displayName.toLowerCase() === wanted);
      if (sign === "@" && user) return `${before}${userMention(user.id, user.name)}${rest}`;
      const channel = channels.find((one) => one.name === wanted);
      if (sign === "#" && channel) return `${before}${channelMention(channel.id, channel.name)}${rest}`;
    }
    return whole;
  });
}
