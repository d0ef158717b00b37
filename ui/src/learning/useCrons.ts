import { useCallback, useEffect, useRef, useState } from "react";

import type { CronsApi } from "../api/learning";
import type { CronList } from "../api/schema";

/** How often the server is asked while something runs or is about to, and otherwise, in milliseconds. */
const BUSY_MS = 1000;
const QUIET_MS = 15_000;

export type Crons = {
  list: CronList | null;
  /** Seconds since the server told what `list` says. */
  elapsed: number;
  /** Why the last look failed, if it did; what was seen before stays. */
  error: unknown;
  again: () => void;
};

/** Follows the crons: a clock that ticks each second, and a look at the server as often as there is something to see. */
export function useCrons(api: CronsApi, onEnd: () => void): Crons {
  const [told, setTold] = useState<{ list: CronList; at: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [now, setNow] = useState(() => performance.now());
  const [round, setRound] = useState(0);
  const ended = useRef<string | null>(null);

  useEffect(() => {
    const tick = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(tick);
  }, []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      let next = QUIET_MS;
      try {
        const list = await api.listCrons(abort.signal);
        if (abort.signal.aborted) return;
        const at = performance.now();
        setNow(at);
        setTold({ list, at });
        setError(null);
        next = isBusy(list) ? BUSY_MS : QUIET_MS;
        const last = list.crons.map(({ last: run }) => run?.run ?? 0).join();
        if (ended.current !== null && ended.current !== last) onEnd();
        ended.current = last;
      } catch (fault) {
        if (abort.signal.aborted) return;
        setError(fault);
      }
      timer = setTimeout(() => void look(), next);
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, onEnd, round]);

  const elapsed = told ? Math.max(0, now - told.at) / 1000 : 0;
  const again = useCallback(() => setRound((n) => n + 1), []);
  return { list: told?.list ?? null, elapsed, error, again };
}

/** Says whether something runs, or will before the next quiet look. */
function isBusy({ crons, runs_here }: CronList): boolean {
  const soon = QUIET_MS / 1000;
  return crons.some(({ state, seconds_left }) => state === "running" || (runs_here && (state === "due" || seconds_left < soon)));
}
