import { expect, test, vi } from "vitest";

import { type TimerScope, watchTimers } from "./timers";

function scope(): TimerScope {
  vi.useFakeTimers();
  return { setTimeout, setInterval, clearTimeout, clearInterval } as unknown as TimerScope;
}

test("a timer is left until it fires or is cleared", () => {
  const own = scope();
  const left = watchTimers(own);
  const fired = vi.fn();
  own.setTimeout(fired, 10, "word");
  const second = own.setTimeout(fired, 1000);
  expect(left()).toBe(true);
  vi.advanceTimersByTime(10);
  expect(fired).toHaveBeenCalledWith("word");
  expect(left()).toBe(true);
  own.clearTimeout(second);
  expect(left()).toBe(false);
  vi.useRealTimers();
});

test("an interval is left until it is cleared", () => {
  const own = scope();
  const left = watchTimers(own);
  const id = own.setInterval(() => undefined, 10);
  vi.advanceTimersByTime(50);
  expect(left()).toBe(true);
  own.clearInterval(id);
  expect(left()).toBe(false);
  vi.useRealTimers();
});
