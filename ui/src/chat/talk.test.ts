import { expect, test } from "vitest";

import type { ChatEvent } from "../api/schema";
import { fakeApi } from "../test/fakes";
import { fakeSessions, said, session } from "../test/fakeSessions";
import type { Memory } from "./memory";
import { createTalk } from "./talk";

const END: ChatEvent = { type: "end", trace_id: "chat-1", outcome: "success" };

type Answer = (signal: AbortSignal) => AsyncIterable<ChatEvent>;

function remembering(): Memory {
  let kept: ReturnType<Memory["read"]> = null;
  return { read: () => kept, write: (ref) => void (kept = ref) };
}

function talking(answer: Answer, sessions = fakeSessions(), memory = remembering()) {
  const asked: object[] = [];
  const chat = (question: object, signal: AbortSignal) => (asked.push(question), answer(signal));
  const api = { ...fakeApi(), ...sessions, chat };
  return { talk: createTalk(api, memory), asked, memory, sessions };
}

const silent: Answer = async function* () {
  yield END;
};

const LONG = {
  session: session("long", { message_count: 130 }),
  messages: Array.from({ length: 130 }, (_, at) => said(at + 1, at % 2 ? "assistant" : "user", `message ${at + 1}`)),
};

test("an answer grows piece by piece, and the next question belongs to the same session", async () => {
  const { talk, asked } = talking(async function* () {
    yield { type: "start", trace_id: "chat-1", model: "a/b" };
    yield { type: "text", text: "Hel" };
    yield { type: "text", text: "lo" };
    yield END;
  });
  await talk.ask(" hi ");
  expect(talk.store.getState().exchanges).toMatchObject([{ prompt: "hi", state: "done", text: "Hello", model: "a/b" }]);
  await talk.ask("again");
  expect(talk.store.getState().session).toMatchObject({ id: "s1", name: "hi" });
  expect(asked).toMatchObject([
    { message: "hi", history: [], session_id: "s1" },
    { message: "again", history: [], session_id: "s1" },
  ]);
});

test("stopping keeps what was said and tells the other side", async () => {
  let told = false;
  const { talk } = talking(async function* (signal) {
    yield { type: "text", text: "a" };
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    told = true;
    throw new Error("aborted");
  });
  const asking = talk.ask("go on");
  await new Promise((resolve) => setTimeout(resolve));
  talk.stop();
  await asking;
  expect(told).toBe(true);
  expect(talk.store.getState().exchanges).toMatchObject([{ state: "stopped", text: "a", error: null }]);
});

const SHORT = {
  session: session("short", { message_count: 4 }),
  messages: [said(1, "user", "one"), said(2, "assistant", "1"), said(3, "user", "two"), said(4, "assistant", "2")],
};

test("a message that is edited takes the place of what was said from there on, and that stays", async () => {
  const { talk, asked } = talking(silent, fakeSessions([SHORT]));
  await talk.open(SHORT.session);
  const [, second] = talk.store.getState().exchanges;
  talk.edit(second?.id ?? 0);
  expect(talk.store.getState()).toMatchObject({ exchanges: [{ prompt: "one" }, { prompt: "two" }], draft: "two" });
  talk.leaveEdit();
  await talk.ask("three");
  expect(asked.at(-1)).toMatchObject({ message: "three", replaces: null });
  talk.edit(second?.id ?? 0);
  await talk.ask("better");
  expect(asked.at(-1)).toMatchObject({ message: "better", replaces: 3 });
  const { exchanges, editing } = talk.store.getState();
  expect(exchanges.map(({ prompt, replaced }) => `${prompt} ${replaced}`)).toEqual(["one false", "two true", "three true", "better false"]);
  expect(editing).toBeNull();
  await talk.again(exchanges[0]?.id ?? 0);
  expect(asked.at(-1)).toMatchObject({ message: "one", replaces: 1 });
});

test("what was replaced before is known when a session is opened", async () => {
  const edited = { ...SHORT, messages: SHORT.messages.map((one) => ({ ...one, replaced: one.number > 2 })) };
  const { talk } = talking(silent, fakeSessions([edited]));
  await talk.open(edited.session);
  expect(talk.store.getState().exchanges.map(({ number, replaced }) => [number, replaced])).toEqual([[1, false], [3, true]]);
});

test("a page that is opened again goes on with the session that was open", async () => {
  const { talk, memory, sessions } = talking(silent, fakeSessions([LONG]));
  await talk.open(LONG.session);
  const reloaded = talking(silent, sessions, memory).talk;
  await reloaded.resume();
  expect(reloaded.store.getState()).toMatchObject({ session: { id: "long" }, earlier: 31, reading: false });
});

test("a long session is read page by page, the newest messages first", async () => {
  const { talk } = talking(silent, fakeSessions([LONG]));
  await talk.open(LONG.session);
  expect(talk.store.getState().exchanges).toHaveLength(50);
  await talk.readEarlier();
  await talk.readEarlier();
  await talk.readEarlier();
  const { exchanges, earlier } = talk.store.getState();
  expect([exchanges.length, earlier]).toEqual([65, null]);
  expect(exchanges[0]).toMatchObject({ prompt: "message 1", text: "message 2", state: "done" });
  expect(new Set(exchanges.map(({ id }) => id)).size).toBe(65);
});

test("a new session begins with the next question, and a deleted one is left", async () => {
  const { talk, memory } = talking(silent);
  await talk.ask("one");
  talk.begin();
  expect([talk.store.getState().session, memory.read()]).toEqual([null, null]);
  await talk.ask("two");
  const two = talk.store.getState().session;
  expect(two?.id).toBe("s2");
  talk.changed(session("s1"), null);
  expect(talk.store.getState().session?.id).toBe("s2");
  if (two) talk.changed(two, null);
  expect(talk.store.getState()).toMatchObject({ session: null, exchanges: [] });
});

test("what the program said of a lost answer is shown as what went wrong", async () => {
  const lost = { session: session("lost"), messages: [said(1, "user", "hi"), said(2, "system", "No whole answer: it broke off.")] };
  const { talk } = talking(silent, fakeSessions([lost]));
  await talk.open(lost.session);
  expect(talk.store.getState().exchanges).toMatchObject([
    { prompt: "hi", state: "failed", error: { message: "No whole answer: it broke off." } },
  ]);
});

test("a failure says what to do", async () => {
  const { talk } = talking(async function* () {
    yield { type: "error", code: "model-key", detail: "anthropic refuses the key", hint: "enter a valid key" };
    yield { ...END, outcome: "error" };
  });
  await talk.ask("hi");
  expect(talk.store.getState().exchanges).toMatchObject([
    { state: "failed", error: { message: "anthropic refuses the key", hint: "enter a valid key" } },
  ]);
});
