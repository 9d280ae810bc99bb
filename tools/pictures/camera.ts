/** Takes pictures of the page as somebody on a phone sees it, cut to what matters. */
import type { Browser, Locator, Page } from "playwright-core";
import type { Places, Seat } from "./places.ts";

/** Wide as a phone; high enough for whatever is pictured to be there without scrolling. */
const SCREEN = { width: 400, height: 3200 };
/** Sharp on the screens that people have. */
const PIXELS = 2;
/** Messages and windows have their own; the blocks of the App Home have none. */
const HOME_MARGIN = 12;

/** What is the sandbox's own, and no messenger's; and what is behind a window, which is not what is pictured. */
const STYLE = `
  .message-tools, .raw-button, .thread-button, .home > .quiet-button { display: none !important; }
  dialog::backdrop { background: #fff !important; }
  * { caret-color: transparent !important; }
`;

/** Which messages, the first being 0; negative numbers count from the end, as `Array.slice` has it. */
export interface Cut {
  readonly from?: number;
  readonly to?: number;
  /** Lower is left out, in CSS pixels. */
  readonly height?: number;
}

export interface Shot {
  readonly name: string;
  readonly png: Buffer;
}

export class Camera {
  readonly shots: Shot[] = [];
  private readonly browser: Browser;
  private readonly url: string;
  private readonly places: Places;

  constructor(browser: Browser, url: string, places: Places) {
    this.browser = browser;
    this.url = url;
    this.places = places;
  }

  /** Messages of the thread that is open there, or of the conversation itself. */
  async messages(name: string, seat: Seat, { from = 0, to, height }: Cut = {}): Promise<void> {
    await this.at(seat, async (page) => {
      const column = page.locator(`#pane-${seat.platform} .${seat.thread === undefined ? "channel" : "thread"}-column`);
      const messages = column.locator(".message");
      await messages.first().waitFor();
      const all = await messages.all();
      await this.keep(name, page, all.slice(from, to), height);
    });
  }

  /** The form that stands before that person. */
  async form(name: string, seat: Seat, { height }: Cut = {}): Promise<void> {
    await this.at(seat, async (page) => {
      const dialog = page.locator("dialog[open]");
      await dialog.waitFor();
      await this.keep(name, page, [dialog], height);
    });
  }

  /** Slack's App Home. */
  async home(name: string, as: string, { height }: Cut = {}): Promise<void> {
    await this.at({ platform: "slack", as, channel: "home" }, async (page) => {
      const blocks = page.locator("#pane-slack .home .blocks");
      await blocks.waitFor();
      await this.keep(name, page, [blocks], height, HOME_MARGIN);
    });
  }

  /** A picture that the bot itself made. */
  async file(name: string, platform: string, file: string): Promise<void> {
    const response = await fetch(`${this.url}/sandbox/file?${new URLSearchParams({ platform, file })}`);
    if (!response.ok) throw new Error(`${name}: no such file`);
    this.shots.push({ name, png: Buffer.from(await response.arrayBuffer()) });
  }

  /** The page opened anew before that conversation: nothing is left of the picture before. */
  private async at(seat: Seat, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await this.browser.newContext({
      viewport: SCREEN,
      deviceScaleFactor: PIXELS,
      colorScheme: "light",
      locale: "fr-FR",
      timezoneId: "Europe/Paris",
      reducedMotion: "reduce",
      bypassCSP: true,
    });
    try {
      const seats = JSON.stringify({ [seat.platform]: await this.places.pageSeat(seat) });
      await context.addInitScript({ content: `localStorage.setItem("aplus.places", ${JSON.stringify(seats)})` });
      const page = await context.newPage();
      await page.goto(this.url);
      await page.addStyleTag({ content: STYLE });
      if (seat.platform === "matrix") await page.locator(".switch").getByRole("button", { name: "Matrix" }).click();
      await page.evaluate("document.fonts.ready.then(() => undefined)");
      await look(page);
    } finally {
      await context.close();
    }
  }

  private async keep(
    name: string,
    page: Page,
    parts: readonly Locator[],
    height = Number.POSITIVE_INFINITY,
    margin = 0,
  ): Promise<void> {
    // No ring around what happens to have the focus.
    await page.evaluate("document.activeElement?.blur()");
    await parts.at(-1)?.scrollIntoViewIfNeeded();
    const boxes = [];
    for (const part of parts) {
      const box = await part.boundingBox();
      if (box) boxes.push(box);
    }
    if (boxes.length === 0) throw new Error(`${name}: there is nothing to be seen`);
    const x = Math.min(...boxes.map((box) => box.x)) - margin;
    const y = Math.min(...boxes.map((box) => box.y)) - margin;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + margin;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + margin;
    const png = await page.screenshot({ clip: { x, y, width: right - x, height: Math.min(height, bottom - y) } });
    this.shots.push({ name, png });
  }
}
