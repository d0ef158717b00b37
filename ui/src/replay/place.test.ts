import { expect, test } from "vitest";

import { formatRoute, parseRoute } from "../app/route";
import { session } from "../test/fakeSessions";
import { parsePlace, placeRoute, replayRoute, type ReplayPlace } from "./place";

test("the address of a step reads back", () => {
  const places: ReplayPlace[] = [
    { volume: "user/ana", id: "s1", commit: "c0ffee", step: 3 },
    { volume: "team/atlas", id: "s1", commit: null, step: 1 },
    { volume: "system", id: "s1", commit: null, step: 12 },
  ];
  for (const place of places) {
    const route = parseRoute(formatRoute(placeRoute(place)));
    expect(route.at === "page" && parsePlace(route.rest)).toEqual(place);
  }
});

test("an address that names no session or no step makes do", () => {
  expect(parsePlace([])).toBeNull();
  expect(parsePlace(["user", "ana"])).toBeNull();
  expect(parsePlace(["user", "ana", "s1"])).toEqual({ volume: "user/ana", id: "s1", commit: null, step: 1 });
  expect(parsePlace(["user", "ana", "s1", "now", "-4"])?.step).toBe(1);
  expect(parsePlace(["user", "ana", "s1", "now", "x"])?.step).toBe(1);
});

test("a session is gone through from its commit where that has all of it", () => {
  const rest = (about: Parameters<typeof session>[1], via?: string) => replayRoute({ ...session("s1", about), via }).rest.join("/");
  const commit = { commit_hash: "c0ffee", commit_volume: "user/ana" };
  expect(rest({ state: "committed", ...commit })).toBe("user/ana/s1/c0ffee/1");
  expect(rest({ state: "uncommitted", ...commit })).toBe("user/ana/s1/now/1");
  expect(rest({ state: "committed", ...commit }, "atlas")).toBe("team/atlas/s1/now/1");
});
