import { expect, test } from "vitest";

import type { ChatEvent } from "../api/schema";
import { fakeApi } from "../test/fakes";
import { createTalk } from "./talk";

const END: ChatEvent = { type: "end", trace_id: "chat-1", outcome: "success" };

function talking(answer: (signal: AbortSignal) => AsyncIterable<ChatEvent>) {
  const asked: object[] = [];
  const api = { ...fakeApi(), chat: (question: object, signal: AbortSignal) => (asked.push(question), answer(signal)) };
  return { talk: createTalk(api), asked };
}

test("an answer grows piece by piece, and the next question knows it", async () => {
  const { talk, asked } = talking(async function* () {
    yield { type: "start", trace_id: "chat-1", model: "a/b" };
    yield { type: "text", text: "Hel" };
    yield { type: "text", text: "lo" };
    yield END;
  });
  await talk.ask(" hi ");
  expect(talk.store.getState().exchanges).toMatchObject([{ prompt: "hi", state: "done", text: "Hello", model: "a/b" }]);
  await talk.ask("again");
  expect(asked[1]).toEqual({
    message: "again",
    history: [{ role: "user", content: "hi" }, { role: "assistant", content: "Hello" }],
  });
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

test("a message that is edited takes what came after it along", async () => {
  const { talk } = talking(async function* () {
    yield END;
  });
  await talk.ask("one");
  await talk.ask("two");
  const [first] = talk.store.getState().exchanges;
  talk.edit(first?.id ?? 0);
  expect(talk.store.getState()).toMatchObject({ exchanges: [], draft: "one" });
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
