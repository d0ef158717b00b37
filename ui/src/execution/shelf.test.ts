import { expect, test } from "vitest";

import { Shelf } from "./shelf";

test("what was put there last stays longest", () => {
  const shelf = new Shelf<object>(2);
  const [a, b, c] = [{}, {}, {}];
  shelf.put("a", a);
  shelf.put("b", b);
  shelf.put("a", a);
  shelf.put("c", c);
  expect([shelf.take("a"), shelf.take("b"), shelf.take("c")]).toEqual([a, undefined, c]);
});
