/** State vectors, with every digit. */

import { QuantumProblem } from "./problem";
import type { Program } from "./simulator";

/** A complex list: amplitudes by the number that the qubits spell, the first one leading. */
export type State = { re: Float64Array; im: Float64Array };

/** A list of more amplitudes takes too much memory to hand on. */
const QUBIT_LIMIT = 22;

/** A dump as a list of all amplitudes. */
export function stateOf(dump: Readonly<Record<string, [number, number]>>, qubits: number): State {
  if (qubits > QUBIT_LIMIT) {
    const hint = "dump a part with `DumpRegister`, or measure instead";
    throw new QuantumProblem(`the state of ${qubits} qubits has more amplitudes than can be handed on`, hint);
  }
  const state = { re: new Float64Array(2 ** qubits), im: new Float64Array(2 ** qubits) };
  for (const [label, [re, im]] of Object.entries(dump)) {
    const index = Number.parseInt(label.replaceAll(/[^01]/g, "") || "0", 2);
    state.re[index] = re;
    state.im[index] = im;
  }
  return state;
}

const GATE = /call void @__quantum__qis__(\w+?)__(body|adj|ctl|ctladj)\((.*)\)/;
const QUBIT = /%Qubit\* inttoptr \(i64 (\d+) to %Qubit\*\)/g;

/** What the gates of QIR are in Q#. */
const NAMES: Record<string, string> = {
  h: "H", x: "X", y: "Y", z: "Z", s: "S", t: "T", sx: "SX", rx: "Rx", ry: "Ry", rz: "Rz", rxx: "Rxx", ryy: "Ryy", rzz: "Rzz",
  cx: "CNOT", cy: "CY", cz: "CZ", ccx: "CCNOT", swap: "SWAP",
};

/**
 * A Q# program with the gates of an OpenQASM program, that ends by dumping the state.
 *
 * The simulator dumps states for Q# alone, and shows those of OpenQASM with
 * four digits. Measurements must come last: they are left out, and the state is
 * the one before them.
 */
export function dumpingProgram(qir: string): Program {
  const count = Number(/"required_num_qubits"="(\d+)"/.exec(qir)?.[1] ?? 0);
  const lines: string[] = [];
  let measured = false;
  for (const line of qir.split("\n")) {
    if (/^\s*(br|switch)\b|\bicmp\b/.test(line)) throw branching();
    const call = GATE.exec(line);
    if (!call) continue;
    const [, gate = "", variant, args = ""] = call;
    if (gate === "barrier") continue;
    if (/^(m|mz|mresetz)$/.test(gate)) {
      measured = true;
      continue;
    }
    if (measured || gate === "reset") throw branching();
    lines.push(`    ${statement(gate, variant ?? "body", args)}`);
  }
  const body = [`    use q = Qubit[${count}];`, ...lines, "    Std.Diagnostics.DumpMachine();", "    ResetAll(q);"];
  return { language: "qsharp", sources: [["main.qs", `operation Main() : Unit {\n${body.join("\n")}\n}\n`]] };
}

function statement(gate: string, variant: string, args: string): string {
  const name = NAMES[gate];
  if (name === undefined || variant.startsWith("ctl")) {
    throw new QuantumProblem(`the state cannot be given: the gate \`${gate}\` is not known here`, "write the program in Q# and call `DumpMachine()`");
  }
  const angles = [...args.matchAll(/double (-?[\d.eE+-]+)/g)].map(([, angle = "0"]) => (/[.eE]/.test(angle) ? angle : `${angle}.0`));
  const qubits = [...args.matchAll(QUBIT)].map(([, index = "0"]) => `q[${index}]`);
  return `${variant === "adj" ? "Adjoint " : ""}${name}(${[...angles, ...qubits].join(", ")});`;
}

function branching(): QuantumProblem {
  const hint = "move measurements to the end, remove the output `state`, or write the program in Q# and call `DumpMachine()`";
  return new QuantumProblem("the state cannot be given: gates follow a measurement or a reset", hint);
}
