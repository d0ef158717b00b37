import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { framePace } from "./pace";

class SilentChannel {
  readonly port1 = { listener: () => {}, addEventListener: (_: string, listener: () => void) => (this.port1.listener = listener), start: () => {}, close: () => {} };
  readonly port2 = { postMessage: () => this.port1.listener() };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance", "requestAnimationFrame"] });
  vi.stubGlobal("MessageChannel", SilentChannel);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("the first picture comes with the next frame", () => {
  const show = vi.fn();
  framePace()(show);
  vi.advanceTimersToNextFrame();
  expect(show).toHaveBeenCalledOnce();
});

test("pictures that follow at once are shown five times a second, and only the newest of them", () => {
  const pace = framePace();
  const shown: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    pace(() => shown.push(n));
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(300);
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.length).toBeLessThanOrEqual(6);
  expect(shown.at(-1)).toBe(99);
});

test("a picture that takes long leaves four times as long for the work", () => {
  const pace = framePace();
  pace(() => vi.advanceTimersByTime(500));
  vi.advanceTimersToNextFrame();
  const late = vi.fn();
  pace(late);
  vi.advanceTimersByTime(1_900);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(late).toHaveBeenCalledOnce();
});

test("what goes on for long is shown twice a second, and what begins after a pause as often as before", () => {
  const pace = framePace();
  let nShown = 0;
  const spell = (ms: number) => {
    nShown = 0;
    for (let at = 0; at < ms; at += 20) {
      pace(() => (nShown += 1));
      vi.advanceTimersByTime(20);
    }
    return nShown;
  };
  spell(11_000);
  const late = spell(5_000);
  expect(late).toBeGreaterThanOrEqual(8);
  expect(late).toBeLessThanOrEqual(11);
  vi.advanceTimersByTime(3_000);
  expect(spell(1_000)).toBeGreaterThanOrEqual(4);
});
