/** A browser, as far as an installation needs one: it keeps cookies for each site, and follows no redirection by itself. */
const COOKIE = /^([^=]+)=([^;]*)/;

export interface Page {
  readonly status: number;
  /** Where it is sent to; "" when nowhere. */
  readonly location: string;
  readonly text: string;
}

export class Browser {
  readonly cookies = new Map<string, string>();
  /** What stands for the public address on this machine: what a reverse proxy would do. */
  private readonly proxied: (url: string) => string;

  constructor(proxied: (url: string) => string) {
    this.proxied = proxied;
  }

  async visit(url: string): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.proxied(url), { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
    for (const given of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = COOKIE.exec(given) ?? [];
      if (/Expires=Thu, 01 Jan 1970/.test(given)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location") ?? "", text: await response.text() };
  }

  /** On Slack's page: allows the app in this workspace, or refuses; gives where Slack sends the browser back to. */
  async decide(authorizeUrl: string, team: string, decision: "allow" | "deny" = "allow"): Promise<string> {
    const body = new URLSearchParams({ team, decision });
    const response = await fetch(authorizeUrl, { method: "POST", redirect: "manual", body });
    return response.headers.get("location") ?? "";
  }
}
