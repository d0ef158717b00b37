import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { CHANGED, followVolumes } from "./changes";

class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  closed = false;

  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }

  close() {
    this.closed = true;
  }

  say(volume: string, commit: string) {
    const data = JSON.stringify({ volume, commit, edits: 0 });
    this.dispatchEvent(new MessageEvent("volume", { data }));
  }
}

const heard = vi.fn();
let stop: () => void = () => undefined;

beforeEach(() => {
  FakeSource.all = [];
  heard.mockClear();
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  window.addEventListener(CHANGED, heard);
  stop = followVolumes("/api/events");
});

afterEach(() => {
  stop();
  window.removeEventListener(CHANGED, heard);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function last(): FakeSource {
  const source = FakeSource.all.at(-1);
  if (!source) throw new Error("nobody listens");
  return source;
}

test("what a volume is at the beginning is no change, and changes together are told once", () => {
  last().say("user/ana", "a");
  last().say("system", "s");
  vi.runAllTimers();
  expect(heard).not.toHaveBeenCalled();
  last().say("user/ana", "b");
  last().say("user/ana", "c");
  vi.runAllTimers();
  expect(heard).toHaveBeenCalledTimes(1);
});

test("a page in the background holds no connection, and hears afterwards what it missed", () => {
  last().say("user/ana", "a");
  const state = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(last().closed).toBe(true);
  state.mockReturnValue("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(FakeSource.all).toHaveLength(2);
  last().say("user/ana", "b");
  vi.runAllTimers();
  expect(heard).toHaveBeenCalledTimes(1);
  state.mockRestore();
});
