/** What goes from one platform to the other: formatting, mentions, files, changes and deletions. */
import type { Inline, RichText } from "../../../src/domain/richtext.ts";
import { BOT, EDITED_MARK, fileMark, PRIVATE_MARK, rings } from "../reading.ts";
import { type Cast, firstName, fullName } from "../shared/cast.ts";
import type { Attachment } from "../side.ts";
import type { Step } from "../story.ts";

/** Of the préfecture, with an account on both platforms. */
export const MAXIME = { handle: "maxime.fictif", name: "Maxime Fictif", email: "maxime.fictif@exemple.test" } as const;
/** Of the CAF, with an account on Slack only. */
const CHARLIE = "Charlie Modèle";

const plain = (text: string): Inline => ({ type: "text", text });
const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const italic = (text: string): Inline => ({ type: "text", text, style: { italic: true } });
const link = (text: string, url: string): Inline => ({ type: "link", text, url });
const mention = (name: string): Inline => ({ type: "mention", name });
const list = (ordered: boolean, ...items: Inline[][]) =>
  ({ type: "list", ordered, items: items.map((inlines) => ({ indent: 0, inlines })) }) as const;

/** What Alix writes on Slack. */
const missing = (count: string): RichText => [
  {
    type: "paragraph",
    inlines: [plain("Il manque "), bold(`${count} pièces`), plain(", voir "), link("la notice", "https://exemple.test/notice")],
  },
  list(false, [plain("la quittance de loyer")], [plain("l’"), italic("avis de mutation")]),
  { type: "paragraph", inlines: [mention(MAXIME.name), plain(" et "), mention(CHARLIE), plain(", les avez-vous ?")] },
];
/** The same, as it reads where Charlie is named so. */
const missingRead = (count: string, charlie: string): string =>
  `Il manque *${count} pièces*, voir [la notice](https://exemple.test/notice) • la quittance de loyer • l’_avis de mutation_ ${rings(MAXIME.name)} et ${charlie}, les avez-vous ?`;

/** What Morgan writes on Matrix. */
const found: RichText = [
  {
    type: "paragraph",
    inlines: [
      mention(MAXIME.name),
      plain(" a "),
      bold("retrouvé"),
      plain(" le "),
      link("dossier", "https://exemple.test/dossier"),
    ],
  },
  list(true, [plain("envoyez la "), italic("quittance")], [plain("prenez rendez-vous")]),
];
const FOUND = `${rings(MAXIME.name)} a *retrouvé* le [dossier](https://exemple.test/dossier) 1. envoyez la _quittance_ 2. prenez rendez-vous`;

/** Bytes that are no text of any kind. */
const bytes = (length: number, step: number): Buffer => Buffer.from(Array.from({ length }, (_, n) => (n * n * step + n) % 256));
const RECEIPT: Attachment = {
  name: "quittance.pdf",
  mimetype: "application/pdf",
  bytes: Buffer.concat([Buffer.from("%PDF-1.7\n"), bytes(70_000, 7)]),
};
const NOTICE: Attachment = { name: "avis de mutation.png", mimetype: "image/png", bytes: bytes(3_001, 11) };
const markOf = (file: Attachment): string => fileMark(file.name, file.bytes);
const shared = (who: string, file: Attachment): string => `📄 ${who} a partagé un fichier : ${file.name} ${markOf(file)}`;

const WITH_FILE = "L’avis, tel que nous l’avons reçu.";
const SLIP = "C’est pour une autre personne, pardon.";

export function crossingSteps({ aidant, caf, tiers }: Cast): readonly Step[] {
  const fromCaf = (words: string) => `${fullName(caf)} : ${PRIVATE_MARK} ${words}`;
  const fromTiers = `${fullName(tiers)} : ${FOUND}`;
  const fromTiersPrivate = `${fullName(tiers)} : ${PRIVATE_MARK} ${FOUND}`;
  const holder = rings(tiers.name);
  const receipt = `${BOT} : ${shared(fullName(aidant), RECEIPT)}`;
  const receiptToTiers = `${BOT} : ${holder} ${shared(fullName(aidant), RECEIPT)}`;
  const ring = rings(CHARLIE);
  return [
    {
      title: `De Slack à Matrix, mise en forme et mentions : ${firstName(caf)} nomme Maxime, qui est des deux côtés, et Charlie, qui n’est que sur Slack.`,
      when: { set: "2026-03-09T13:30:00+01:00" },
      act: (hand) => hand.say(caf.handle, "caf", missing("deux")),
      left: {
        threads: {
          caf: [{ add: `${caf.name} : ${missingRead("deux", ring)}` }],
          cpam: [{ add: fromCaf(missingRead("deux", ring)) }],
          // Charlie has no account there: a name, which alerts nobody.
          tiers: [{ add: fromCaf(`${holder} ${missingRead("deux", `@${CHARLIE}`)}`) }],
        },
        events: ["message*"],
      },
    },
    {
      title: `${firstName(caf)} corrige son message mis en forme : il l’est aussi sur Matrix.`,
      when: { set: "2026-03-09T13:35:00+01:00" },
      act: (hand) => hand.edit(caf.handle, "caf", missing("deux"), missing("trois")),
      left: {
        threads: {
          caf: [{ edit: `${caf.name} : ${missingRead("deux", ring)}`, to: `${caf.name} : ${missingRead("trois", ring)}` }],
          cpam: [
            {
              edit: fromCaf(missingRead("deux", ring)),
              to: fromCaf(`${missingRead("trois", ring)} ${EDITED_MARK}`),
            },
          ],
          tiers: [
            {
              edit: fromCaf(`${holder} ${missingRead("deux", `@${CHARLIE}`)}`),
              to: fromCaf(`${holder} ${missingRead("trois", `@${CHARLIE}`)} ${EDITED_MARK}`),
            },
          ],
        },
        events: ["edited*"],
      },
    },
    {
      title: `De Matrix à Slack, mise en forme et mention : ${firstName(tiers)} écrit entre instructeurs, et nomme Maxime, qui est averti des deux côtés.`,
      when: { set: "2026-03-09T14:00:00+01:00" },
      act: (hand) => hand.say(tiers.handle, "tiers", found),
      left: {
        threads: {
          caf: [{ add: fromTiersPrivate }],
          cpam: [{ add: fromTiersPrivate }],
          tiers: [
            { add: `${tiers.name} : ${FOUND}` },
            // Matrix shows nothing to one person alone: the way to send it to the aidant stands in the thread.
            { add: `${BOT} : 🔒 Votre message n’est visible que des instructeurs. [Envoyer à l’aidant]` },
          ],
        },
        events: ["message*"],
      },
    },
    {
      title: `${firstName(tiers)}, par la pastille : « Envoyer à l’aidant ». ${firstName(aidant)} le lit, mis en forme.`,
      when: { set: "2026-03-09T14:10:00+01:00" },
      act: (hand) => hand.click(tiers.handle, "tiers", "Envoyer à l’aidant", "fil"),
      left: {
        threads: {
          aidant: [{ add: `${fullName(tiers)} : ${rings(aidant.name)} ${FOUND}` }],
          caf: [{ edit: fromTiersPrivate, to: fromTiers }],
          cpam: [{ edit: fromTiersPrivate, to: fromTiers }],
          tiers: [{ add: `${BOT} : 📣 ${fullName(tiers)} a envoyé ce message à l’aidant.` }],
        },
        events: ["message"],
        due: { overdueAt: "24/03/2026 14:10", remindAt: "24/03/2026 14:10" },
      },
    },
    {
      title: `De Matrix à Slack, un fichier : ${firstName(aidant)} dépose la quittance ; elle arrive partout, octet pour octet.`,
      when: { set: "2026-03-09T14:30:00+01:00" },
      act: (hand) => hand.say(aidant.handle, "aidant", "", [RECEIPT]),
      left: {
        threads: {
          aidant: [{ add: `${aidant.name} : ${markOf(RECEIPT)}` }],
          caf: [{ add: receipt }],
          cpam: [{ add: receipt }],
          tiers: [{ add: receiptToTiers }],
        },
        events: ["fileShared"],
      },
    },
    {
      title: `De Slack à Matrix, un fichier : ${firstName(caf)} montre l’avis aux instructeurs, octet pour octet.`,
      when: { set: "2026-03-09T14:40:00+01:00" },
      act: (hand) => hand.say(caf.handle, "caf", WITH_FILE, [NOTICE]),
      left: {
        threads: {
          caf: [{ add: `${caf.name} : ${WITH_FILE} ${markOf(NOTICE)}` }],
          cpam: [{ add: fromCaf(WITH_FILE) }, { add: `${BOT} : ${PRIVATE_MARK} ${shared(fullName(caf), NOTICE)}` }],
          tiers: [
            { add: fromCaf(`${holder} ${WITH_FILE}`) },
            { add: `${BOT} : ${PRIVATE_MARK} ${holder} ${shared(fullName(caf), NOTICE)}` },
          ],
        },
        events: ["message*", "fileShared*"],
      },
    },
    {
      title: `${firstName(aidant)} s’est trompée de personne…`,
      when: { set: "2026-03-09T15:00:00+01:00" },
      act: (hand) => hand.say(aidant.handle, "aidant", SLIP),
      left: {
        threads: {
          aidant: [{ add: `${aidant.name} : ${SLIP}` }],
          caf: [{ add: `${fullName(aidant)} : ${SLIP}` }],
          cpam: [{ add: `${fullName(aidant)} : ${SLIP}` }],
          tiers: [{ add: `${fullName(aidant)} : ${holder} ${SLIP}` }],
        },
        events: ["message"],
      },
    },
    {
      title: "… et supprime, sur Matrix, la quittance et son message : ils disparaissent aussi de Slack.",
      when: { set: "2026-03-09T15:01:00+01:00" },
      async act(hand) {
        await hand.remove(aidant.handle, "aidant", RECEIPT.name);
        await hand.remove(aidant.handle, "aidant", SLIP);
      },
      left: {
        threads: {
          aidant: [{ remove: `${aidant.name} : ${markOf(RECEIPT)}` }, { remove: `${aidant.name} : ${SLIP}` }],
          caf: [{ remove: receipt }, { remove: `${fullName(aidant)} : ${SLIP}` }],
          cpam: [{ remove: receipt }, { remove: `${fullName(aidant)} : ${SLIP}` }],
          tiers: [{ remove: receiptToTiers }, { remove: `${fullName(aidant)} : ${holder} ${SLIP}` }],
        },
        events: ["deleted", "deleted"],
      },
    },
    {
      title: `${firstName(tiers)} ouvre « Inviter un organisme » par son mot, \`!inviter\`, puis abandonne : rien n’a changé.`,
      when: { set: "2026-03-09T16:00:00+01:00" },
      async act(hand) {
        await hand.open(tiers.handle, "tiers", "Inviter un organisme", "Inviter un organisme");
        await hand.close(tiers.handle);
      },
      left: { threads: { tiers: [{ add: `${tiers.name} : !inviter` }] } },
    },
  ];
}
