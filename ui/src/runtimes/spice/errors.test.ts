// @vitest-environment node
/* oxlint-disable no-await-in-loop -- the simulator takes one netlist at a time */
import { beforeAll, expect, test, vi } from "vitest";

import { Bench, loadSpice, netlist } from "./bench";

vi.setConfig({ testTimeout: 60_000 });

let bench: Bench;
beforeAll(async () => {
  bench = new Bench(await loadSpice());
}, 60_000);

const GOOD = netlist("* divider", "v1 in 0 {{volts}}", "r1 in out 1k", "r2 out 0 1k", ".op");

/** Broken netlists: the line that the message must name, words of it, and words of the hint. */
const BROKEN: [name: string, lines: string[], line: number | null, message: RegExp, hint: RegExp][] = [
  ["a part without a value", ["v1 in 0 1", "r1 in out", "c1 out 0 1u", ".tran 10u 5m"], 3, /too little for a resistor/, /r1 in out 1k/],
  ["an unknown model", ["v1 in 0 1", "d1 in 0 nomodel", ".op"], 3, /no.*called `nomodel`/, /\.model nomodel d/],
  ["a model of another kind", ["v1 in 0 1", "d1 in 0 dm", ".model dm npn(is=1e-14)", ".op"], 3, /model/, /\.model/],
  ["a model with an unknown parameter", ["v1 in 0 1", "d1 in 0 dm", ".model dm d(zork=3)", ".op"], 4, /model/, /parameters/],
  ["no analysis", ["v1 in 0 1", "r1 in 0 1k"], null, /no analysis/, /\.tran/],
  ["no ground", ["v1 in b 1", "r1 in b 1k", ".op"], null, /ground/, /`0`/],
  ["two sources in parallel", ["v1 in 0 1", "v2 in 0 2", ".op"], 2, /no solution: `v1`/, /resistor in series/],
  ["a node that floats", ["v1 in 0 1", "c1 in mid 1u", "c2 mid 0 1u", ".op"], 3, /voltage of node `mid` \(lines 3, 4\)/, /path to ground/],
  ["no convergence", ["v1 in 0 1", "r0 in a 1", "b1 a 0 i=exp(100*v(a))*sgn(v(a)-0.5)*1e9", ".tran 1n 1u"], 3, /does not converge at node `a`/, /reltol/],
  ["two parts of one name", ["v1 in 0 1", "r1 in out 1k", "R1 out 0 1k", ".op"], 4, /two parts called `R1`/, /line 3/],
  ["an unknown subcircuit", ["v1 in 0 1", "x1 in 0 amp", ".op"], 3, /no subcircuit `amp`/, /defines no subcircuits/],
  ["too few nodes for a subcircuit", [".subckt amp a b c", "r1 a b 1", "r2 b c 1", ".ends", "v1 in 0 1", "x1 in 0 amp", ".op"], 7, /3 pins, but 2/, /line 2/],
  ["a subcircuit without end", ["v1 in 0 1", ".subckt amp a b", "r1 a b 1k", ".op"], 3, /never ends/, /\.ends/],
  ["an undefined parameter", ["v1 in 0 1", "r1 in 0 {foo*2}", ".op"], 3, /no parameter `foo`/, /\.param foo/],
  ["a bad expression", [".param a=1", "v1 in 0 1", "r1 in 0 {a*/2}", ".op"], 4, /expression/, /operators/],
  ["a bad behavioural source", ["v1 in 0 1", "b1 out 0 v=1/(v(in)-", "r1 out 0 1k", ".op"], 3, /expression/, /parentheses/],
  ["a value that is none", ["v1 in 0 1", "r1 in 0 abc", ".op"], 3, /abc/, /number/],
  ["an unknown statement", ["v1 in 0 1", "r1 in 0 1k", ".tranx 1u 1m"], 4, /no statement `\.tranx`/, /did you mean `\.tran`/],
  ["a sweep of nothing", ["v1 in 0 1", "r1 in 0 1k", ".dc vx 0 1 0.1"], 4, /"vx" is not in the circuit/, /in the netlist/],
  ["a transient without end", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u"], 4, /TSTOP/, /\.tran 10u 10m/],
  ["a measurement that never happens", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u 1m", ".meas tran rise when v(in)=7"], 5, /`rise` cannot be computed/, /ever reached/],
  ["a measurement of an expression with gaps", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u 1m", ".meas tran t when v(in)=0.1 * 5"], 5, /between quotes/, /val='0\.5\*/],
  ["a measurement of unknown names", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u 1m", ".meas tran t when v(in)='0.1*supply'"], 5, /`0\.1\*supply` is no expression/, /\.param/],
  ["a measurement against infinity", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u 1m", ".meas tran t when v(in)='1/0'"], 5, /`1\/0` is Infinity/, /finite/],
  ["a measurement of two vectors at once", ["v1 in 0 1", "r1 in 0 1k", ".tran 1u 1m", ".meas tran t max 2*v(in)"], 5, /./, /./],
  ["an output of a node that is not there", ["v1 in 0 1", "r1 in 0 1k", ".op", ".output x = v(nowhere)"], 5, /nowhere/, /names of nodes/],
  ["a line after the end", ["v1 in 0 1", "r1 in 0 1k", ".op", ".end", "r2 in 0 1k"], 6, /after `\.end`/, /move/],
  ["commands", ["v1 in 0 1", ".control", "shell ls", ".endc", ".op"], 3, /not allowed/, /\.tran/],
  ["a file", ["v1 in 0 1", ".include /etc/passwd", ".op"], 3, /no files/, /into the netlist/],
  ["a library", ["v1 in 0 1", ".lib models.lib tt", ".op"], 3, /no files/, /into the netlist/],
];

test.each(BROKEN)("%s: the line is named, and what to do; the good netlist after it is as before", async (_name, lines, line, message, hint) => {
  const error = await bench.failure(netlist("* broken", ...lines));
  expect(error.kind).toBe("exception");
  expect(error.message).toMatch(message);
  const text = line === null ? "" : (lines[line - 2] ?? "").toLowerCase();
  const shown = error.message.toLowerCase();
  expect(shown.startsWith(`line ${line}: `) && shown.includes(`\n    ${text}`)).toBe(line !== null);
  expect(error.hint).toMatch(hint);
  expect(await bench.results(GOOD, { v_out: "number" }, { volts: 4 })).toMatchObject({ v_out: 2 });
});

test("a broken netlist gives no results of the good one before it", async () => {
  await bench.results(GOOD, { v_out: "number" }, { volts: 4 });
  const outcome = await bench.simulate(netlist("* broken", "v1 in 0 1", "d1 in 0 nomodel", ".op"), { v_out: "number" });
  expect(outcome).not.toHaveProperty("outputs");
  expect(await bench.failure(netlist("* other", "v1 a 0 1", "r1 a 0 1k", ".op"), { v_out: "number" })).toMatchObject({
    message: "the netlist gives nothing for the output `v_out`",
    hint: expect.stringMatching(/`v_a`, `i_v1`/) as string,
  });
});

test("a first line that is a part is not taken for the title", async () => {
  for (const first of ["v1 in 0 5", "r1 in out 1k", ".tran 1u 1m", "V1 in 0 pulse(0 1 0)"]) {
    expect((await bench.failure(netlist(first, "r9 in 0 1k", ".op"))).message).toMatch(/^line 1: the first line of a netlist is its title/);
  }
  for (const title of ["RC low pass with a corner of 159 Hz", "Rectifier", "", "* v1 in 0 5", ".title an op"]) {
    await bench.results(netlist(title, "v1 in 0 1", "r1 in 0 1k", ".op"), { v_in: "number" });
  }
});

test.each([
  ["1\n.control\nshell ls\n.endc", /line break/],
  ["1\r.include x", /line break/],
  ["1; rest", /`;`/],
  ["1 $ rest", /`\$`/],
  ["{1+1}", /`\{`/],
  ["'1'", /`'`/],
  ["`ls`", /```/],
  [Number.NaN, /NaN/],
  [Infinity, /Infinity/],
  [{ a: 1 }, /cannot stand/],
  [["a"], /cannot stand/],
  [null, /cannot stand/],
])("the input %o is refused", async (volts, message) => {
  const error = await bench.failure(GOOD, {}, { volts });
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^line 2: .*`volts`/);
});

test("an input that makes a command of its line is refused", async () => {
  const code = netlist("* dots", "{{line}}", "v1 in 0 1", "r1 in 0 1", ".op");
  expect((await bench.failure(code, {}, { line: ".control" })).message).toMatch(/^line 2: `\.control` is not allowed/);
  expect((await bench.failure(code, {}, { line: ".include x" })).message).toMatch(/^line 2: `\.include` is not allowed/);
  await bench.results(code, {}, { line: "*# shell ls" });
});

test("an input without a value is named, with its line", async () => {
  expect(await bench.failure(GOOD)).toMatchObject({
    message: "line 2: there is no value for the input `volts`\n    v1 in 0 {{volts}}",
    hint: expect.stringMatching(/default/) as string,
  });
});

