// The quantum skills against the literature, closed formulas, and algorithms that share no code with them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, noise, run } from "./skill.mjs";

// H2 in STO-3G at 0.735 angstrom, as published with common quantum chemistry programs.
const FULL_CI = -1.137306035753;
const HARTREE_FOCK = -1.116998996754;

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

/** Applies a Hamiltonian to a real or complex vector, term by term, without forming its matrix. */
function applyTerms({ n_qubits: n, terms }, vector) {
  const out = vector.map(() => [0, 0]);
  for (const [pauli, coefficient] of terms) {
    vector.forEach(([re, im], from) => {
      let to = from;
      let phase = [coefficient, 0];
      [...pauli].forEach((matrix, qubit) => {
        const bit = 1 << (n - 1 - qubit);
        const sign = from & bit ? -1 : 1;
        if (matrix === "X" || matrix === "Y") to ^= bit;
        if (matrix === "Z") phase = phase.map((part) => part * sign);
        if (matrix === "Y") phase = [-phase[1] * sign, phase[0] * sign];
      });
      out[to][0] += phase[0] * re - phase[1] * im;
      out[to][1] += phase[0] * im + phase[1] * re;
    });
  }
  return out;
}

const inner = (a, b) => a.reduce((sum, [re, im], k) => sum + re * b[k][0] + im * b[k][1], 0);

/** Lowest eigenvalue by power iteration on (bound - H). */
function powerIteration(hamiltonian, steps = 20000) {
  const bound = hamiltonian.terms.reduce((sum, [, coefficient]) => sum + Math.abs(coefficient), 0);
  let vector = Array.from({ length: 1 << hamiltonian.n_qubits }, (_, k) => [Math.cos(k * k + 1), Math.sin(3 * k)]);
  for (let step = 0; step < steps; step += 1) {
    const image = applyTerms(hamiltonian, vector);
    vector = vector.map(([re, im], k) => [bound * re - image[k][0], bound * im - image[k][1]]);
    const norm = Math.sqrt(inner(vector, vector));
    vector = vector.map(([re, im]) => [re / norm, im / norm]);
  }
  return inner(vector, applyTerms(hamiltonian, vector)) + (hamiltonian.nuclear_repulsion ?? 0);
}

async function hydrogen(inputs) {
  return (await run("h2-hamiltonian", inputs)).hamiltonian;
}

test("the Hamiltonian has the published coefficients and Hartree-Fock energy", async () => {
  const { hamiltonian, hartree_fock_energy: energy, terms } = await run("h2-hamiltonian");
  close(energy, HARTREE_FOCK, 2e-8);
  close(hamiltonian.nuclear_repulsion, 0.7199689944489797, 1e-8);
  const published = { II: -1.0523732, ZI: 0.39793742, IZ: -0.39793742, ZZ: -0.0112801, XX: 0.1809312 };
  const got = Object.fromEntries(hamiltonian.terms);
  assert.deepEqual(Object.keys(got).sort(), Object.keys(published).sort());
  for (const [pauli, value] of Object.entries(published)) close(got[pauli], value, 1e-7, pauli);
  assert.deepEqual(columns(terms).pauli, hamiltonian.terms.map(([pauli]) => pauli));
});

test("two blocks of two by two give the exact ground energy in closed form", async () => {
  const { terms, nuclear_repulsion: shift } = await hydrogen();
  const { II, ZI, IZ, ZZ, XX } = Object.fromEntries(terms);
  const ground = II - ZZ - Math.hypot(ZI - IZ, XX) + shift;
  close(ground, FULL_CI, 1e-8);
});

test("far apart the molecule has the energy of two STO-3G hydrogen atoms", async () => {
  close(powerIteration(await hydrogen({ bond_length: 10 })), 2 * -0.4665818, 1e-5);
});

test("Hartree-Fock is the energy of its basis state in both mappings", async () => {
  for (const mapping of ["parity", "jordan-wigner"]) {
    const hamiltonian = await hydrogen({ mapping, bond_length: 1.1 });
    const index = Number.parseInt(hamiltonian.hartree_fock_state, 2);
    const state = Array.from({ length: 1 << hamiltonian.n_qubits }, (_, k) => [Number(k === index), 0]);
    const energy = inner(state, applyTerms(hamiltonian, state)) + hamiltonian.nuclear_repulsion;
    close(energy, hamiltonian.hartree_fock_energy, 1e-12, mapping);
  }
});

test("two qubits keep exactly the part of the spectrum with one electron of each spin", async () => {
  for (const bond_length of [0.4, 0.735, 1.5, 3]) {
    const small = await run("exact-energy", { hamiltonian: await hydrogen({ bond_length }) });
    const large = await run("exact-energy", { hamiltonian: await hydrogen({ bond_length, mapping: "jordan-wigner" }) });
    for (const value of small.spectrum) {
      assert.ok(large.spectrum.some((other) => Math.abs(other - value) < 1e-11), `${value} at ${bond_length}`);
    }
  }
});

test("the Hamiltonian builder says what it does not take", async () => {
  await assert.rejects(run("h2-hamiltonian", { bond_length: 0 }), /bond_length is 0 angstrom; choose a value from 0\.2 to 10/);
  await assert.rejects(run("h2-hamiltonian", { mapping: "bravyi" }), /unknown mapping `bravyi`; use `parity`/);
});

test("the optimizer reaches the ground energy from every starting point", async () => {
  const hamiltonian = await hydrogen();
  for (let seed = 0; seed < 25; seed += 1) {
    const { eigenvalue } = await run("vqe-optimizer", { hamiltonian, seed });
    close(eigenvalue, FULL_CI, 1e-6, `seed ${seed}`);
  }
});

test("with its defaults the optimizer is variational, falls all the way and can be repeated", async () => {
  const hamiltonian = await hydrogen();
  const first = await run("vqe-optimizer", { hamiltonian });
  close(first.eigenvalue, -1.1373, 1e-4);
  const exact = powerIteration(hamiltonian);
  first.convergence_trace.forEach((energy, step) => {
    assert.ok(energy >= exact - 1e-12, `step ${step} lies below the ground energy: ${energy}`);
    assert.ok(step === 0 || energy <= first.convergence_trace[step - 1] + 1e-12, `step ${step} rises`);
  });
  assert.equal(first.convergence_trace.at(-1), first.eigenvalue);
  assert.equal(first.parameters.length, 6);
  assert.deepEqual(await run("vqe-optimizer", { hamiltonian }), first);
  const other = await run("vqe-optimizer", { hamiltonian, seed: 43 });
  assert.notDeepEqual(other.convergence_trace, first.convergence_trace);
});

test("the state of the optimizer is normalised and has the energy it reports", async () => {
  const hamiltonian = await hydrogen({ bond_length: 1.4 });
  const { eigenvalue, state } = await run("vqe-optimizer", { hamiltonian });
  close(inner(state.amplitudes, state.amplitudes), 1, 1e-12);
  close(inner(state.amplitudes, applyTerms(hamiltonian, state.amplitudes)) + hamiltonian.nuclear_repulsion, eigenvalue, 1e-12);
  state.amplitudes.forEach(([re, im], k) => close(state.probabilities[k], re ** 2 + im ** 2, 1e-15));
});

test("the dissociation curve follows the exact one", async () => {
  for (const bond_length of [0.3, 0.5, 1, 1.5, 2, 2.5]) {
    const hamiltonian = await hydrogen({ bond_length });
    const { eigenvalue } = await run("vqe-optimizer", { hamiltonian, layers: 3 });
    close(eigenvalue, powerIteration(hamiltonian), 1e-4, `${bond_length} angstrom`);
  }
});

test("four qubits converge when they start at Hartree-Fock", async () => {
  const hamiltonian = await hydrogen({ mapping: "jordan-wigner" });
  const { eigenvalue, convergence_trace: trace } = await run("vqe-optimizer", { hamiltonian, start: "hartree-fock" });
  close(eigenvalue, FULL_CI, 1e-6);
  assert.ok(trace[0] < -0.9, `the start is close to Hartree-Fock: ${trace[0]}`);
});

test("an imaginary Hamiltonian needs and gets rotations about z", async () => {
  const terms = [["YI", 0.8], ["IY", -0.5], ["XZ", 0.6], ["ZX", 0.3], ["YX", -0.4]];
  const hamiltonian = { n_qubits: 2, terms };
  const exact = powerIteration(hamiltonian);
  const settings = { hamiltonian, layers: 3, iterations: 200 };
  const real = await run("vqe-optimizer", { ...settings, ansatz: "ry" });
  assert.ok(real.eigenvalue > exact + 0.1, `real amplitudes gave ${real.eigenvalue}, the ground energy is ${exact}`);
  const complex = await run("vqe-optimizer", { ...settings, ansatz: "ry-rz" });
  assert.ok(complex.eigenvalue >= exact - 1e-10);
  close(complex.eigenvalue, exact, 1e-6);
});

test("the optimizer names what is wrong with a Hamiltonian", async () => {
  const refused = async (hamiltonian, pattern, more = {}) =>
    assert.rejects(run("vqe-optimizer", { hamiltonian, ...more }), pattern);
  await refused({ n_qubits: 2, terms: [["ZI", 1], ["Z", 1]] }, /term 1 is `Z`; use 2 characters of I, X, Y and Z/);
  await refused({ n_qubits: 40, terms: [["Z", 1]] }, /use an integer from 1 to 12/);
  await refused({ n_qubits: 1, terms: [] }, /has no `terms`/);
  await refused({ n_qubits: 1, terms: [["Z", 1]] }, /unknown ansatz `uccsd`/, { ansatz: "uccsd" });
  await refused({ n_qubits: 1, terms: [["Z", 1]] }, /use start `random`/, { start: "hartree-fock" });
});

test("exact diagonalisation agrees with closed formulas", async () => {
  const spectrum = async (n_qubits, terms) => (await run("exact-energy", { hamiltonian: { n_qubits, terms } })).spectrum;
  const same = (got, want) => want.forEach((value, k) => close(got[k], value, 1e-10, `eigenvalue ${k}`));
  // One spin in a field points along it.
  same(await spectrum(1, [["X", 0.3], ["Y", -0.4], ["Z", 1.2], ["I", 2]]), [2 - 1.3, 2 + 1.3]);
  // Two coupled spins: singlet and triplet.
  same(await spectrum(2, [["XX", 1], ["YY", 1], ["ZZ", 1]]), [-3, 1, 1, 1]);
  // The transverse-field Ising ring of four spins, solved by free fermions.
  const ring = [["ZZII", -1], ["IZZI", -1], ["IIZZ", -1], ["ZIIZ", -1], ...["XIII", "IXII", "IIXI", "IIIX"].map((p) => [p, -0.7])];
  const momenta = [1, 3, 5, 7].map((k) => (k * Math.PI) / 4);
  const ground = -momenta.reduce((sum, k) => sum + Math.sqrt(1 + 0.49 - 1.4 * Math.cos(k)), 0);
  close((await spectrum(4, ring))[0], ground, 1e-10);
});

test("exact diagonalisation agrees with power iteration on random Hamiltonians", async () => {
  for (const seed of [1, 2, 3]) {
    const random = noise(seed);
    const terms = Array.from({ length: 12 }, () => [
      Array.from({ length: 3 }, () => "IXYZ"[Math.floor((random() + 1) * 2)]).join(""),
      random(),
    ]);
    const hamiltonian = { n_qubits: 3, terms, nuclear_repulsion: 0.25 };
    const { energy, gap, spectrum } = await run("exact-energy", { hamiltonian });
    close(energy, powerIteration(hamiltonian), 1e-6, `seed ${seed}`);
    assert.equal(spectrum.length, 8);
    assert.ok(gap > 0);
    const trace = terms.filter(([pauli]) => pauli === "III").reduce((sum, [, value]) => sum + 8 * value, 8 * 0.25);
    close(spectrum.reduce((a, b) => a + b), trace, 1e-10);
  }
});

test("the circuit with the optimised angles prepares the state of the optimizer", async () => {
  const hamiltonian = await hydrogen();
  for (const ansatz of ["ry", "ry-rz"]) {
    const { parameters, state } = await run("vqe-optimizer", { hamiltonian, ansatz, layers: 1 });
    const { circuit, openqasm } = await run("circuit-builder", { n_qubits: 2, layers: 1, ansatz, parameters });
    const simulated = await run("circuit-simulator", { circuit, shots: 0 });
    simulated.state.amplitudes.forEach(([re, im], k) => {
      close(re, state.amplitudes[k][0], 1e-12);
      close(im, state.amplitudes[k][1], 1e-12);
    });
    assert.match(openqasm, /^OPENQASM 3\.0;\ninclude "stdgates\.inc";\nqubit\[2\] q;\nry\(/);
    assert.equal(openqasm.match(/^cx q\[0\], q\[1\];$/gm).length, 1);
  }
});

test("the circuit builder draws its gates and counts its angles", async () => {
  const { drawing } = await run("circuit-builder", { n_qubits: 3, layers: 1, parameters: [1, 2, 3, 4, 5, 6] });
  assert.equal(
    drawing,
    ["q0: ─RY(1.00)─●─RY(4.00)──────────", "q1: ─RY(2.00)─⊕────●─────RY(5.00)─", "q2: ─RY(3.00)──────⊕─────RY(6.00)─"].join("\n"),
  );
  await assert.rejects(run("circuit-builder", { parameters: [1] }), /`parameters` has 1 angles, the circuit needs 6/);
});

test("the simulator knows its gates", async () => {
  const gate = (name, qubits, angle) => ({ name, qubits, angle });
  const amplitudes = async (n_qubits, ...gates) =>
    (await run("circuit-simulator", { circuit: { n_qubits, gates }, shots: 0 })).state.amplitudes;
  const same = (got, want) => want.flat().forEach((value, k) => close(got.flat()[k], value, 1e-12, `part ${k}`));
  const r = Math.SQRT1_2;
  same(await amplitudes(2, gate("h", [0]), gate("cx", [0, 1])), [[r, 0], [0, 0], [0, 0], [r, 0]]);
  same(await amplitudes(1, gate("y", [0])), [[0, 0], [0, 1]]);
  // Equalities between gates: s = t t, z = s s, x = h z h, swap = three cx, cz = h cx h, p = rz up to a phase.
  const spread = [gate("ry", [0], 0.7), gate("rx", [1], 1.1), gate("cx", [1, 0]), gate("rz", [0], 0.4)];
  const equal = async (left, right) => same(await amplitudes(2, ...spread, ...left), await amplitudes(2, ...spread, ...right));
  await equal([gate("s", [1])], [gate("t", [1]), gate("t", [1])]);
  await equal([gate("z", [1])], [gate("s", [1]), gate("s", [1])]);
  await equal([gate("x", [0])], [gate("h", [0]), gate("z", [0]), gate("h", [0])]);
  await equal([gate("swap", [0, 1])], [gate("cx", [0, 1]), gate("cx", [1, 0]), gate("cx", [0, 1])]);
  await equal([gate("cz", [0, 1])], [gate("h", [1]), gate("cx", [0, 1]), gate("h", [1])]);
  await equal([gate("p", [0], Math.PI / 2)], [gate("s", [0])]);
  await assert.rejects(amplitudes(1, gate("foo", [0])), /gate 0 is `foo`; use one of h, x/);
  await assert.rejects(amplitudes(1, gate("x", [1])), /gate 0 \(x\) acts on qubit 1; there are 1/);
});

test("measurements follow the probabilities and repeat with the seed", async () => {
  const circuit = { n_qubits: 1, gates: [{ name: "ry", qubits: [0], angle: 1 }] };
  const first = columns((await run("circuit-simulator", { circuit, shots: 10000, seed: 3 })).probabilities);
  const p = Math.sin(0.5) ** 2;
  close(first.probability[1], p, 1e-12);
  close(first.measured[1], 10000 * p, 5 * Math.sqrt(10000 * p * (1 - p)));
  assert.equal(first.measured[0] + first.measured[1], 10000);
  const again = columns((await run("circuit-simulator", { circuit, shots: 10000, seed: 3 })).probabilities);
  assert.deepEqual(again, first);
});
