/** The live stream of what changes, shared by all that listen. */
import { useEffect, useRef } from "preact/hooks";
import type { Told } from "../protocol.ts";

type Listener = (told: Told) => void;

const listeners = new Set<Listener>();
let source: EventSource | null = null;

function open(): void {
  const stream = new EventSource("/sandbox/events");
  let wasCut = false;
  stream.addEventListener("message", ({ data }) => {
    const told = JSON.parse(String(data)) as Told;
    for (const listener of [...listeners]) listener(told);
  });
  stream.addEventListener("error", () => {
    wasCut = true;
  });
  // What was told meanwhile is lost: everything is read again.
  stream.addEventListener("open", () => {
    if (wasCut) for (const listener of [...listeners]) listener({ kind: "world" });
    wasCut = false;
  });
  source = stream;
}

/** Has the listener called for each change, as long as the component is there. */
export function useLive(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const own: Listener = (told) => latest.current(told);
    listeners.add(own);
    if (!source) open();
    return () => {
      listeners.delete(own);
    };
  }, []);
}
