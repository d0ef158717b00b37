import { createStore, type StoreApi } from "zustand/vanilla";

import { type ChatApi, explain } from "../api/api";
import type { ChatEvent, ChatProposal, ChatSkill, ChatUsage } from "../api/schema";

/** A question and what became of it. */
export type Exchange = {
  id: number;
  prompt: string;
  state: "answering" | "done" | "stopped" | "failed";
  /** What answers, as `provider/model`; `null` where no model is connected. */
  model: string | null;
  traceId: string | null;
  skills: readonly ChatSkill[];
  text: string;
  proposals: readonly ChatProposal[];
  /** What happens meanwhile, such as a pause or a workflow that the model mends. */
  notes: readonly string[];
  usage: ChatUsage | null;
  error: { message: string; hint: string | null } | null;
  feedback: "good" | "bad" | null;
};

export type TalkState = {
  exchanges: readonly Exchange[];
  /** What stands in the field, also while the panel is closed. */
  draft: string;
};

/** The conversation of this page. It knows no screen. */
export type Talk = {
  store: StoreApi<TalkState>;
  write(draft: string): void;
  ask(prompt: string): Promise<void>;
  stop(): void;
  /** Takes a question back into the field, with everything that came after it. */
  edit(id: number): void;
  /** Asks the same again in place of the answer. */
  again(id: number): Promise<void>;
  judge(id: number, feedback: Exchange["feedback"]): Promise<void>;
  clear(): void;
};

/** How much of the conversation goes along with a question. */
const MAX_HISTORY = 40;

export function createTalk(api: ChatApi): Talk {
  const store = createStore<TalkState>(() => ({ exchanges: [], draft: "" }));
  let running: { id: number; abort: AbortController } | undefined;
  let lastId = 0;

  const change = (id: number, next: (exchange: Exchange) => Partial<Exchange>) =>
    store.setState(({ exchanges }) => ({
      exchanges: exchanges.map((one) => (one.id === id ? { ...one, ...next(one) } : one)),
    }));
  const before = (id: number) => {
    const { exchanges } = store.getState();
    return exchanges.slice(0, exchanges.findIndex((one) => one.id === id));
  };
  const stop = () => {
    if (!running) return;
    const { id, abort } = running;
    running = undefined;
    change(id, () => ({ state: "stopped" }));
    abort.abort();
  };

  const ask = async (prompt: string) => {
    const message = prompt.trim();
    if (!message) return;
    stop();
    lastId += 1;
    const id = lastId;
    const abort = new AbortController();
    running = { id, abort };
    const history = historyOf(store.getState().exchanges);
    store.setState(({ exchanges }) => ({ draft: "", exchanges: [...exchanges, fresh(id, message)] }));
    try {
      for await (const event of api.chat({ message, history }, abort.signal)) change(id, (one) => heard(one, event));
      change(id, ({ state }) => (state === "answering" ? { state: "done" } : {}));
    } catch (error) {
      if (!abort.signal.aborted) change(id, () => ({ state: "failed", error: explain(error) }));
    } finally {
      if (running?.id === id) running = undefined;
    }
  };

  return {
    store,
    ask,
    stop,
    write: (draft) => store.setState({ draft }),
    edit(id) {
      stop();
      const draft = store.getState().exchanges.find((one) => one.id === id)?.prompt ?? "";
      store.setState({ exchanges: before(id), draft });
    },
    async again(id) {
      stop();
      const prompt = store.getState().exchanges.find((one) => one.id === id)?.prompt ?? "";
      store.setState({ exchanges: before(id) });
      await ask(prompt);
    },
    async judge(id, feedback) {
      const one = store.getState().exchanges.find((exchange) => exchange.id === id);
      if (!one?.traceId) return;
      change(id, () => ({ feedback }));
      try {
        await api.judge(one.traceId, feedback);
      } catch (error) {
        change(id, () => ({ feedback: one.feedback, error: explain(error) }));
      }
    },
    clear() {
      stop();
      store.setState({ exchanges: [] });
    },
  };
}

function fresh(id: number, prompt: string): Exchange {
  return {
    id,
    prompt,
    state: "answering",
    model: null,
    traceId: null,
    skills: [],
    text: "",
    proposals: [],
    notes: [],
    usage: null,
    error: null,
    feedback: null,
  };
}

function historyOf(exchanges: readonly Exchange[]): { role: "user" | "assistant"; content: string }[] {
  const said = exchanges.filter(({ text }) => text).flatMap(({ prompt, text }) => [
    { role: "user" as const, content: prompt },
    { role: "assistant" as const, content: text },
  ]);
  return said.slice(-MAX_HISTORY);
}

/** What an event changes. */
function heard(one: Exchange, event: ChatEvent): Partial<Exchange> {
  const note = (text: string) => ({ notes: [...one.notes, text] });
  switch (event.type) {
    case "start":
      return { traceId: event.trace_id, model: event.model ?? null };
    case "skills":
      return { skills: event.skills };
    case "text":
      return { text: one.text + event.text };
    case "waiting":
      return note(`${event.reason}; trying again in ${Math.ceil(event.wait_ms / 1000)} s`);
    case "call":
      return note(`The model calls \`${event.tool}\``);
    case "proposal":
      return { proposals: [...one.proposals, event.proposal] };
    case "rejected":
      return note(
        `A workflow of the model cannot be used: ${event.reasons.join("; ")}${event.again ? " – it tries again" : ""}`,
      );
    case "usage":
      return { usage: event.usage };
    case "note":
      return note(event.text);
    case "error":
      return { state: "failed", error: { message: event.detail, hint: event.hint } };
    case "end":
      return { traceId: event.trace_id };
  }
}
