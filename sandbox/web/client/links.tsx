/** Links of messages: shown with where they lead, opened only when they lead to the web. */
import type { ComponentChildren } from "preact";

const isWeb = (address: string): boolean => /^https?:\/\//i.test(address);

export function Link({ href, children }: { href: string; children: ComponentChildren }) {
  if (!isWeb(href)) return <span class="mention">{children}</span>;
  return (
    <a class="fr-link" href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
}
