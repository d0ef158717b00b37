import { expect, test } from "vitest";

import { formatRoute, parseRoute, type Route } from "./route";

test.each<[string, Route]>([
  ["/", { at: "new" }],
  ["/workflows", { at: "new" }],
  ["/workflows/system", { at: "new" }],
  ["/workflows/system/vqe-plot-export", { at: "workflow", volume: "system", id: "vqe-plot-export" }],
  ["/workflows/user/ana/sums", { at: "workflow", volume: "user/ana", id: "sums" }],
  ["/workflows/team/atlas/sums/", { at: "workflow", volume: "team/atlas", id: "sums" }],
  ["/workflows/system/%E0%A4%A", { at: "workflow", volume: "system", id: "%E0%A4%A" }],
  ["/review", { at: "page", page: "review", rest: [] }],
  ["/review/team/atlas/ana/plot/", { at: "page", page: "review", rest: ["team", "atlas", "ana", "plot"] }],
  ["/reviewed", { at: "new" }],
])("%s is read", (path, route) => expect(parseRoute(path)).toEqual(route));

test.each<Route>([
  { at: "new" },
  { at: "workflow", volume: "user/ana", id: "a-b_c" },
  { at: "workflow", volume: "system", id: "%2e%2e" },
  { at: "page", page: "review", rest: [] },
  { at: "page", page: "review", rest: ["team", "a/b", "%2e"] },
])("what is formatted is read back", (route) => expect(parseRoute(formatRoute(route))).toEqual(route));
