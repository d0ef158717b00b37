// @vitest-environment node
import Elk from "elkjs/lib/elk.bundled.js";
import { expect, test } from "vitest";

import { readNetlist } from "../../runtimes/spice/netlist";
import { layOut } from "./layout";
import { partsOf } from "./parts";
import { spiceNumber, valueText, withUnit } from "./units";

const parts = (lines: string[], scope = "") => partsOf(readNetlist(["* title", ...lines].join("\n")), scope, "iec");

test("a low-pass lies from left to right, with its capacitor on ground", async () => {
  const list = parts(["v1 in 0 5", "r1 in out 1k", "c1 out 0 1u", ".tran 1u 1m"]);
  expect(list.map(({ title, value, turn }) => [title, value, turn])).toEqual([
    ["v1", "5 V", "up"],
    ["r1", "1 kΩ", "right"],
    ["c1", "1 µF", "up"],
  ]);
  expect(list[2]?.pins.map(({ net, mark }) => [net, mark])).toEqual([["out", null], ["0", "ground"]]);

  const layout = await layOut(list, new Elk());
  const [v1, r1, c1] = layout.parts.map(({ x }) => x);
  expect(v1).toBeLessThan(r1 ?? 0);
  expect(r1).toBeLessThan(c1 ?? 0);
  expect(layout.wires.map(({ net }) => net)).toEqual(["in", "out"]);
});

test("every wire begins and ends at pins of its net, or on a dot", async () => {
  const list = parts(["v1 a b sin(0 1 50)", "d1 a p dm", "d2 b p dm", "d3 0 a dm", "d4 0 b dm", "r1 p 0 1k", "c1 p 0 1u", ".model dm d"]);
  const { parts: placed, wires } = await layOut(list, new Elk());
  for (const { net, lines } of wires) {
    const pins = placed.flatMap(({ part, x, y }) => part.pins.filter((pin) => pin.net === net).map((pin) => `${x + pin.x},${y + pin.y}`));
    const ends = new Set(lines.flatMap((line) => [line[0], line.at(-1)]).map((point) => `${point?.x},${point?.y}`));
    for (const pin of pins) expect(ends).toContain(pin);
  }
});

test("no two parts lie on each other", async () => {
  const list = parts(["vcc vcc 0 12", "vin in 0 sin(0 1 1k)", "c1 in base 1u", "r1 vcc base 47k", "r2 base 0 10k", "rc vcc coll 4k7", "q1 coll base emit qn", "re emit 0 1k", ".model qn npn"]);
  expect(list.find(({ title }) => title === "rc")?.pins.map(({ mark }) => mark)).toEqual(["above", null]);
  const { parts: placed } = await layOut(list, new Elk());
  for (const [index, a] of placed.entries()) {
    for (const b of placed.slice(index + 1)) {
      const apart = Math.abs(a.x - b.x) >= (a.part.width + b.part.width) / 2 || Math.abs(a.y - b.y) >= (a.part.height + b.part.height) / 2;
      expect(apart).toBe(true);
    }
  }
});

test("a part with its first node on ground stands on its head, a subcircuit has named pins", () => {
  const [diode, x] = parts(["d1 0 a dm", "x1 a b amp", ".subckt amp in out", "r1 in out 1k", ".ends", ".model dm d"]);
  expect(diode?.turn).toBe("down");
  expect(x?.pins.map(({ label, side }) => [label, side])).toEqual([["in", "W"], ["out", "E"]]);
  expect(parts(["x1 a b amp", ".subckt amp in out", "r1 in out 1k", ".ends"], "amp").map(({ title }) => title)).toEqual(["r1"]);
});

test.each([["1k", 1000], ["4.7MEG", 4.7e6], ["100nF", 1e-7], ["2m", 2e-3], ["1e-6", 1e-6]])("%s is %d", (text, value) => {
  expect(spiceNumber(text)).toBeCloseTo(value, 12);
});

test("a word is no number", () => {
  expect(spiceNumber("abc")).toBeUndefined();
});

test("values stand in engineering notation", () => {
  expect(withUnit(0.0000001, "F")).toBe("100 nF");
  expect(withUnit(999.99, "Ω")).toBe("1 kΩ");
  expect(valueText("R", "{load}")).toBe("{load}");
  expect(valueText("V", "dc 5")).toBe("5 V");
  expect(valueText("V", "dc 0 ac 1")).toBe("dc 0 ac 1");
});
