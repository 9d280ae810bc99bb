/** Calls to the sandbox over HTTP, as anybody would make them; what is answered is checked where it is used. */
import type { z } from "zod";
import { StepFault } from "./story.ts";

/** At most this much of an answer is shown in a fault. */
const MOST_SHOWN = 500;

type Query = Readonly<Record<string, string | undefined>>;

export class ControlHttp {
  private readonly base: string;

  /** @param base `http://127.0.0.1:port` */
  constructor(base: string) {
    this.base = base;
  }

  /** @throws StepFault with the API's own sentence when it refuses the call */
  async get<T>(shape: z.ZodType<T>, path: string, query: Query = {}): Promise<T> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return shape.parse(await this.call(given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path));
  }

  /** @throws StepFault with the API's own sentence when it refuses the call */
  async post<T>(shape: z.ZodType<T>, path: string, body: unknown): Promise<T> {
    return shape.parse(
      await this.call(path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    );
  }

  private async call(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(this.base + path, init);
    const text = await response.text();
    if (!response.ok) throw new StepFault(`${path.split("?", 1)[0]} : ${response.status} ${text.slice(0, MOST_SHOWN)}`);
    return JSON.parse(text);
  }
}
