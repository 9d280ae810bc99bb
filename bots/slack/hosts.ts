/** Slack's own hosts: the only ones to which the token goes, or an answer that is for one person. */

/** @param apiUrl where this workspace's Web API is, which is Slack too, whatever its name */
export function isOfSlack(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { host, hostname, protocol } = new URL(address);
  return (
    host === new URL(apiUrl).host || (protocol === "https:" && (hostname === "slack.com" || hostname.endsWith(".slack.com")))
  );
}
