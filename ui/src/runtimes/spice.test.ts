// @vitest-environment node
/* oxlint-disable no-await-in-loop -- the simulator takes one netlist at a time */
import fs from "node:fs";
import path from "node:path";

import { beforeAll, expect, test, vi } from "vitest";

import { Bench, loadSpice, netlist } from "./spice/bench";

vi.setConfig({ testTimeout: 60_000 });

let bench: Bench;
beforeAll(async () => {
  bench = new Bench(await loadSpice());
}, 60_000);

const GOOD = netlist("* divider", "v1 in 0 {{volts}}", "r1 in out 1k", "r2 out 0 1k", ".op");

const RC = netlist(
  "* RC low-pass",
  "v1 in 0 dc 0 ac 1 pulse(0 {{volts}} 0 1p 1p 1 2)",
  "r1 in out {{ohms}}",
  "c1 out 0 {{farads}}",
  ".tran 5u 5m",
  ".options reltol=1e-6 abstol=1e-15 vntol=1e-9",
);
const RC_INPUTS = { volts: 5, ohms: 1000, farads: 1e-6 };

test("an RC circuit charges as the formula says", async () => {
  const { time, v_out: out } = (await bench.results(RC, { time: "array", v_out: "array" }, RC_INPUTS)) as Record<string, Float64Array>;
  expect(time?.length).toBeGreaterThan(500);
  const off = Array.from(time ?? [], (t, i) => Math.abs((out?.[i] ?? 0) - 5 * (1 - Math.exp(-t / 1e-3))));
  expect(Math.max(...off)).toBeLessThan(5e-5);
});

test("a low-pass falls by 20 dB per decade", async () => {
  const code = netlist("* bode", "v1 in 0 ac 1", "r1 in out 1k", "c1 out 0 1u", ".ac dec 10 1 10meg", ".output gain = db(v(out))");
  const { frequency, gain, v_out: out } = (await bench.results(code, { frequency: "array", gain: "array", v_out: "object" })) as {
    frequency: Float64Array;
    gain: Float64Array;
    v_out: { re: Float64Array; im: Float64Array };
  };
  const at = (hertz: number): number => frequency.findIndex((value) => value > hertz * 0.99);
  expect((gain[at(1e6)] ?? 0) - (gain[at(1e5)] ?? 0)).toBeCloseTo(-20, 3);
  for (const [i, f] of frequency.entries()) {
    // H = 1 / (1 + jwRC)
    const w = 2 * Math.PI * f * 1e-3;
    expect(out.re[i]).toBeCloseTo(1 / (1 + w * w), 10);
    expect(out.im[i]).toBeCloseTo(-w / (1 + w * w), 10);
  }
});


test("a measurement may compute the values that it looks for", async () => {
  const rises = [
    "trig v(out) val='0.1*{{volts}}' rise=1 targ v(out) val='0.9*{{volts}}' rise=1",
    "trig v(out) val={0.1*{{volts}}} rise=1 targ v(out) val={top*(1-10m*10)} rise=1",
    "trig v(out) val=0.1*{{volts}} rise=1 targ v(out) val=0.9*{{volts}} rise=1",
  ];
  for (const rise of rises) {
    const code = `${RC}\n.param top={{volts}}\n.meas tran rise ${rise}\n.meas tran half when v(out)='top/2'`;
    for (const volts of [5, 2]) {
      const found = (await bench.results(code, { rise: "number", half: "number" }, { ...RC_INPUTS, volts })) as Record<string, number>;
      expect(found["rise"]).toBeCloseTo(Math.log(9) * 1e-3, 7);
      expect(found["half"]).toBeCloseTo(Math.log(2) * 1e-3, 7);
    }
  }
});

test("several analyses, and what the netlist defines itself, each under its name", async () => {
  const code = netlist(
    "* several",
    "v1 in 0 dc 5 ac 1 pulse(0 5 0 1n 1n 1 2)",
    "r1 in out 1k",
    "c1 out 0 1u",
    "r2 out 0 1k",
    ".op",
    ".dc v1 0 10 2.5",
    ".ac dec 10 1 100k",
    ".tran 10u 10m",
    ".meas tran peak max v(out)",
    ".meas tran twice param='peak*2'",
    ".output tran middle = mean(v(out))",
    ".output ac gain = mag(v(out)/v(in))",
  );
  const types = {
    op_v_out: "number", op_i_r2: "number", sweep: "array", dc_out: "array", ac_v_out: "object", gain: "array",
    tran_v_out: "array", "tran_i_v1": "any", peak: "number", twice: "number", middle: "number", netlist: "file", waveforms: "table",
  };
  const outputs = await bench.results(code, types);
  expect(outputs["op_v_out"]).toBeCloseTo(2.5, 9);
  expect(outputs["op_i_r2"]).toBeCloseTo(2.5e-3, 9);
  expect(Array.from(outputs["sweep"] as Float64Array)).toEqual([0, 2.5, 5, 7.5, 10]);
  expect((outputs["dc_out"] as Float64Array)[2]).toBeCloseTo(2.5, 9);
  expect((outputs["gain"] as Float64Array)[0]).toBeCloseTo(0.5, 3);
  expect(outputs["peak"]).toBeCloseTo(2.5, 3);
  expect(outputs["twice"]).toBeCloseTo(2 * (outputs["peak"] as number), 9);
  expect(outputs["middle"]).toBeGreaterThan(1.5);
  expect(outputs["tran_i_v1"]).toBeInstanceOf(Float64Array);
  expect(outputs["netlist"]).toEqual({ name: "circuit.cir", mime: "application/x-spice", text: code });
  const { columns } = outputs["waveforms"] as { columns: { name: string; values: Float64Array }[] };
  expect(columns.map(({ name }) => name)).toContain("v(out)");
});

test("the circuit and a plot of it can be outputs", async () => {
  const code = netlist("* plot", "v1 in 0 ac 1", "r1 in out 1k", "c1 out 0 1u", ".ac dec 5 1 100k");
  type Shown = Record<string, unknown>;
  const { plot, v_out: one } = (await bench.results(code, { plot: "plot", v_out: "plot" })) as { plot: Shown; v_out: Shown };
  expect(plot).toMatchObject({ x_label: "frequency (Hz)", y_label: "magnitude (dB)", x_scale: "log" });
  expect((plot["series"] as { name: string }[]).map(({ name }) => name)).toEqual(["v(in)", "v(out)"]);
  expect((one["series"] as unknown[]).length).toBe(1);
});

test("subcircuits, models and continuation lines", async () => {
  const code = netlist(
    "* half-wave rectifier",
    ".subckt load a b params: r=1k",
    "rl a b {r}",
    ".ends",
    "v1 in 0 sin(0",
    "+ 10 50)",
    "d1 in out dmod ; the diode",
    ".model dmod d(is=1e-14",
    "* a comment in between",
    "+ n=1)",
    "x1 out 0 load r={{load}}",
    ".tran 10u 40m",
    ".meas tran top max v(out)",
    ".meas tran low min v(out)",
    ".end",
  );
  const { top, low } = (await bench.results(code, { top: "number", low: "number" }, { load: 1000 })) as Record<string, number>;
  expect(top).toBeGreaterThan(9);
  expect(top).toBeLessThan(9.5);
  expect(low).toBeCloseTo(0, 3);
});

test("numbers keep every digit, lists become points, and text may be a waveform", async () => {
  const volts = 1 / 3;
  expect(await bench.results(GOOD, { v_in: "number" }, { volts })).toMatchObject({ v_in: volts });
  const code = netlist("* pwl", "v1 in 0 pwl({{points}})", "v2 two 0 {{wave}}", "r1 in 0 1k", "r2 two 0 1", ".tran 5u 4m", ".meas tran mid find v(in) at=1m", ".meas tran amp max v(two)");
  const inputs = { points: [[0, 0], new Float64Array([2e-3, 4])], wave: "sin(0 3 1k)" };
  const { mid, amp } = (await bench.results(code, { mid: "number", amp: "number" }, inputs)) as Record<string, number>;
  expect(mid).toBeCloseTo(2, 4);
  expect(amp).toBeCloseTo(3, 2);
});

test("outputs have the form that the port declares, or the port is named", async () => {
  const tran = netlist("* x", "v1 in 0 1 ac 1", "r1 in 0 1k", ".tran 1u 10u");
  const ac = netlist("* x", "v1 in 0 1 ac 1", "r1 in 0 1k", ".ac dec 1 1 10");
  expect((await bench.failure(tran, { v_in: "number" })).message).toMatch(/^the output `v_in` is declared as `number`, but v\(in\) has \d+ values/);
  expect((await bench.failure(ac, { v_in: "array" })).message).toMatch(/but v\(in\) is complex/);
  expect((await bench.failure(tran, { v_in: "object" })).message).toMatch(/is real/);
  expect((await bench.failure(tran, { v_in: "string" })).message).toMatch(/is a list of numbers/);
  const both = netlist("* x", "v1 in 0 1 ac 1", "r1 in 0 1k", ".ac dec 1 1 10", ".tran 1u 10u");
  expect((await bench.failure(both, { v_in: "any" })).hint).toBe("call the port `ac_v_in` or `tran_v_in`");
});

test("random numbers repeat themselves, and follow the input `seed`", async () => {
  const code = netlist("* tolerance", "v1 in 0 1", "r1 in 0 {agauss(1k,100,3)}", ".op");
  const current = async (seed: number): Promise<unknown> => (await bench.results(code, { i_v1: "number" }, { seed }))["i_v1"];
  const first = await current(7);
  expect(await current(7)).toBe(first);
  expect(await current(8)).not.toBe(first);
  const noise = netlist("* noise", "v1 in 0 dc 0 trnoise(1 1u 0 0)", "r1 in 0 1k", ".tran 1u 100u", ".output level = mean(v(in)*v(in))");
  const { level } = await bench.results(noise, { level: "number" });
  expect(level).toBeGreaterThan(0.1);
  expect(await bench.results(noise, { level: "number" })).toMatchObject({ level });
});

test("too much memory ends the call, and the next one works", async () => {
  const code = netlist("* long", "v1 in 0 sin(0 1 1meg)", "r1 in out 1k", "c1 out 0 1n", ".tran 1n 10m");
  const outcome = await bench.simulate(code, { v_out: "array" }, {}, 20);
  expect(outcome).toMatchObject({ ok: false, error: { kind: "memory", message: "over the memory limit of 20 MB" } });
  expect(await bench.results(GOOD, { v_out: "number" }, { volts: 4 })).toMatchObject({ v_out: 2 });
  expect(bench.runtime.heapBytes?.()).toBeGreaterThan(2 ** 20);
});

test("a hundred calls leave no memory behind", async () => {
  await bench.results(RC, { v_out: "array" }, RC_INPUTS);
  const before = bench.runtime.heapBytes?.() ?? 0;
  for (let i = 0; i < 100; i += 1) await bench.results(RC, { v_out: "array" }, { ...RC_INPUTS, ohms: 1000 + i });
  expect((bench.runtime.heapBytes?.() ?? 0) - before).toBeLessThan(8 * 2 ** 20);
});

test("the example of the guide works", async () => {
  const guide = fs.readFileSync(path.resolve(import.meta.dirname, "../../../docs/guide/runtimes.md"), "utf8");
  const code = /```spice\n([^]*?)```/.exec(guide)?.[1] ?? "";
  const asked = { time: "array", v_out: "array", rise: "number", power: "array", plot: "plot" };
  const { rise, power } = await bench.results(code, asked, { ohms: 1000, farads: 1e-6, stop: 0.005 });
  // ln 9 time constants
  expect(rise).toBeCloseTo(Math.log(9) * 1e-3, 6);
  expect(Math.max(...(power as Float64Array))).toBeCloseTo(0.025, 4);
});
