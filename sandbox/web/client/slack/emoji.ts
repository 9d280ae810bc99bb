/** The shortcodes of the emoji that are met here; the others are shown as they are written. */
const EMOJI: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  bell: "🔔",
  clap: "👏",
  eyes: "👀",
  hand: "✋",
  heart: "❤️",
  hourglass: "⌛",
  lock: "🔒",
  mag: "🔎",
  pray: "🙏",
  raised_hands: "🙌",
  rocket: "🚀",
  smile: "😄",
  tada: "🎉",
  thumbsup: "👍",
  warning: "⚠️",
  wave: "👋",
  white_check_mark: "✅",
  x: "❌",
};

export const emoji = (name: string): string => EMOJI[name.replace(/::skin-tone-\d$/, "")] ?? `:${name}:`;
