/** The clock of the sandbox's world: the machine's, moved ahead as far as visitors ask. Kept across restarts. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Clock } from "../src/clock.ts";

const stored = z.object({ offset: z.number().finite() });

export class MovableClock implements Clock {
  private offset: number;
  private readonly file: string;
  private readonly followers = new Set<(offset: number) => Promise<void>>();

  private constructor(file: string, offset: number) {
    this.file = file;
    this.offset = offset;
  }

  /** The clock as it was left; the machine's own the first time. */
  static async open(file: string): Promise<MovableClock> {
    const text = await readFile(file, "utf8").catch(() => null);
    const parsed = text === null ? null : stored.safeParse(JSON.parse(text));
    return new MovableClock(file, parsed?.success ? parsed.data.offset : 0);
  }

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** How far it is ahead of the machine's own, in ms. */
  get ahead(): number {
    return this.offset;
  }

  /** Has the follower told each time that it is set; `set` waits for it. */
  follow(follower: (ahead: number) => Promise<void>): void {
    this.followers.add(follower);
  }

  /** It is that moment now. Time goes on from there. */
  async set(at: Date): Promise<void> {
    this.offset = at.getTime() - Date.now();
    const draft = `${this.file}.tmp`;
    await writeFile(draft, JSON.stringify({ offset: this.offset }));
    await rename(draft, this.file);
    await Promise.all([...this.followers].map((follower) => follower(this.offset)));
  }
}
