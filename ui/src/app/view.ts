import { createStore, type StoreApi } from "zustand/vanilla";

import type { ExecutableSkill, PortRef } from "../api/schema";

/** What is in front, and how large the panels are. Not part of any workflow. */
export type ViewState = {
  left: "skills" | "workflows" | "runs" | "versions";
  bottom: "results" | "log" | "problems" | "sweep";
  /** The region that a narrow screen shows. */
  narrow: "library" | "canvas" | "inspector" | "results";
  /** The output that the results show; `null` lets them choose. */
  shown: PortRef | null;
  sizes: Sizes;
  dialog: "keys" | "sweep" | { propose: ExecutableSkill } | { history: ExecutableSkill } | null;
  /** Whether the chat stands beside the canvas. */
  chat: boolean;
};

/** Widths and heights in pixels; 0 is folded away. */
export type Sizes = { left: number; right: number; bottom: number };

export type View = {
  store: StoreApi<ViewState>;
  set(change: Partial<ViewState>): void;
  resize(change: Partial<Sizes>): void;
  /** Brings an output to the front. */
  showOutput(shown: PortRef): void;
};

const KEY = "llmos.sizes";
const DEFAULT: Sizes = { left: 264, right: 312, bottom: 330 };

export function createView(): View {
  const store = createStore<ViewState>(() => ({
    left: "skills",
    bottom: "results",
    narrow: "canvas",
    shown: null,
    sizes: readSizes(),
    dialog: null,
    chat: false,
  }));
  return {
    store,
    set: (change) => store.setState(change),
    resize(change) {
      const sizes = { ...store.getState().sizes, ...change };
      store.setState({ sizes });
      globalThis.localStorage?.setItem(KEY, JSON.stringify(sizes));
    },
    showOutput: (shown) => store.setState({ shown, bottom: "results", narrow: "results" }),
  };
}

function readSizes(): Sizes {
  try {
    const kept: unknown = JSON.parse(globalThis.localStorage?.getItem(KEY) ?? "{}");
    const sizes = { ...DEFAULT, ...(kept as Partial<Sizes>) };
    return Object.values(sizes).every(Number.isFinite) ? sizes : DEFAULT;
  } catch {
    return DEFAULT;
  }
}
