/** Data read from the sandbox, and read again when something tells that it has changed. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./api.ts";

export interface Reading<T> {
  readonly data: T | null;
  readonly fault: string | null;
  /** Reads again; several asked at once are one. */
  again(): void;
}

const TOGETHER_MS = 60;

/** @param key what is read: another key forgets what was there, and null reads nothing */
export function useReading<T>(key: string | null, read: () => Promise<T>): Reading<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; fault: string | null }>({
    key,
    data: null,
    fault: null,
  });
  const current = useRef({ key, read, busy: false, wanted: false, timer: 0 });
  current.current.key = key;
  current.current.read = read;

  const run = useCallback(async () => {
    const one = current.current;
    if (one.busy) {
      one.wanted = true;
      return;
    }
    one.busy = true;
    const asked = one.key;
    try {
      if (asked !== null) {
        const data = await one.read();
        if (one.key === asked) setState({ key: asked, data, fault: null });
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (one.key === asked) setState((old) => ({ key: asked, data: old.key === asked ? old.data : null, fault: error.message }));
    } finally {
      one.busy = false;
      if (one.wanted || one.key !== asked) {
        one.wanted = false;
        void run();
      }
    }
  }, []);

  const again = useCallback(() => {
    clearTimeout(current.current.timer);
    current.current.timer = window.setTimeout(() => void run(), TOGETHER_MS);
  }, [run]);

  // Another key is another thing to read
  useEffect(() => {
    void run();
  }, [key, run]);
  return state.key === key ? { data: state.data, fault: state.fault, again } : { data: null, fault: null, again };
}
