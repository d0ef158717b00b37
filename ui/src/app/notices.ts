import { createStore, type StoreApi } from "zustand/vanilla";

/** Something to say that does not wait for an answer. */
export type Notice = {
  id: number;
  tone: "info" | "error";
  message: string;
  hint: string | null;
  /** What can be done about it at once. */
  action?: { label: string; run: () => void };
};

/** Says things, newest last. */
export type Notices = {
  store: StoreApi<{ notices: readonly Notice[] }>;
  say(notice: Omit<Notice, "id">): void;
  dismiss(id: number): void;
};

const MAX_SHOWN = 3;
const SHOWN_MS = { info: 5_000, error: 12_000 };

export function createNotices(): Notices {
  const store = createStore<{ notices: readonly Notice[] }>(() => ({ notices: [] }));
  let last = 0;
  const dismiss = (id: number) =>
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  return {
    store,
    dismiss,
    say(notice) {
      last += 1;
      const id = last;
      store.setState(({ notices }) => {
        const others = notices.filter(({ message }) => message !== notice.message);
        return { notices: [...others, { ...notice, id }].slice(-MAX_SHOWN) };
      });
      setTimeout(() => dismiss(id), SHOWN_MS[notice.tone]);
    },
  };
}
