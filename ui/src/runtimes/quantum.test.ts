// @vitest-environment node
/* oxlint-disable no-await-in-loop -- the simulator takes one program at a time */
import fs from "node:fs";
import path from "node:path";

import { beforeAll, expect, test, vi } from "vitest";

import { Bench } from "./quantum/bench";
import type { State } from "./quantum/state";

vi.setConfig({ testTimeout: 60_000 });

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
}, 60_000);

const QASM_BELL = `OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
`;

const QSHARP_BELL = `operation Main() : Result[] {
    use q = Qubit[2];
    H(q[0]);
    CNOT(q[0], q[1]);
    return MResetEachZ(q);
}
`;

type Counts = { kind: string; shots: number; counts: Record<string, number> };

test.each([["OpenQASM", QASM_BELL], ["Q#", QSHARP_BELL]])("a Bell pair in %s gives equal bits, half of them ones", async (_language, code) => {
  const shots = 4_000;
  const { counts } = (await bench.results(code, ["counts"], { shots })) as { counts: Counts };
  expect(counts.kind).toBe("counts");
  expect(counts.shots).toBe(shots);
  expect(Object.keys(counts.counts).toSorted()).toEqual(["00", "11"]);
  const sigma = Math.sqrt(shots / 4);
  expect(Math.abs((counts.counts["00"] ?? 0) - shots / 2)).toBeLessThan(5 * sigma);
  expect((counts.counts["00"] ?? 0) + (counts.counts["11"] ?? 0)).toBe(shots);
});

test.each([["OpenQASM", QASM_BELL], ["Q#", QSHARP_BELL]])("a seed settles every shot of %s", async (_language, code) => {
  const shots = async (seed?: number): Promise<unknown> =>
    (await bench.results(code, ["results"], { shots: 64, ...(seed === undefined ? {} : { seed }) }))["results"];
  const first = await shots(7);
  expect(await shots(7)).toEqual(first);
  expect(await shots(8)).not.toEqual(first);
  expect(await shots()).toEqual(await shots(1));
});

test("the state of an OpenQASM program has every digit", async () => {
  const code = `include "stdgates.inc";
qubit[3] q;
bit[3] c;
ry({{theta}}) q[0];
cx q[0], q[2];
c = measure q;
`;
  const theta = 1 / 3;
  const { state } = (await bench.results(code, ["state"], { theta })) as { state: State };
  expect(state.re.length).toBe(8);
  expect(state.re[0b000]).toBeCloseTo(Math.cos(theta / 2), 14);
  expect(state.re[0b101]).toBeCloseTo(Math.sin(theta / 2), 14);
  const norm = state.re.reduce((sum, re, i) => sum + re * re + (state.im[i] ?? 0) ** 2, 0);
  expect(norm).toBeCloseTo(1, 14);
});

test("every gate of the standard library has a state", async () => {
  const code = `include "stdgates.inc";
qubit[3] q;
h q; x q[0]; y q[1]; z q[2]; s q[0]; sdg q[0]; t q[1]; tdg q[1]; sx q[2];
rx(0.1) q[0]; ry(0.2) q[1]; rz(0.3) q[2]; p(0.4) q[0]; U(0.1, 0.2, 0.3) q[1];
cx q[0], q[1]; cy q[1], q[2]; cz q[0], q[2]; cp(0.5) q[0], q[1]; crx(0.1) q[0], q[1]; cry(0.2) q[1], q[2]; crz(0.3) q[2], q[0];
ch q[0], q[1]; swap q[0], q[2]; ccx q[0], q[1], q[2]; cswap q[0], q[1], q[2]; cu(0.1, 0.2, 0.3, 0.4) q[0], q[1];
inv @ s q[0]; pow(2) @ t q[1]; ctrl @ rx(0.7) q[0], q[1]; barrier q;
gate mine(a) x, y { cx x, y; rz(a) y; }
mine(0.6) q[0], q[1];
for int i in [0:2] { h q[i]; }
`;
  const { state } = (await bench.results(code, ["state"])) as { state: State };
  const norm = state.re.reduce((sum, re, i) => sum + re * re + (state.im[i] ?? 0) ** 2, 0);
  expect(norm).toBeCloseTo(1, 12);
});

test("a Q# program dumps its state, and takes its inputs as arguments", async () => {
  const code = `import Std.Diagnostics.*;
operation Main(theta : Double, times : Int) : Int {
    use q = Qubit[2];
    Ry(theta, q[0]);
    CNOT(q[0], q[1]);
    DumpMachine();
    ResetAll(q);
    return times * 2;
}
`;
  const { state, result } = (await bench.results(code, ["state", "result"], { theta: 1, times: 21 })) as { state: State; result: number };
  expect(state.re[0b00]).toBeCloseTo(Math.cos(0.5), 15);
  expect(state.re[0b11]).toBeCloseTo(Math.sin(0.5), 15);
  expect(result).toBe(42);
});

test.each<[type: string, expression: string, value: unknown]>([
  ["Int", "-3", -3],
  ["Double", "1.0 / 3.0", 1 / 3],
  ["Double", "1e-10", 1e-10],
  ["Double", "2.0", 2],
  ["Double", "Std.Math.Sqrt(-1.0)", Number.NaN],
  ["BigInt", "10L ^ 30", 10n ** 30n],
  ["Bool", "true", true],
  ["Result", "One", 1],
  ["Result[]", "[One, Zero]", [1, 0]],
  ["Pauli", "PauliX", "PauliX"],
  ["String", '"a, (b]"', "a, (b]"],
  ["Unit", "()", null],
  ["Int[]", "[]", []],
  ["Double[][]", "[[1.0], [2.5, 3.0]]", [[1], [2.5, 3]]],
  ["(Int, (Double, Bool))", "(1, (2.5, false))", [1, [2.5, false]]],
  ["Std.Math.Complex", "Std.Math.Complex(1.0, -2.0)", { re: 1, im: -2 }],
  ["Std.Math.Complex[]", "[Std.Math.Complex(1.0, -2.0), Std.Math.Complex(0.5, 0.0)]", { re: [1, 0.5], im: [-2, 0] }],
])("a result of type %s, %s, becomes a value", async (type, expression, value) => {
  expect(await bench.results(`operation Main() : ${type} {\n    return ${expression};\n}\n`, ["result"])).toEqual({ result: value });
});

test.each<[type: string, value: unknown, back?: unknown]>([
  ["Int", -3],
  ["Double", 3],
  ["Double", 1e-7],
  ["Double", 1e21],
  ["Bool", false],
  ["String", 'quotes " and \\ and {braces}\nin lines é'],
  ["Result", 1],
  ["BigInt", 10n ** 20n],
  ["Double[]", new Float64Array([0.5, 2]), [0.5, 2]],
  ["Int[][]", [[1], [], [2, 3]]],
  ["(Int, Bool)", [1, true]],
  ["Std.Math.Complex[]", { re: [1, 0.5], im: [-2, 0] }],
  ["Pauli[]", ["X", "PauliZ"], ["PauliX", "PauliZ"]],
])("an input of type %s arrives: %o", async (type, x, back = x) => {
  expect(await bench.results(`operation Main(x : ${type}) : ${type} {\n    return x;\n}\n`, ["result"], { x })).toEqual({ result: back });
});

test("several outputs take the parts of a tuple in order", async () => {
  const code = "operation Main() : (Double, Int[]) {\n    return (0.5, [1, 2]);\n}\n";
  expect(await bench.results(code, ["energy", "path"])).toEqual({ energy: 0.5, path: [1, 2] });
  expect(await bench.results(code, ["both"])).toEqual({ both: [0.5, [1, 2]] });
  expect((await bench.failure(code, ["a", "b", "c"])).message).toMatch(/`a`, `b`, `c` need a result of 3 parts/);
});

test("circuits of both languages, also with arguments and with measurements in the middle", async () => {
  const gates = async (code: string, inputs = {}): Promise<string[]> => {
    const { circuit } = (await bench.results(code, ["circuit"], inputs)) as { circuit: { mime: string; text: string } };
    expect(circuit.mime).toBe("application/x-qdk-circuit+json");
    const { circuits } = JSON.parse(circuit.text) as { circuits: { componentGrid: { components: { gate: string }[] }[] }[] };
    return (circuits[0]?.componentGrid ?? []).flatMap(({ components }) => components.map(({ gate }) => gate));
  };
  expect(await gates(QASM_BELL)).toEqual(["H", "X", "M", "M"]);
  expect(await gates(QSHARP_BELL)).toContain("H");
  const turned = "@EntryPoint()\noperation Turn(t : Double) : Result {\n    use q = Qubit();\n    Ry(t, q);\n    return MResetZ(q);\n}\n";
  expect((await gates(turned, { t: 0.3 }))[0]).toBe("Ry");
  const branching = "operation Main() : Result {\n    use q = Qubit();\n    X(q);\n    if M(q) == One { H(q); }\n    return MResetZ(q);\n}\n";
  expect(await gates(branching)).toContain("M");
});

test("registers of bits are counted apart, other results by their text", async () => {
  const two = 'include "stdgates.inc";\nqubit[3] q;\nbit[2] a;\nbit b;\nx q[0];\na[0] = measure q[0];\na[1] = measure q[1];\nb = measure q[2];\n';
  expect(await bench.results(two, ["counts"], { shots: 5 })).toEqual({ counts: { kind: "counts", shots: 5, counts: { "10 0": 5 } } });
  const number = "operation Main() : Int {\n    return 7;\n}\n";
  expect(await bench.results(number, ["counts"], { shots: 3 })).toEqual({ counts: { kind: "counts", shots: 3, counts: { 7: 3 } } });
});

test("what a program says goes to the log, and so does an input that nothing uses", async () => {
  await bench.results('operation Main() : Unit {\n    Message("hello");\n}\n', ["result"], { typo: 1 });
  expect(bench.printed).toBe("not used by `Main`: `typo`\nhello\n");
});

test("a namespace, comments and an entry point are found", async () => {
  const code = '// operation Main() : Int\nnamespace Lab.Work {\n    function Helper() : Int { return 1; }\n    @EntryPoint()\n    operation Go(n : Int) : String { return $"{n + Helper()} // operation Main()"; }\n}\n';
  expect(await bench.results(code, ["text"], { n: 4 })).toEqual({ text: "5 // operation Main()" });
});

test("the examples of the guide work", async () => {
  const guide = fs.readFileSync(path.resolve(import.meta.dirname, "../../../docs/guide/runtimes.md"), "utf8");
  const [qasm = "", qsharp = ""] = ["openqasm", "qsharp"].map((language) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(guide)?.[1] ?? "");
  const bell = await bench.results(qasm, ["counts", "state", "circuit"], { theta: Math.PI / 2, shots: 100, seed: 1 });
  expect((bell["state"] as State).re[0b11]).toBeCloseTo(Math.SQRT1_2, 14);
  const { mean, ones } = (await bench.results(qsharp, ["mean", "ones"], { theta: Math.PI / 3, times: 2000 })) as Record<string, number>;
  // <Z> = cos theta, with a spread of sin(theta) / sqrt(times)
  expect(Math.abs((mean ?? 0) - 0.5)).toBeLessThan(5 * 0.866 / Math.sqrt(2000));
  expect(mean).toBeCloseTo(1 - (2 * (ones ?? 0)) / 2000, 12);
});
