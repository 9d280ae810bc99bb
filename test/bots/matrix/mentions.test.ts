/** People named in a command typed on Matrix: by pills, as clients write them, or by their whole identifier. */
import { commandWithPeople } from "../../../bots/matrix/receive/mentions.ts";

const typed = (body: string, html?: string) =>
  commandWithPeople({
    content: {
      msgtype: "m.text",
      body,
      ...(html !== undefined && { format: "org.matrix.custom.html", formatted_body: html }),
    },
  });

const pill = (user: string, name: string): string => `<a href="https://matrix.to/#/${encodeURIComponent(user)}">${name}</a>`;

test("a pill is a person, and no word of the command", () => {
  const html = `!groupe ajouter ${pill("@camille:exemple.test", "Camille Exemple")} instructeur`;
  expect(typed("!groupe ajouter Camille Exemple instructeur", html)).toEqual({
    word: "groupe",
    rest: "ajouter Camille Exemple instructeur",
    withoutMentions: "ajouter  instructeur",
    users: ["@camille:exemple.test"],
  });
});

test("an identifier typed in full is one too; an e-mail address is none", () => {
  expect(typed("!groupe retirer @camille:exemple.test dans CAF")).toMatchObject({
    withoutMentions: "retirer  dans CAF",
    users: ["@camille:exemple.test"],
  });
  expect(typed("!groupe ajouter camille@exemple.test")).toMatchObject({
    rest: "ajouter camille@exemple.test",
    withoutMentions: "ajouter camille@exemple.test",
    users: [],
  });
});

test("formatting without a pill changes nothing, and what is no command stays none", () => {
  expect(typed("!groupe membres", "<p>!groupe <b>membres</b></p>")).toMatchObject({ withoutMentions: "membres", users: [] });
  expect(typed("bonjour @camille:exemple.test")).toBeNull();
});
