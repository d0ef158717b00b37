import { useCallback, useEffect, useState } from "react";

import type { VersionsApi } from "../api/api";
import type { CommitView } from "../api/schema";
import { useReturn } from "../library/useReturn";

/** The commits of a file read so far, newest first. */
export type Versions = {
  state: "loading" | "failed" | "ready";
  error?: unknown;
  commits: readonly CommitView[];
  hasMore: boolean;
  more: () => void;
  again: () => void;
};

const PAGE = 30;

type Answer = { state: Versions["state"]; error?: unknown; commits: readonly CommitView[]; next: string | null };

const NOTHING: Answer = { state: "loading", commits: [], next: null };

/** Lists the commits that changed a file. A new `stamp` asks again. */
export function useVersions(api: VersionsApi, volume: string, path: string, stamp: unknown): Versions {
  const [answer, setAnswer] = useState<Answer>(NOTHING);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    api.listVersions({ volume, path, limit: PAGE }, abort.signal).then(
      ({ commits, next }) => abort.signal.aborted || setAnswer({ state: "ready", commits, next: next ?? null }),
      (error: unknown) => abort.signal.aborted || setAnswer((now) => ({ ...now, state: "failed", error })),
    );
    return () => abort.abort();
  }, [api, volume, path, round, stamp]);

  const more = useCallback(() => {
    if (answer.next === null) return;
    api.listVersions({ volume, path, limit: PAGE, from: answer.next }).then(
      ({ commits, next }) =>
        setAnswer((now) => (now === answer ? { state: "ready", commits: [...now.commits, ...commits], next: next ?? null } : now)),
      (error: unknown) => setAnswer((now) => ({ ...now, state: "failed", error })),
    );
  }, [api, volume, path, answer]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useReturn(again);

  return { ...answer, hasMore: answer.next !== null, more, again };
}
