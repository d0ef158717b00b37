import { expect, test } from "vitest";

import { RunBoard } from "./board";
import { Shelf } from "./shelf";
import { Shown } from "./shown";

test("what was put there last stays longest", () => {
  const view = () => ({ board: new RunBoard().state(), shown: new Shown(), report: undefined });
  const shelf = new Shelf(2);
  const [a, b, c] = [view(), view(), view()];
  shelf.put("a", a);
  shelf.put("b", b);
  shelf.put("a", a);
  shelf.put("c", c);
  expect([shelf.take("a"), shelf.take("b"), shelf.take("c")]).toEqual([a, undefined, c]);
});
