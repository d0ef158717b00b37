import { useCallback, useEffect, useRef, useState } from "react";

import type { ReplayStep, SessionReplay } from "../api/schema";
import type { SessionsApi } from "../api/sessions";
import type { ReplayPlace } from "./place";

/** How many steps are read at once. */
const PAGE = 50;

type Read = { session: SessionReplay | null; steps: ReadonlyMap<number, ReplayStep>; trouble: unknown };

const NOTHING: Read = { session: null, steps: new Map(), trouble: null };

/** The steps of a session around one of them: read page by page, and kept. */
export function useReplay(
  api: SessionsApi,
  { volume, id, commit }: Omit<ReplayPlace, "step">,
  step: number,
): { session: SessionReplay | null; now: ReplayStep | null; trouble: unknown; again: () => void } {
  const [{ session, steps, trouble }, setRead] = useState<Read>(NOTHING);
  const asked = useRef(new Set<number>());
  const abort = useRef<AbortController>(null);

  const load = useCallback(
    async (page: number) => {
      if (asked.current.has(page)) return;
      asked.current.add(page);
      const { signal } = (abort.current ??= new AbortController());
      try {
        const read = await api.replaySession({ id, volume, commit, after: page * PAGE, limit: PAGE }, signal);
        if (signal.aborted) return;
        setRead((was) => ({
          session: read,
          steps: new Map([...was.steps, ...read.steps.map((one) => [one.number, one] as const)]),
          trouble: null,
        }));
      } catch (error) {
        if (signal.aborted) return;
        asked.current.delete(page);
        setRead((was) => ({ ...was, trouble: error }));
      }
    },
    [api, id, volume, commit],
  );
  useEffect(() => {
    const pages = asked.current;
    return () => {
      abort.current?.abort();
      abort.current = null;
      pages.clear();
    };
  }, [load]);

  const page = Math.floor((step - 1) / PAGE);
  const n = session?.message_count ?? 0;
  useEffect(() => {
    void load(page);
    // What comes next is there when it is wanted.
    if (step % PAGE > PAGE - 5 && (page + 1) * PAGE < n) void load(page + 1);
  }, [load, page, step, n]);

  return {
    session,
    now: steps.get(step) ?? null,
    trouble: steps.has(step) ? null : trouble,
    again: useCallback(() => {
      setRead((was) => ({ ...was, trouble: null }));
      void load(page);
    }, [load, page]),
  };
}
