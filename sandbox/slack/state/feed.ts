/** Something that became visible, changed or went away on people's screens. */
export type Shown =
  | { kind: "message" | "changed" | "deleted"; channel: string; ts: string; byApp: boolean }
  | { kind: "ephemeral"; channel: string; ts: string; user: string }
  | { kind: "view"; user: string; viewId: string }
  | { kind: "home"; user: string };

/** Tells whoever watches what has just been shown. */
export class Feed {
  readonly #watchers = new Set<(shown: Shown) => void>();

  /** Returns the function that stops watching. */
  watch(watcher: (shown: Shown) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  show(shown: Shown): void {
    for (const watcher of [...this.#watchers]) watcher(shown);
  }
}
