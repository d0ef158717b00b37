import { useCallback, useEffect, useRef, useState } from "react";

import type { SessionMessage, SharedSession } from "../api/schema";
import type { ReadShared } from "./readShared";

type Read = {
  session: SharedSession | null;
  messages: readonly SessionMessage[];
  trouble: unknown;
  reading: boolean;
};

const NOTHING: Read = { session: null, messages: [], trouble: null, reading: true };

/** What a link opens, from its beginning on; `more` reads on. A link that is closed meanwhile takes away what it showed. */
export function useShared(read: ReadShared, token: string): Read & { more: () => void; again: () => void } {
  const [state, setState] = useState<Read>(NOTHING);
  const [round, setRound] = useState(0);
  const next = useRef<number | null>(null);
  const abort = useRef<AbortController>(null);

  const load = useCallback(
    async (after: number) => {
      const { signal } = (abort.current ??= new AbortController());
      next.current = null;
      setState((now) => ({ ...now, reading: true, trouble: null }));
      try {
        const session = await read(token, after, signal);
        if (signal.aborted) return;
        next.current = session.later;
        setState((now) => ({ session, messages: [...now.messages, ...session.messages], trouble: null, reading: false }));
      } catch (trouble) {
        if (!signal.aborted) setState({ ...NOTHING, trouble, reading: false });
      }
    },
    [read, token],
  );

  useEffect(() => {
    setState(NOTHING);
    void load(0);
    return () => {
      abort.current?.abort();
      abort.current = null;
    };
  }, [load, round]);

  const more = useCallback(() => {
    if (next.current !== null) void load(next.current);
  }, [load]);
  return { ...state, more, again: useCallback(() => setRound((n) => n + 1), []) };
}
