/** Clicks on Slack's side: at a steady rate, or as many as the app takes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SlackSandbox } from "../sandbox/slack/server.ts";

/** A button to click once. */
export interface Target {
  readonly as: string;
  readonly channel: string;
  readonly message: string;
}

export interface Load {
  /** From each click to its acknowledgement (ms). */
  readonly delays: readonly number[];
  /** From the first click to the last acknowledgement (ms). */
  readonly acknowledged: number;
  /** From the first click until everything that it leads to was there (ms). */
  readonly done: number;
}

async function click(slack: SlackSandbox, target: Target): Promise<number> {
  const start = performance.now();
  const { ok } = await slack.control.click({ ...target, action: "prendre", wait: "ack" });
  if (!ok) throw new Error("a click was not acknowledged in Slack's three seconds");
  return performance.now() - start;
}

/** One click every `1 / rate` second, however long the former ones take. */
export async function steady(slack: SlackSandbox, targets: readonly Target[], rate: number): Promise<number[]> {
  const start = performance.now();
  const clicks = targets.map(async (target, n) => {
    await sleep(Math.max(0, (n * 1000) / rate - (performance.now() - start)));
    return click(slack, target);
  });
  return Promise.all(clicks);
}

/** `hands` people click at once, each again as soon as the last click is acknowledged. */
export async function flood(
  slack: SlackSandbox,
  targets: readonly Target[],
  hands: number,
  done: () => Promise<void>,
): Promise<Load> {
  const left = [...targets];
  const delays: number[] = [];
  const start = performance.now();
  const hand = async () => {
    for (let target = left.pop(); target; target = left.pop()) delays.push(await click(slack, target));
  };
  await Promise.all(Array.from({ length: hands }, hand));
  const acknowledged = performance.now() - start;
  await done();
  return { delays, acknowledged, done: performance.now() - start };
}
