import { useCallback, useEffect, useRef, useState } from "react";

import type { SkillsApi } from "../api/api";
import type { ExecutableSkill } from "../api/schema";
import { useReturn } from "./useReturn";

/** What the library shows for a query: the pages read so far. */
export type SkillPages = {
  state: "loading" | "failed" | "ready";
  error?: unknown;
  skills: readonly ExecutableSkill[];
  total: number;
  /** The words that `skills` were found by; the newest ones may still be on their way. */
  q: string;
  /** The category that `skills` were asked for. */
  category: string | undefined;
  /** Reads the next page; does nothing while one is on its way. */
  more: () => void;
  again: () => void;
};

const PAGE = 200;
const TYPED_MS = 160;

type Answer = Pick<SkillPages, "state" | "error" | "skills" | "total" | "q" | "category">;

/** Asks the server for skills: at once, but not for every letter of words that are being typed. */
export function useSkills(api: SkillsApi, q: string, category: string | undefined): SkillPages {
  const [answer, setAnswer] = useState<Answer>({ state: "loading", skills: [], total: 0, q: "", category: undefined });
  const [round, setRound] = useState(0);
  const reading = useRef(false);
  const typedAt = useRef(-Infinity);

  const query = useCallback(
    (offset: number) => ({ q, limit: PAGE, offset, ...(category !== undefined && { category }) }),
    [q, category],
  );

  useEffect(() => {
    const abort = new AbortController();
    const typed = performance.now();
    const wait = typed - typedAt.current < TYPED_MS ? TYPED_MS : 0;
    typedAt.current = typed;
    const timer = setTimeout(() => {
      api.listExecutable(query(0), abort.signal).then(
        ({ skills, total }) => abort.signal.aborted || setAnswer({ state: "ready", skills, total, q, category }),
        (error: unknown) =>
          abort.signal.aborted || setAnswer((now) => ({ ...now, state: "failed", error })),
      );
    }, wait);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, q, category, query, round]);

  const more = useCallback(() => {
    if (reading.current || answer.state !== "ready" || answer.skills.length >= answer.total) return;
    reading.current = true;
    api
      .listExecutable(query(answer.skills.length))
      .then(({ skills, total }) =>
        setAnswer((now) =>
          // Another query may have been answered meanwhile.
          now === answer ? { ...now, total, skills: [...now.skills, ...skills] } : now,
        ),
      )
      .catch((error: unknown) => setAnswer((now) => ({ ...now, state: "failed", error })))
      .finally(() => (reading.current = false));
  }, [api, query, answer]);

  const again = useCallback(() => setRound((n) => n + 1), []);
  // A list that was read further than its first page stays where the reader is.
  const short = answer.skills.length <= PAGE;
  useReturn(useCallback(() => short && again(), [short, again]));

  return { ...answer, more, again };
}
