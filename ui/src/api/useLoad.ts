import { useCallback, useEffect, useState } from "react";

/** One of three states; never two at once. */
export type Load<T> =
  | { state: "loading" }
  | { state: "failed"; error: unknown }
  | { state: "ready"; value: T };

/**
 * Loads again whenever `load` changes or `again` is called, and drops answers
 * that come too late. What was there stays until the next answer.
 */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): {
  result: Load<T>;
  again: () => void;
} {
  const [result, setResult] = useState<Load<T>>({ state: "loading" });
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    setResult((now) => (now.state === "ready" ? now : { state: "loading" }));
    load(abort.signal).then(
      (value) => abort.signal.aborted || setResult({ state: "ready", value }),
      (error: unknown) => abort.signal.aborted || setResult({ state: "failed", error }),
    );
    return () => abort.abort();
  }, [load, round]);

  return { result, again: useCallback(() => setRound((n) => n + 1), []) };
}
