/** The guided tour as a visitor walks it, with the mouse or with the keyboard alone. */
import type { Locator, Page } from "playwright-core";

export const SUJET = "Titre de séjour et prestations : chacun attend l’autre";

/** One hand: what is pressed and typed, whichever the device. */
export interface Hand {
  press(target: Locator): Promise<void>;
  write(field: Locator, text: string): Promise<void>;
}

export const mouse = (): Hand => ({
  press: (target) => target.click(),
  async write(field, text) {
    await field.fill(text);
    await field.press("Enter");
  },
});

/** Tab is pressed until the focus is there: what cannot be reached so fails. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const isThere = () => target.evaluate((element) => element.matches(":focus"));
  for (let n = 0; n < 400; n += 1) {
    if (await isThere()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

export const keyboard = (page: Page): Hand => ({
  async press(target) {
    await reach(page, target);
    await page.keyboard.press("Enter");
  },
  async write(field, text) {
    await reach(page, field);
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  },
});

const button = (place: Page | Locator, name: string | RegExp): Locator => place.getByRole("button", { name });

/** What is done at each step, once « Y aller » has led there. */
export class Walk {
  private readonly page: Page;
  private readonly hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.page = page;
    this.hand = hand;
  }

  private get slack(): Locator {
    return this.page.locator("#pane-slack");
  }

  private get matrix(): Locator {
    return this.page.locator("#pane-matrix");
  }

  private get tour(): Locator {
    return this.page.locator("#tour");
  }

  async begin(): Promise<void> {
    await this.hand.press(button(this.tour, "Commencer la visite"));
  }

  /** The step's title is there, one is led to its place, does what is to be done, and it is seen to be done. */
  private async step(n: number, act: () => Promise<void>): Promise<void> {
    await this.tour.getByText(`Étape ${n} sur 10`).first().waitFor();
    await this.hand.press(button(this.tour, "Y aller"));
    await act();
    await this.tour.locator(".done").waitFor();
    if (n < 10) await this.hand.press(button(this.tour, "Étape suivante"));
  }

  private async say(pane: Locator, where: RegExp, text: string): Promise<void> {
    await this.hand.write(pane.getByRole("textbox", { name: where }), text);
  }

  /** Answers a question of the bot's in the direct conversation, once it is the last thing said there: earlier ones are read alike. */
  private async answer(question: RegExp, text: string): Promise<void> {
    await this.matrix.locator(".channel-column .message:last-child").filter({ hasText: question }).waitFor();
    await this.say(this.matrix, /^Écrire dans/, text);
  }

  async open(): Promise<void> {
    await this.step(1, async () => {
      await this.say(this.matrix, /^Écrire dans/, "!demande");
      for (const [question, text] of ANSWERS) await this.answer(question, text);
    });
  }

  async rest(): Promise<void> {
    const { page, hand, slack, matrix } = this;
    const dialog = page.getByRole("dialog");
    const card = slack.locator(".thread-column .message").first();
    await this.step(2, async () => {
      await hand.press(button(card, "Voir la demande"));
      await dialog.getByText("Sans-Nom").waitFor();
      await hand.press(dialog.locator(".window-head").getByRole("button"));
      await dialog.waitFor({ state: "detached" });
    });
    await this.step(3, () => hand.press(button(card, "Je m’en occupe")));
    await this.step(4, () => this.say(matrix, /dans le fil/, "Avez-vous l’attestation ?"));
    await this.step(5, async () => {
      await hand.press(button(card, "Répondre à l’aidant"));
      const text = dialog.getByRole("textbox").first();
      await text.waitFor();
      await hand.press(text);
      await page.keyboard.type("Nous avons retrouvé l’attestation.");
      await hand.press(dialog.locator("button[type=submit]"));
      await dialog.waitFor({ state: "detached" });
    });
    await this.step(6, async () => {
      await this.say(matrix, /dans le fil/, "Merci, je le dis à la persone.");
      const own = matrix.locator(".thread-column .message", { hasText: "la persone" });
      await hand.press(button(own, /^Actions/));
      await hand.press(button(own, "Modifier"));
      await matrix.locator(".thread-column textarea:focus").waitFor();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type("Merci, je le dis à la personne.");
      await page.keyboard.press("Enter");
      await matrix.locator(".thread-column .message", { hasText: "la personne" }).waitFor();
    });
    await this.step(7, async () => {
      await hand.press(button(matrix.locator(".thread-column .message").first(), /Je ne suis pas le bon interlocuteur/));
      await this.confirm(/engage|groupe/);
    });
    await this.step(8, async () => {
      const week = button(page.locator("#clock"), "+ 1 semaine");
      for (let n = 0; n < 3; n += 1) {
        await hand.press(week);
        await page.locator(".clock-outcome strong").waitFor();
      }
    });
    await this.step(9, async () => {
      await hand.press(button(card, "Traitée"));
      await dialog.locator("button[type=submit]").waitFor();
      await hand.press(dialog.locator("button[type=submit]"));
      await dialog.waitFor({ state: "detached" });
    });
    await this.step(10, async () => {
      await hand.press(button(matrix.locator(".thread-column .message").first(), /Archiver/));
      await this.inDirect();
      await this.answer(/utile/, "oui");
      await this.answer(/envoyer/i, "envoyer");
    });
  }

  private async inDirect(): Promise<void> {
    await this.hand.press(button(this.matrix.getByRole("navigation"), /^Message direct/));
  }

  private async confirm(question: RegExp): Promise<void> {
    await this.inDirect();
    await this.answer(question, "envoyer");
  }
}

/** What the bot asks for a new demande, and what the tour's aidante answers: with a fault on the way. */
export const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/une question à la fois/i, "passer"],
  [/À qui adresser la demande/, "CAF de l’Ain, Préfecture de l’Ain"],
  [/^.*Sujet de la demande \(/s, SUJET],
  [/Prénom \(/, "Dany"],
  [/Nom de famille \(/, "Sans-Nom"],
  [/Date de naissance \(/, "31/02/1990"],
  [/Description du problème \(/, "Chaque organisme attend l’attestation de l’autre depuis six semaines."],
  [/Numéro de sécurité sociale \(/, "passer tout"],
  [/Autorisation de l’usager \(/, "oui"],
  [/Récapitulatif/, "envoyer"],
  [/Cette date n’existe pas/, "28/02/1990"],
  [/Récapitulatif.*28\/02\/1990/s, "envoyer"],
];
