import { useEffect, useState } from "react";

import type { Work } from "./order";

/** How long work may keep the page from drawing, in milliseconds. */
const SLICE_MS = 10;

/** The newest result, and how far the next one is. */
export type WorkState<T> = { result: T | undefined; progress: number | undefined };

/** Does long work in slices, so that the page stays fluid; short work is done at once. */
export function useWork<T>(begin: () => Work<T>): WorkState<T> {
  const [state, setState] = useState<WorkState<T>>({ result: undefined, progress: undefined });
  useEffect(() => {
    const work = begin();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const slice = () => {
      const until = performance.now() + SLICE_MS;
      let step = work.next();
      while (!step.done && performance.now() < until) step = work.next();
      if (step.done) {
        setState({ result: step.value, progress: undefined });
      } else {
        const progress = step.value;
        setState((now) => ({ ...now, progress }));
        timer = setTimeout(slice);
      }
    };
    slice();
    return () => clearTimeout(timer);
  }, [begin]);
  return state;
}
