import { expect, test } from "vitest";

import { freeCorner } from "./corner";

const view = { width: 800, height: 600 };
const size = { width: 150, height: 100 };
const box = (x: number, y: number) => ({ x, y, width: 100, height: 80 });

test.each([
  ["nothing is out of view", [box(10, 10), box(680, 500)], undefined],
  ["the corner is free", [box(-50, 10)], "bottom-right"],
  ["a node lies there", [box(-50, 300), box(690, 510)], "top-right"],
  ["nodes lie on the right", [box(-50, 300), box(690, 510), box(700, 20)], "top-left"],
  ["nodes lie everywhere", [box(-50, 20), box(690, 510), box(700, 20)], undefined],
])("when %s, the map is at %s", (_, boxes, corner) => expect(freeCorner(boxes, view, size)).toBe(corner));

test("a view that is too narrow has no map", () => {
  expect(freeCorner([box(-50, 10)], { width: 400, height: 600 }, size)).toBeUndefined();
});
