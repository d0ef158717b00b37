// Circuits in SPICE and quantum programs against the formulas of the textbooks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, run } from "./skill.mjs";

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

test("the RC circuit charges and discharges as the formula says, to one percent and far better", async () => {
  for (const [resistance, capacitance] of [[1000, 1e-6], [470, 4.7e-6], [1e5, 1e-9]]) {
    const tau = resistance * capacitance;
    const { time, v_out } = await run("rc-circuit", { resistance, capacitance, width: 8 * tau, stop: 16 * tau, step: tau / 100 });
    assert.ok(time.length > 1000);
    const full = 5 * (1 - Math.exp(-8));
    let worst = 0;
    time.forEach((t, k) => {
      const want = t < 8 * tau ? 5 * (1 - Math.exp(-t / tau)) : full * Math.exp(-(t - 8 * tau) / tau);
      worst = Math.max(worst, Math.abs(v_out[k] - want));
    });
    assert.ok(worst < 0.005, `tau ${tau}: ${worst} V of 5 V`);
  }
});

test("a fast wave leaves its mean at the capacitor", async () => {
  const { time, v_out } = await run("rc-circuit", { width: 1e-5, stop: 0.01, step: 2e-6 });
  time.forEach((t, k) => t > 0.008 && close(v_out[k], 2.5, 0.05));
});

test("the RLC circuit rings, creeps or is critical as the formula says", async () => {
  for (const resistance of [10, 40, 200, 600]) {
    const [L, C] = [0.01, 1e-6];
    const d = resistance / (2 * L);
    const { time, v_out } = await run("rlc-circuit", { resistance });
    const square = 1 / (L * C) - d * d;
    const w = Math.sqrt(Math.abs(square));
    time.forEach((t, k) => {
      const [a, b] = square > 1 ? [Math.cos(w * t), Math.sin(w * t) / w] : square < -1 ? [Math.cosh(w * t), Math.sinh(w * t) / w] : [1, t];
      close(v_out[k], 5 * (1 - Math.exp(-d * t) * (a + d * b)), 0.02, `${resistance} ohm at ${t} s`);
    });
  }
});

test("the RC chain has the transfer function of one, two and three poles", async () => {
  const { frequency, first, second, third } = await run("rc-response", { resistance: 2200, capacitance: 3.3e-8 });
  assert.deepEqual([frequency[0], frequency.at(-1)].map(Math.round), [10, 1e6]);
  frequency.forEach((f, k) => {
    const x = 2 * Math.PI * f * 2200 * 3.3e-8;
    let [re, im] = [1, 0];
    for (const stage of [first, second, third]) {
      [re, im] = [(re + im * x) / (1 + x * x), (im - re * x) / (1 + x * x)];
      close(stage.re[k], re, 1e-9);
      close(stage.im[k], im, 1e-9);
    }
  });
});

test("the resonant circuit has the transfer functions of its parts", async () => {
  const [R, L, C] = [25, 0.02, 4.7e-7];
  const { frequency, low_pass: low, band_pass: band } = await run("rlc-response", { resistance: R, inductance: L, capacitance: C });
  frequency.forEach((f, k) => {
    const w = 2 * Math.PI * f;
    const x = w * L - 1 / (w * C);
    const norm = R * R + x * x;
    close(band.re[k], (R * R) / norm, 1e-6);
    close(band.im[k], (-R * x) / norm, 1e-6);
    close(low.re[k], -x / (w * C) / norm, 1e-6 * Math.max(1, Math.abs(low.re[k])));
    close(low.im[k], -R / (w * C) / norm, 1e-6 * Math.max(1, Math.abs(low.im[k])));
  });
});

test("the divider obeys Ohm's and Kirchhoff's laws, with and without a load", async () => {
  const open = await run("voltage-divider");
  close(open.v_out, (12 * 4700) / 14700, 1e-4);
  const { v_out, current, power, netlist } = await run("voltage-divider", { voltage: 9, upper: 1000, lower: 2000, load: 2000 });
  close(v_out, 4.5, 1e-6);
  close(current, 4.5e-3, 1e-9);
  close(power, 40.5e-3, 1e-8);
  assert.equal(netlist.mime, "application/x-spice");
});

test("the diode follows Shockley's equation", async () => {
  for (const emission of [1, 1.7]) {
    const { voltage, current } = await run("diode-curve", { emission });
    const thermal = (1.380649e-23 * 300.15) / 1.602176634e-19;
    voltage.forEach((v, k) => {
      const want = 1e-14 * (Math.exp(v / (emission * thermal)) - 1);
      close(current[k] / want, 1, 0.002, `${v} V`);
    });
  }
});

test("the rectifier gives both half waves, less two diodes, and holds them the better the larger its capacitor", async () => {
  const bare = await run("bridge-rectifier", { capacitance: 1e-9 });
  bare.time.forEach((t, k) => {
    const peak = Math.abs(bare.source[k]);
    assert.ok(bare.output[k] <= peak + 0.05, `at ${t} s`);
    if (peak > 5) assert.ok(peak - bare.output[k] > 0.8 && peak - bare.output[k] < 2.4, `${peak} V to ${bare.output[k]} V`);
  });
  const ripple = async (capacitance) => {
    const { waveforms } = await run("bridge-rectifier", { capacitance });
    return (await run("measure-waveform", { table: waveforms, column: "v(out)", from: 0.04 })).peak_to_peak;
  };
  const [small, large] = [await ripple(4.7e-4), await ripple(4.7e-3)];
  assert.ok(small / large > 6 && small / large < 14, `${small} V, ${large} V`);
});

const sigma = (p, shots) => Math.sqrt((p * (1 - p)) / shots);

test("all four Bell states have their outcomes, signs and statistics", async () => {
  for (const bit_flip of [false, true]) {
    for (const phase_flip of [false, true]) {
      const shots = 4000;
      const { counts, state } = await run("bell-state", { bit_flip, phase_flip, shots, seed: 5 });
      const outcomes = bit_flip ? ["01", "10"] : ["00", "11"];
      assert.deepEqual(Object.keys(counts.counts).sort(), outcomes);
      close(counts.counts[outcomes[0]] / shots, 0.5, 5 * sigma(0.5, shots));
      const [a, b] = bit_flip ? [1, 2] : [0, 3];
      close(state.re[a] * state.re[b], phase_flip ? -0.5 : 0.5, 1e-12);
    }
  }
});

test("a GHZ state has two outcomes for every number of qubits", async () => {
  for (const qubits of [2, 3, 7]) {
    const shots = 2000;
    const { counts, state } = await run("ghz-state", { qubits, shots });
    assert.deepEqual(Object.keys(counts.counts).sort(), ["0".repeat(qubits), "1".repeat(qubits)]);
    close(counts.counts["0".repeat(qubits)] / shots, 0.5, 5 * sigma(0.5, shots));
    state.re.forEach((value, k) => close(value, k === 0 || k === 2 ** qubits - 1 ? Math.SQRT1_2 : 0, 1e-12));
  }
});

test("Grover's search finds its entry with the probability of the formula", async () => {
  for (const [qubits, marked, rounds] of [[2, 1, 1], [3, 6, 2], [4, 11, 3], [5, 0, 4], [3, 6, 4]]) {
    const shots = 1000;
    const { counts, state } = await run("grover-search", { qubits, marked, rounds, shots });
    const chance = Math.sin((2 * rounds + 1) * Math.asin(2 ** (-qubits / 2))) ** 2;
    close(state.re[marked] ** 2 + state.im[marked] ** 2, chance, 1e-12, `${qubits} qubits`);
    const seen = (counts.counts[marked.toString(2).padStart(qubits, "0")] ?? 0) / shots;
    close(seen, chance, 5 * sigma(chance, shots) + 1e-9, `${qubits} qubits`);
  }
});


test("flat lists become rows and rows flat lists", async () => {
  const { matrix, rows } = await run("reshape", { values: new Float64Array([1, 2, 3, 4, 5, 6]), columns: 3 });
  assert.deepEqual([matrix, rows], [[[1, 2, 3], [4, 5, 6]], 2]);
  assert.deepEqual((await run("reshape", { values: matrix, columns: 2 })).matrix, [[1, 2], [3, 4], [5, 6]]);
  assert.deepEqual((await run("reshape", { values: matrix, columns: 1 })).list, [1, 2, 3, 4, 5, 6]);
  await assert.rejects(run("reshape", { values: [1, 2, 3], columns: 2 }), /3 numbers cannot be cut into rows of 2/);
});

test("two lists are compared by their largest and their mean difference", async () => {
  const got = await run("compare-lists", { a: [[1, 2], [3, 4]], b: [1, 2.5, 3, 4] });
  assert.deepEqual([got.largest, got.rms, got.relative, got.differences], [0.5, 0.25, 0.125, [0, -0.5, 0, 0]]);
  await assert.rejects(run("compare-lists", { a: [1], b: [1, 2] }), /`a` has 1 numbers and `b` 2/);
});
