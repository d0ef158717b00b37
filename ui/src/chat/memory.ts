import type { SessionRef } from "../api/sessions";

/** What this browser remembers of the session that was open last. */
export type Memory = {
  read(): SessionRef | null;
  write(ref: SessionRef | null): void;
};

const KEY = "llmos-session";

/** The memory of this browser; nothing where it keeps none. */
export function pageMemory(): Memory {
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
        return isRef(kept) ? kept : null;
      } catch {
        return null;
      }
    },
    write(ref) {
      try {
        if (!ref) return localStorage.removeItem(KEY);
        const { id, volume, volume_id, via } = ref;
        localStorage.setItem(KEY, JSON.stringify({ id, volume, volume_id, via }));
      } catch {
        // A browser that keeps nothing begins a new session each time.
      }
    },
  };
}

function isRef(kept: unknown): kept is SessionRef {
  const ref = kept as Partial<SessionRef> | null;
  return [ref?.id, ref?.volume, ref?.volume_id].every((part) => typeof part === "string");
}
