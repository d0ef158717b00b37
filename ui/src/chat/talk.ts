import { createStore, type StoreApi } from "zustand/vanilla";

import { ApiError, type ChatApi, explain } from "../api/api";
import type { Session } from "../api/schema";
import { type SessionRef, type SessionsApi, teamOf } from "../api/sessions";
import { exchangesOf } from "./conversation";
import { type Exchange, fresh, heard, isOpen, type OfferedEdit, type PutAsk } from "./exchange";
import { type Memory, pageMemory } from "./memory";

/** A session that is open, and the team that it is read through where it is offered to one. */
export type OpenSession = Session & Pick<SessionRef, "via">;

export type TalkState = {
  /** The session that it is kept in; `null` before anything was said. */
  session: OpenSession | null;
  /** Where a session begins that is not there yet. */
  address: string;
  exchanges: readonly Exchange[];
  /** The number before which there are more messages. */
  earlier: number | null;
  /** Whether a session is being read. */
  reading: boolean;
  /** Why one cannot be read. */
  trouble: unknown;
  /** What stands in the field, also while the panel is closed. */
  draft: string;
  /** The exchange whose question is edited in the field: what is sent takes its place. */
  editing: number | null;
};

/** The conversation of this page, kept in a session. It knows no screen. */
export type Talk = {
  store: StoreApi<TalkState>;
  write(draft: string): void;
  ask(prompt: string): Promise<void>;
  stop(): void;
  /** Takes a question into the field. Sent, it takes the place of that one and of all after it, which stay folded. */
  edit(id: number): void;
  /** Leaves an edited question as it was. */
  leaveEdit(): void;
  /** Asks the same once more, in place of the answer that there is. */
  again(id: number): Promise<void>;
  /** Allows or declines a call of an outside tool that an exchange asks for. */
  decide(id: number, askId: string, allow: boolean): Promise<void>;
  judge(id: number, feedback: Exchange["feedback"]): Promise<void>;
  /** Saves an edit that was proposed: the `at`th of an exchange. */
  accept(id: number, at: number): Promise<void>;
  dismiss(id: number, at: number): void;
  /** Begins a new session with the next question, in this volume. */
  begin(address?: string): void;
  /** Goes on with a session. */
  open(ref: SessionRef): Promise<void>;
  /** Goes on with the session that this browser had open last. */
  resume(): Promise<void>;
  /** Reads the messages before those that are there. */
  readEarlier(): Promise<void>;
  /** Takes over what became of a session elsewhere; `null` where it was deleted. */
  changed(ref: SessionRef, session: Session | null): void;
};

/** How many messages are read at once. */
const PAGE = 100;

/** Among how many messages a question is looked for once it is kept. */
const TAIL = 20;

/** Where sessions begin unless somebody chooses. */
const OWN = "user";

export function createTalk(api: ChatApi & SessionsApi, memory: Memory = pageMemory()): Talk {
  const store = createStore<TalkState>(() => ({
    session: null,
    address: OWN,
    exchanges: [],
    earlier: null,
    reading: false,
    trouble: null,
    draft: "",
    editing: null,
  }));
  let running: { id: number; abort: AbortController } | undefined;
  let reading: AbortController | undefined;
  let lastId = 0;
  const nextId = () => (lastId += 1);

  const change = (id: number, next: (exchange: Exchange) => Partial<Exchange>) =>
    store.setState(({ exchanges }) => ({
      exchanges: exchanges.map((one) => (one.id === id ? { ...one, ...next(one) } : one)),
    }));
  const mark = (id: number, at: number, fate: OfferedEdit["fate"]) =>
    change(id, ({ edits }) => ({ edits: edits.map((one, place) => (place === at ? { ...one, fate } : one)) }));
  const answer = (id: number, askId: string, fate: PutAsk["fate"]) =>
    change(id, ({ asks }) => ({ asks: asks.map((put) => (put.ask.ask_id === askId && isOpen(put) ? { ...put, fate } : put)) }));
  const promptOf = (id: number) => store.getState().exchanges.find((one) => one.id === id)?.prompt ?? "";
  const stop = () => {
    if (!running) return;
    const { id, abort } = running;
    running = undefined;
    change(id, () => ({ state: "stopped" }));
    abort.abort();
  };
  /** Leaves the session that is open, and says whether nobody has opened another one since. */
  const leave = (address: string) => {
    stop();
    reading?.abort();
    const now = new AbortController();
    reading = now;
    store.setState({ session: null, address, exchanges: [], earlier: null, reading: false, trouble: null, editing: null });
    return now.signal;
  };
  const enter = (session: OpenSession) => {
    memory.write(session);
    store.setState({ session });
  };

  const ask = async (prompt: string, instead = store.getState().editing) => {
    const message = prompt.trim();
    if (!message) return;
    stop();
    const id = nextId();
    const abort = new AbortController();
    running = { id, abort };
    const { exchanges: before, session: there } = store.getState();
    const from = there ? before.findIndex((one) => one.id === instead) : -1;
    const old = before[from];
    const kept = old ? before.map((one, at) => (at >= from ? { ...one, replaced: true } : one)) : before;
    store.setState({ draft: "", editing: null, exchanges: [...kept, fresh(id, message)] });
    let session = there;
    try {
      if (!session) {
        session = await api.createSession(store.getState().address, message);
        if (abort.signal.aborted) return;
        enter(session);
      }
      const replaces = old ? (old.number ?? (await find(session, old.prompt)).number) : null;
      const place = { session_id: session.id, message_key: crypto.randomUUID?.() ?? null, team_id: teamOf(session) ?? null, replaces };
      for await (const event of api.chat({ message, history: [], ...place }, abort.signal)) {
        change(id, (one) => heard(one, event));
      }
      change(id, ({ state }) => (state === "answering" ? { state: "done" } : {}));
    } catch (error) {
      if (!abort.signal.aborted) change(id, () => ({ state: "failed", error: explain(error) }));
    } finally {
      if (running?.id === id) running = undefined;
    }
    if (session) void refresh(session, id, message);
  };
  /** Looks for a question among the newest messages. */
  const find = async (ref: SessionRef, message: string) => {
    const page = await api.readSession(ref, { limit: TAIL });
    const asked = page.messages.findLast(({ role, content }) => role === "user" && content === message);
    return { page, number: asked?.number ?? null };
  };
  /** Reads how many messages there are now, whether they are committed, and which number a question got. */
  const refresh = async (ref: SessionRef, id: number, message: string) => {
    const found = await find(ref, message).catch(() => null);
    if (!found || store.getState().session?.id !== ref.id) return;
    const { page, number } = found;
    store.setState({ session: { ...page, via: ref.via } });
    change(id, () => ({ number }));
  };

  const open = async (ref: SessionRef) => {
    const left = leave(OWN);
    store.setState({ reading: true });
    try {
      const page = await api.readSession(ref, { limit: PAGE }, left);
      if (left.aborted) return;
      enter({ ...page, via: ref.via });
      store.setState({ exchanges: exchangesOf(page.messages, nextId), earlier: page.earlier, reading: false });
    } catch (error) {
      if (left.aborted) return;
      const gone = error instanceof ApiError && error.problem.status === 404;
      if (gone) memory.write(null);
      store.setState({ reading: false, trouble: gone ? null : error });
    }
  };

  return {
    store,
    ask: (prompt) => ask(prompt),
    stop,
    open,
    write: (draft) => store.setState({ draft }),
    edit(id) {
      stop();
      store.setState({ draft: promptOf(id), editing: id });
    },
    leaveEdit: () => store.setState({ draft: "", editing: null }),
    again: (id) => ask(promptOf(id), id),
    async decide(id, askId, allow) {
      const put = store.getState().exchanges.find((one) => one.id === id)?.asks.find((it) => it.ask.ask_id === askId);
      if (!put || !isOpen(put) || put.fate.at === "sending") return;
      answer(id, askId, { at: "sending" });
      try {
        // What came of it is an event of the answer.
        await api.decideAsk(askId, allow);
      } catch (error) {
        answer(id, askId, { at: "failed", error });
      }
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
    async accept(id, at) {
      const offered = store.getState().exchanges.find((one) => one.id === id)?.edits[at];
      if (!offered || offered.fate.at === "saving" || offered.fate.at === "saved") return;
      mark(id, at, { at: "saving" });
      try {
        const { commit } = await api.acceptEdit(offered.edit);
        mark(id, at, { at: "saved", commit });
      } catch (error) {
        mark(id, at, { at: "failed", error });
      }
    },
    dismiss: (id, at) => mark(id, at, { at: "dismissed" }),
    begin(address = OWN) {
      leave(address);
      memory.write(null);
    },
    async resume() {
      const { session, exchanges, reading: busy } = store.getState();
      const last = memory.read();
      if (!session && !busy && exchanges.length === 0 && last) await open(last);
    },
    async readEarlier() {
      const { session, earlier, reading: busy } = store.getState();
      if (!session || !earlier || busy) return;
      store.setState({ reading: true });
      try {
        const page = await api.readSession(session, { limit: PAGE, before: earlier }, reading?.signal);
        if (store.getState().session?.id !== session.id) return;
        const before = exchangesOf(page.messages, nextId);
        store.setState(({ exchanges }) => ({ exchanges: [...before, ...exchanges], earlier: page.earlier, reading: false }));
      } catch (error) {
        if (store.getState().session?.id === session.id) store.setState({ reading: false, trouble: error });
      }
    },
    changed(ref, session) {
      if (store.getState().session?.id !== ref.id) return;
      if (session) return store.setState({ session: { ...session, via: ref.via } });
      leave(OWN);
      memory.write(null);
    },
  };
}
