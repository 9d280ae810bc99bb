/**
 * How far one thread has come during a delivery. What was done is kept here until the next intent is saved, or the demande
 * given back: a post then costs one write, and a crash in between is mended by the intent (the post is looked for).
 */
import type { ThreadChange } from "../../models/deliveries.ts";
import type { Post, Thread } from "../../models/thread.ts";

type Fields = ThreadChange["fields"];

export class Progress {
  readonly index: number;
  /** Nothing was tried: the place is full, and the demande is called when it has room (doors.ts), or found again by a sweep. */
  inLine = false;
  private current: Thread;
  private fields: Fields = {};
  private posts: Post[] = [];

  constructor(index: number, thread: Thread) {
    this.index = index;
    this.current = thread;
  }

  /** The thread, as of what was done so far. */
  get thread(): Thread {
    return this.current;
  }

  set(fields: Fields): void {
    this.fields = { ...this.fields, ...fields };
    this.current = { ...this.current, ...fields };
  }

  /** The post took place. */
  posted(post: Post, more: Fields): void {
    this.posts.push(post);
    this.current = { ...this.current, posts: [...this.current.posts, post] };
    this.set({ posting: null, attempts: 0, ...more });
  }

  /** What is to be written since the last time; the caller writes it. */
  take(): ThreadChange[] {
    const { fields, posts } = this;
    this.fields = {};
    this.posts = [];
    return Object.keys(fields).length > 0 || posts.length > 0 ? [{ index: this.index, fields, posts }] : [];
  }

  /** The bot's message that stands for this event here. */
  postOf(seq: number): string | null {
    return this.current.posts.find((p) => p.seq === seq)?.message ?? null;
  }
}
