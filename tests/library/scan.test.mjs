// The dissociation of hydrogen and chains of spins against a calculation of their own, from the integrals to the eigenvalues.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EigenvalueDecomposition, Matrix } from "ml-matrix";

import { columns, run } from "./skill.mjs";

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

// STO-3G, as printed by Hehre, Stewart and Pople for zeta = 1.24.
const ALPHA = [3.425250914, 0.6239137298, 0.168855404];
const WEIGHT = [0.1543289673, 0.5353281423, 0.4446345422];
const BOHR = 0.529177210903;

/** Gauss-Legendre points and weights on [0, 1], by Newton's method on the polynomials. */
function gaussLegendre(n) {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 50; step += 1) {
      let [before, value] = [1, x];
      for (let k = 2; k <= n; k += 1) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    return [(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)];
  });
}
const RULE = gaussLegendre(40);

/** The Boys function by quadrature: the integral of exp(-t u^2) over [0, 1]. */
const boys = (t) => RULE.reduce((sum, [u, weight]) => sum + weight * Math.exp(-t * u * u), 0);

/** Lowest energy of H2 at a distance in angstrom: integrals over atomic orbitals, all determinants of two electrons, ml-matrix. */
function fullConfigurationInteraction(angstrom) {
  const distance = angstrom / BOHR;
  const nuclei = [0, distance];
  const orbital = (x) => ALPHA.map((a, k) => ({ a, c: WEIGHT[k] * ((2 * a) / Math.PI) ** 0.75, x }));
  const atoms = nuclei.map(orbital);
  const sum = (lists, value) => {
    const go = (chosen, rest) => (rest.length === 0 ? value(...chosen) : rest[0].reduce((total, item) => total + go([...chosen, item], rest.slice(1)), 0));
    return go([], lists);
  };
  const product = (g, h) => {
    const p = g.a + h.a;
    return { p, x: (g.a * g.x + h.a * h.x) / p, k: g.c * h.c * Math.exp((-g.a * h.a * (g.x - h.x) ** 2) / p) };
  };
  const overlap = (g, h) => product(g, h).k * (Math.PI / product(g, h).p) ** 1.5;
  // Kinetic energy by its definition: -1/2 of the Laplacian, which turns a Gaussian into (4 a^2 r^2 - 6 a) times itself.
  const kinetic = (g, h) => {
    const { p, x } = product(g, h);
    return -0.5 * overlap(g, h) * (4 * h.a ** 2 * (1.5 / p + (x - h.x) ** 2) - 6 * h.a);
  };
  const attraction = (g, h) => {
    const { p, x, k } = product(g, h);
    return nuclei.reduce((total, at) => total - ((2 * Math.PI) / p) * k * boys(p * (x - at) ** 2), 0);
  };
  const repulsion = (g, h, i, j) => {
    const [a, b] = [product(g, h), product(i, j)];
    const t = ((a.p * b.p) / (a.p + b.p)) * (a.x - b.x) ** 2;
    return ((2 * Math.PI ** 2.5) / (a.p * b.p * Math.sqrt(a.p + b.p))) * a.k * b.k * boys(t);
  };
  const S = atoms.map((a) => atoms.map((b) => sum([a, b], overlap)));
  const H = atoms.map((a) => atoms.map((b) => sum([a, b], (g, h) => kinetic(g, h) + attraction(g, h))));
  const R = atoms.map((a) => atoms.map((b) => atoms.map((c) => atoms.map((d) => sum([a, b, c, d], repulsion)))));

  // The four products of orbitals for spin up and spin down: a generalised eigenproblem over atomic orbitals, without molecular ones.
  const states = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const overlaps = new Matrix(states.map(([a, b]) => states.map(([c, d]) => S[a][c] * S[b][d])));
  const energies = new Matrix(states.map(([a, b]) => states.map(([c, d]) => H[a][c] * S[b][d] + S[a][c] * H[b][d] + R[a][c][b][d])));
  const { eigenvectorMatrix: U, realEigenvalues: s } = new EigenvalueDecomposition(overlaps, { assumeSymmetric: true });
  const half = U.mmul(Matrix.diag(s.map((value) => 1 / Math.sqrt(value)))).mmul(U.transpose());
  const { realEigenvalues } = new EigenvalueDecomposition(half.mmul(energies).mmul(half), { assumeSymmetric: true });
  return Math.min(...realEigenvalues) + 1 / distance;
}

const lengths = Array.from({ length: 25 }, (_, k) => 0.3 + (2.7 * k) / 24);

test("the reference of this test has the published energy", () => {
  close(fullConfigurationInteraction(0.735), -1.137306035753, 2e-8);
});

test("the variational curve of hydrogen is exact to a millionth of a hartree at 25 distances", async () => {
  const { hamiltonians, table } = await run("h2-scan", { bond_lengths: lengths });
  const { energies, evaluations, parameters } = await run("vqe-scan", { hamiltonians });
  const { energies: exact } = await run("exact-scan", { hamiltonians });
  assert.equal(energies.length, 25);
  let worst = 0;
  lengths.forEach((length, k) => {
    const reference = fullConfigurationInteraction(length);
    worst = Math.max(worst, Math.abs(energies[k] - reference));
    close(energies[k], reference, 1e-6, `${length} angstrom`);
    close(exact[k], reference, 1e-9, `${length} angstrom`);
    assert.ok(energies[k] >= exact[k] - 1e-12, "no energy below the ground state");
  });
  console.log(`largest error of 25 distances: ${worst.toExponential(1)} hartree`);
  assert.ok(evaluations > 25 && parameters.every((angles) => angles.length === 1));
  assert.deepEqual(columns(table).bond_length, lengths);
  // The bond is shortest where the curve is lowest; correlation grows as the bond breaks.
  const lowest = energies.indexOf(Math.min(...energies));
  close(lengths[lowest], 0.735, 0.06);
});

test("both ways to the Hamiltonian of hydrogen have the same energies", async () => {
  for (const bond_length of [0.25, 0.735, 1.4, 5]) {
    const { hamiltonians, hartree_fock } = await run("h2-scan", { bond_lengths: [bond_length] });
    const other = await run("h2-hamiltonian", { bond_length });
    const [{ spectrum }, { spectra }] = [await run("exact-energy", { hamiltonian: other.hamiltonian }), await run("exact-scan", { hamiltonians })];
    spectrum.forEach((value, k) => close(spectra[0][k], value, 1e-10, `level ${k} at ${bond_length}`));
    close(hartree_fock[0], other.hartree_fock_energy, 1e-10);
  }
});

test("a scan names the Hamiltonian or the distance that is wrong", async () => {
  await assert.rejects(run("h2-scan", { bond_lengths: [1, 0.1] }), /a bond length is 0\.1 angstrom/);
  const good = { n_qubits: 1, terms: [["Z", 1]], hartree_fock_state: "0", excitations: ["Y"] };
  await assert.rejects(run("vqe-scan", { hamiltonians: [good, { ...good, excitations: ["YY"] }] }), /Hamiltonian 1: `YY` is no Pauli string/);
  await assert.rejects(run("vqe-scan", { hamiltonians: [{ n_qubits: 1, terms: [] }] }), /Hamiltonian 0: it has no 'hartree_fock_state'/);
  await assert.rejects(run("exact-scan", { hamiltonians: [good, { n_qubits: 9, terms: [] }] }), /Hamiltonian 1: `n_qubits` is 9/);
});

test("a spin in a field is turned to its ground state from any start", async () => {
  const hamiltonian = { n_qubits: 1, terms: [["X", 0.6], ["Z", 0.8]], hartree_fock_state: "0", excitations: ["Y"], nuclear_repulsion: 2 };
  const { energies } = await run("vqe-scan", { hamiltonians: [hamiltonian] });
  close(energies[0], 2 - 1, 1e-12);
});

test("the Ising ring has the energies of free fermions, the open chain its closed gap", async () => {
  const fields = [0.3, 1, 1.7];
  const { hamiltonians } = await run("spin-chain", { spins: 6, fields, ring: true });
  const { energies } = await run("exact-scan", { hamiltonians });
  fields.forEach((h, k) => {
    const momenta = [1, 3, 5, 7, 9, 11].map((j) => (j * Math.PI) / 6);
    close(energies[k], -momenta.reduce((sum, q) => sum + Math.sqrt(1 + h * h - 2 * h * Math.cos(q)), 0), 1e-9);
  });
  const two = await run("spin-chain", { spins: 2, fields: [0, 1] });
  assert.deepEqual(two.hamiltonians[1].terms, [["ZZ", -1], ["XI", -1], ["IX", -1]]);
  close((await run("exact-scan", { hamiltonians: two.hamiltonians })).energies[1], -Math.sqrt(5), 1e-12);
});

test("the Heisenberg chain has singlet and triplet, and a field splits the triplet", async () => {
  const { hamiltonians } = await run("spin-chain", { spins: 2, fields: [0, 0.5], kind: "heisenberg" });
  const { spectra, gaps } = await run("exact-scan", { hamiltonians });
  [-1, -1, -1, 3].forEach((value, k) => close(spectra[0][k], value, 1e-12));
  [-2, -1, 0, 3].forEach((value, k) => close(spectra[1][k], value, 1e-12));
  close(gaps[0], 4, 1e-12);
  await assert.rejects(run("spin-chain", { spins: 2, ring: true }), /at least 3 spins/);
  await assert.rejects(run("spin-chain", { kind: "potts" }), /unknown kind `potts`/);
});

test("counts become frequencies with the error of a binomial distribution", async () => {
  const counts = { kind: "counts", shots: 1000, counts: { "00": 520, "11": 480 } };
  const expected = { "00": 0.5, "11": 0.5 };
  const { table, largest_deviation: deviation, plot } = await run("counts-table", { counts, expected });
  assert.deepEqual(columns(table).frequency, [0.52, 0.48]);
  close(deviation, 0.02 / Math.sqrt(0.25 / 1000), 1e-9);
  close(columns(table).error[0], Math.sqrt((0.52 * 0.48) / 1000), 1e-12);
  assert.equal(plot.series.length, 2);
  const odd = { ...counts, counts: { "00": 999, "01": 1 } };
  await assert.rejects(run("counts-table", { counts: odd, expected }), /`01` came up 1 times of 1000; expected was a probability of 0/);
  await assert.rejects(run("counts-table", { counts, expected: { "00": 0.5 } }), /add up to 0\.5/);
});
