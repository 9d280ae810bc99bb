/** What Slack sends for what was typed after a command. */
import { typedText } from "../../../bots/slack/receive/typed.ts";

test.each([
  ["ajouter <@U12AB|camille> instructeur", "ajouter @camille instructeur", "ajouter  instructeur", ["U12AB"]],
  ["ajouter <@U12AB>", "ajouter @U12AB", "ajouter ", ["U12AB"]],
  ["ajouter <mailto:a.b@exemple.test|a.b@exemple.test>", "ajouter a.b@exemple.test", "ajouter a.b@exemple.test", []],
  ["D&amp;D &lt;@U1&gt;", "D&D <@U1>", "D&D <@U1>", []],
  ["<#C1|caf-ain> et <!here> <https://exemple.test|ici>", "#caf-ain et @here https://exemple.test", null, []],
])("« %s »", (escaped, text, withoutMentions, users) => {
  expect(typedText(escaped)).toEqual({ text, withoutMentions: withoutMentions ?? text, users });
});
