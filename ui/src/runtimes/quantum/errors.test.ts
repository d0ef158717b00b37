// @vitest-environment node
import { beforeAll, expect, test, vi } from "vitest";

import { Bench } from "./bench";

vi.setConfig({ testTimeout: 60_000 });

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
}, 60_000);

const qasm = (...lines: string[]): string => ['include "stdgates.inc";', "qubit[2] q;", ...lines, ""].join("\n");
const qsharp = (...lines: string[]): string => ["operation Main() : Int {", ...lines.map((line) => `    ${line}`), "}", ""].join("\n");

type Case = [name: string, code: string, place: string, message: RegExp, hint: RegExp];

const QASM: Case[] = [
  ["an unknown gate", qasm("hh q[0];"), "line 3, column 1", /hh/, /spelling/],
  ["a missing semicolon", qasm("h q[0]", "x q[1];"), "line 4, column 1", /expected `;`/, /just before.*semicolon/],
  ["an unknown register", qasm("h r[0];"), "line 3, column 3", /r/, /spelling/],
  ["a qubit that is not there", qasm("h q[5];"), "line 3, column 5", /out of range: 5/, /below the length/],
  ["a number where a qubit belongs", qasm("h 3;"), "line 3, column 3", /found literal/, /./],
  ["a gate with too few qubits", qasm("cx q[0];"), "line 3, column 1", /expects 2 qubit/, /angles and qubits/],
  ["a gate without its angle", qasm("rx q[0];"), "line 3, column 1", /expects 1 classical/, /angles and qubits/],
  ["no standard gates", "qubit q;\nh q;\n", "line 2, column 1", /h/, /stdgates/],
  ["a type that is none", qasm("flot x = 1;"), "line 3, column 8", /undefined symbol: flot/, /./],
  ["an unclosed block", qasm("for int i in [0:1] {", "h q[i];"), "line 5, column 1", /expected `}`/, /bracket/],
  ["a file that is not there", 'include "mine.inc";\nqubit q;\n', "line 1, column 1", /mine\.inc/, /no files/],
  ["one qubit twice", qasm("cx q[0], q[0];"), "line 3, column 1", /not unique/, /only once/],
  ["a qubit taken for a number", qasm("float d = q;"), "line 3, column 11", /cannot cast/, /same type/],
  ["an input declaration", qasm("input float theta;", "rx(theta) q[0];"), "line 3", /`input`/, /\{\{name\}\}/],
];

const QSHARP: Case[] = [
  ["an unknown name", qsharp("return foo;"), "line 2, column 12", /foo/, /spelling/],
  ["another type than declared", qsharp("return true;"), "line 2, column 12", /expected Int, found Bool/, /same type/],
  ["an integer for a double", qsharp("use q = Qubit();", "Rx(1, q);", "Reset(q);", "return 1;"), "line 3", /Double/, /point/],
  ["a missing bracket", "operation Main() : Int {\n    return 1;\n", "line 3, column 1", /expected `}`/, /bracket/],
  ["a missing semicolon", qsharp("let x = 1", "return x;"), "line 3, column 5", /expected `;`/, /semicolon/],
  ["a qubit left in another state", qsharp("use q = Qubit();", "X(q);", "return 1;"), "line 2, column 5", /released while not in/, /\|0⟩ state/],
  ["an index out of range", qsharp("let a = [1, 2];", "return a[5];"), "line 3, column 14", /out of range: 5/, /below the length/],
  ["a division by zero", qsharp("return 1 / 0;"), "line 2, column 16", /division by zero/, /divisor/],
  ["fail", qsharp('fail "no good";'), "line 2, column 5", /no good/, /`fail`/],
  ["one qubit twice", qsharp("use q = Qubit[2];", "CNOT(q[0], q[0]);", "return 1;"), "line 3, column 5", /not unique/, /only once/],
  ["a mutable that is not", qsharp("let x = 1;", "set x = 2;", "return x;"), "line 3, column 9", /immutable/, /`mutable`/],
  ["no entry point", "operation A() : Int { return 1; }\noperation B() : Int { return 2; }\n", "", /entry point/, /@EntryPoint/],
  ["too many arguments", qsharp("use q = Qubit();", "H(q, q);", "return 1;"), "line 3, column 6", /expected Qubit/, /same type/],
  ["a result compared with a number", qsharp("use q = Qubit();", "if MResetZ(q) == 1 { return 1; }", "return 0;"), "line 3", /Result/, /same type/],
  ["an error in a call", "operation Main() : Int {\n    return Inner(0);\n}\nfunction Inner(n : Int) : Int {\n    return 1 / n;\n}\n", "line 5, column 16", /in main\.Main, line 2, column 12/, /divisor/],
];

test.each([...QASM, ...QSHARP])("%s: the place is named, and what to do", async (_name, code, place, message, hint) => {
  const error = await bench.failure(code);
  expect(error.kind).toBe("exception");
  expect(error.message.startsWith(place)).toBe(true);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
});

test("the marked column is the one of the skill's code, not of what was filled in", async () => {
  const error = await bench.failure(qasm("rx({{theta}}) q[0]; hh q[1];"), ["result"], { theta: 1.2345678901234567 });
  expect(error.message.split("\n").slice(0, 3)).toEqual([
    "line 3, column 21: undefined symbol: hh",
    "    rx({{theta}}) q[0]; hh q[1];",
    `    ${" ".repeat(20)}^^`,
  ]);
});

test.each<[name: string, code: string, inputs: Record<string, unknown>, asked: string[], message: RegExp]>([
  ["a missing input of OpenQASM", qasm("rx({{theta}}) q[0];"), {}, [], /^line 3: there is no value for the input `theta`/],
  ["a text that is more than a name", qasm("rx({{theta}}) q[0];"), { theta: "1) q[0]; x q[1]; //" }, [], /`theta` is a text with other characters/],
  ["a number without end", qasm("rx({{theta}}) q[0];"), { theta: Number.NaN }, [], /`theta` is NaN/],
  ["a missing argument of Q#", "\noperation Main(x : Double) : Double { return x; }", {}, [], /^line 2: there is no value for the parameter `x` of `Main`/],
  ["a fraction for an Int", "operation Main(x : Int) : Int { return x; }", { x: 1.5 }, [], /`x` is 1\.5, not a whole number/],
  ["a text for a list", "operation Main(x : Int[]) : Int { return 1; }", { x: "a" }, [], /`x` is the text `a`, not a list/],
  ["an item that does not fit", "operation Main(x : Int[]) : Int { return 1; }", { x: [1, true] }, [], /`x\[1\]` is true/],
  ["a parameter that cannot be given", "operation Main(x : Qubit) : Int { return 1; }", { x: 1 }, [], /`x` is of type `Qubit`/],
  ["shots below one", qasm("bit c = measure q[0];"), { shots: 0 }, ["counts"], /`shots` is 0/],
  ["a seed that is none", qasm("bit c = measure q[0];"), { seed: "a" }, ["counts"], /`seed` is a/],
  ["no dump for a state", qsharp("return 1;"), {}, ["state"], /no state/],
  ["a state after a measurement", qasm("bit c = measure q[0];", "h q[0];"), {}, ["state"], /gates follow a measurement/],
])("%s is refused", async (_name, code, inputs, asked, message) => {
  const error = await bench.failure(code, asked.length > 0 ? asked : ["result"], inputs);
  expect(error.message).toMatch(message);
  expect(error.hint).toBeTruthy();
});

test("too much memory ends the call, and the next one works", async () => {
  const hog = "operation Main() : Int {\n    mutable a = [0, size = 1000];\n    while true { set a = a + a; }\n    return a[0];\n}\n";
  expect(await bench.call(hog, ["result"], {}, 128)).toMatchObject({ ok: false, error: { kind: "memory", message: "over the memory limit of 128 MB" } });
  expect(await bench.results(qsharp("return 1;"), ["result"])).toEqual({ result: 1 });
});
