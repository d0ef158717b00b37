import { expect, test } from "vitest";

import { Watchdog } from "./watchdog";

/** Asks until the worker is given up, at most `times`; the worker never answers, the window at once. */
function silence(dog: Watchdog, times: number): number | null {
  for (let n = 1; n <= times; n += 1) {
    const asked = dog.ask();
    if (asked !== null && dog.window(asked)) return n;
  }
  return null;
}

test("a scene without `animate` is never asked", () => {
  const dog = new Watchdog();
  dog.shown();
  expect([dog.ask(), silence(dog, 1_000)]).toEqual([null, null]);
});

test("an `animate` that never comes back is given up after five seconds", () => {
  const dog = new Watchdog();
  dog.begin();
  dog.shown();
  expect(silence(dog, 1_000)).toBe(10);
});

test("the first picture may take twenty seconds", () => {
  const dog = new Watchdog();
  dog.begin();
  expect(silence(dog, 39)).toBeNull();
  dog.shown();
  expect(silence(dog, 9)).toBeNull();
});

test("time in which the whole frame gets no turn does not count", () => {
  const dog = new Watchdog();
  dog.begin();
  dog.shown();
  const asked = dog.ask();
  for (let n = 0; n < 100; n += 1) expect(dog.ask()).toBeNull();
  expect(dog.window(asked ?? 0)).toBe(false);
  dog.alive(asked ?? 0);
  expect(silence(dog, 9)).toBeNull();
});

test("an answer clears what was owed, and one from the future is none", () => {
  const dog = new Watchdog();
  dog.begin();
  dog.shown();
  expect(silence(dog, 9)).toBeNull();
  dog.alive(1e9);
  expect(silence(dog, 1_000)).toBe(10);
});
