import { useCallback, useEffect, useRef, useState } from "react";

import type { TracesApi } from "../api/api";
import type { TraceSummary } from "../api/schema";
import { useReturn } from "../library/useReturn";

/** The runs read so far, newest first. */
export type Traces = {
  state: "loading" | "failed" | "ready";
  error?: unknown;
  traces: readonly TraceSummary[];
  /** Whether older ones are left. */
  hasMore: boolean;
  more: () => void;
  again: () => void;
};

const PAGE = 100;
/** How many pages are looked through for the first runs of a workflow. */
const PAGES = 5;

type Answer = Omit<Traces, "more" | "again" | "hasMore"> & { next: string | null };

/** Lists the runs of a workflow and those in `also`, or all of them. A new `stamp` asks again. */
export function useTraces(api: TracesApi, workflowId: string | undefined, also: readonly string[], stamp: unknown): Traces {
  const [answer, setAnswer] = useState<Answer>({ state: "loading", traces: [], next: null });
  const [round, setRound] = useState(0);
  const reading = useRef(false);

  const read = useCallback(
    async (before: string | null, signal?: AbortSignal): Promise<Pick<Answer, "traces" | "next">> => {
      const found: TraceSummary[] = [];
      let next = before;
      for (let page = 0; page < PAGES; page += 1) {
        // oxlint-disable-next-line no-await-in-loop -- a page names the next one
        const list = await api.listTraces({ limit: PAGE, ...(next !== null && { before: next }) }, signal);
        found.push(...list.traces.filter(({ workflow_id, trace_id }) => workflowId === undefined || workflow_id === workflowId || also.includes(trace_id)));
        next = list.next ?? null;
        if (next === null || found.length >= 20) break;
      }
      return { traces: found, next };
    },
    [api, workflowId, also],
  );

  useEffect(() => {
    const abort = new AbortController();
    read(null, abort.signal).then(
      (page) => abort.signal.aborted || setAnswer({ state: "ready", ...page }),
      (error: unknown) => abort.signal.aborted || setAnswer((now) => ({ ...now, state: "failed", error })),
    );
    return () => abort.abort();
  }, [read, round, stamp]);

  const more = useCallback(() => {
    if (reading.current || answer.next === null) return;
    reading.current = true;
    read(answer.next)
      .then(({ traces, next }) => setAnswer((now) => (now === answer ? { state: "ready", traces: [...now.traces, ...traces], next } : now)))
      .catch((error: unknown) => setAnswer((now) => ({ ...now, state: "failed", error })))
      .finally(() => (reading.current = false));
  }, [read, answer]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useReturn(again);

  return { ...answer, hasMore: answer.next !== null, more, again };
}
