/** A picture of what one agent sees: a conversation, a thread, an open form, or the home. For the README and the guides. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type Site, type Size, visit } from "./browser.ts";

export interface Picture {
  readonly platform: "slack" | "matrix";
  /** Short name of an agent: `alix.modele`. */
  readonly as: string;
  /** A conversation by its name without « # » (`caf-ain`, `Préfecture de l’Ain`), `dm` for the one with the bot, or Slack's `home`. */
  readonly channel: string;
  /** Words of the thread's first message: that thread is opened beside. */
  readonly thread?: string;
  /** A button to press first, in the thread or else in the conversation: what it opens is in the picture. */
  readonly press?: string;
  /** The whole page, or only the part that matters; the part by default. */
  readonly whole?: boolean;
  readonly size?: Size;
  readonly scheme?: "light" | "dark";
}

interface World {
  readonly agents: readonly { readonly id: string; readonly email: string; readonly platform: string }[];
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly platform: string;
    readonly direct: string | null;
  }[];
}

/** Ids of the place, as the page keeps them. @throws Error for somebody or something that is not there */
async function placeOf(site: Site, { platform, as, channel }: Picture): Promise<{ account: string; channel: string }> {
  const world = (await (await fetch(`${site.url}/sandbox/world`)).json()) as World;
  const account = world.agents.find((agent) => agent.platform === platform && agent.email.startsWith(`${as}@`))?.id;
  const found =
    channel === "home"
      ? "home"
      : world.channels.find((one) =>
          channel === "dm" ? one.direct === account : one.platform === platform && one.name === channel,
        )?.id;
  if (account === undefined || found === undefined) throw new Error(`no ${as} in ${channel} on ${platform}`);
  return { account, channel: found };
}

async function arrange(page: Page, { platform, thread, press }: Picture): Promise<void> {
  const pane = page.locator(`#pane-${platform}`);
  if (thread !== undefined) {
    await pane.locator(".channel-column .message", { hasText: thread }).last().locator(".thread-button").click();
    await pane.locator(".thread-column .message").first().waitFor();
  }
  if (press === undefined) return;
  const column = pane.locator(thread === undefined ? ".channel-column" : ".thread-column");
  await column.getByRole("button", { name: press }).first().click();
  if (platform === "slack") await page.getByRole("dialog").waitFor();
}

/**
 * Takes it, and writes it as a PNG.
 * @param path where; its folder is made
 * @throws Error when the place, the thread or the button is not there
 */
export async function takePicture(browser: Browser, site: Site, path: string, picture: Picture): Promise<void> {
  const { platform, size = "desktop", scheme = "light", whole = false } = picture;
  const place = { ...(await placeOf(site, picture)), thread: null };
  const { page, context } = await visit(browser, site, { size, scheme });
  await page.evaluate(`localStorage.setItem("aplus.places", ${JSON.stringify(JSON.stringify({ [platform]: place }))})`);
  await page.reload();
  if (size === "phone")
    await page
      .locator(".switch")
      .getByRole("button", { name: platform === "slack" ? "Slack" : "Matrix" })
      .click();
  await page.locator(`#pane-${platform} :is(.message, .home, .empty)`).first().waitFor();
  await arrange(page, picture);
  await mkdir(dirname(path), { recursive: true });
  const dialog = page.getByRole("dialog");
  const part = (await dialog.count()) > 0 ? dialog : page.locator(`#pane-${platform}`);
  await (whole ? page : part).screenshot({ path });
  await context.close();
}
