// Signals, circuits' measurements and pictures against formulas and libraries that share no code with the skills.

import assert from "node:assert/strict";
import { test } from "node:test";

import FFT from "fft.js";
import pngjs from "pngjs";

import { columns, noise, run, table } from "./skill.mjs";

const { PNG } = pngjs;

const close = (got, want, tolerance, message = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${message} got ${got}, expected ${want} within ${tolerance}`);

/** The transform by its definition. */
function dft(samples) {
  const n = samples.length;
  return samples.map((_, k) => {
    let [re, im] = [0, 0];
    samples.forEach((value, j) => {
      const angle = (-2 * Math.PI * ((k * j) % n)) / n;
      re += value * Math.cos(angle);
      im += value * Math.sin(angle);
    });
    return [re, im];
  });
}

test("the transform agrees with fft.js where the length is a power of two", async () => {
  const samples = Array.from({ length: 1024 }, noise(3));
  const other = new FFT(1024);
  const want = other.createComplexArray();
  other.transform(want, other.toComplexArray(samples));
  const { coefficients } = await run("fft", { samples });
  samples.forEach((_, k) => {
    close(coefficients.re[k], want[2 * k], 1e-10);
    close(coefficients.im[k], want[2 * k + 1], 1e-10);
  });
});

test("the transform agrees with its definition for every length", async () => {
  for (const n of [2, 3, 5, 12, 97, 100, 243, 1000]) {
    const samples = Array.from({ length: n }, noise(n));
    const { coefficients } = await run("fft", { samples });
    dft(samples).forEach(([re, im], k) => {
      close(coefficients.re[k], re, 1e-10, `length ${n}`);
      close(coefficients.im[k], im, 1e-10, `length ${n}`);
    });
  }
});

test("known tones come out with their frequency, amplitude and phase", async () => {
  for (const rate of [1000, 1024]) {
    const samples = Array.from({ length: rate }, (_, k) => {
      const t = k / rate;
      return 0.75 + 2 * Math.cos(2 * Math.PI * 50 * t + 0.6) + 0.3 * Math.cos(2 * Math.PI * 120 * t - 2);
    });
    const { spectrum, peak_frequency: f, peak_amplitude: peak } = await run("fft", { samples, sample_rate: rate });
    const { frequency, amplitude, phase } = columns(spectrum);
    assert.equal(f, 50);
    close(peak, 2, 1e-12);
    close(amplitude[0], 0.75, 1e-12);
    close((phase[50] * Math.PI) / 180, 0.6, 1e-10);
    close(amplitude[120], 0.3, 1e-12);
    close((phase[120] * Math.PI) / 180, -2, 1e-10);
    assert.equal(frequency.at(-1), rate / 2);
    amplitude.forEach((value, k) => assert.ok([0, 50, 120].includes(k) || value < 1e-12, `line at ${frequency[k]} Hz: ${value}`));
  }
});

test("a window keeps a tone between two lines together", async () => {
  const samples = Array.from({ length: 1000 }, (_, k) => Math.sin(2 * Math.PI * 50.5 * (k / 1000)));
  const far = async (window) => columns((await run("fft", { samples, sample_rate: 1000, window })).spectrum).amplitude[80];
  assert.ok((await far("hann")) < (await far("none")) / 100);
  // A Hann window takes cos^2 of the leakage: half a line off, 15 % of the amplitude are lost.
  const { peak_amplitude: peak } = await run("fft", { samples, sample_rate: 1000, window: "hann" });
  close(peak, 8 / (3 * Math.PI), 1e-3);
  await assert.rejects(run("fft", { samples: [1, null, 3] }), /sample 1 is null/);
  await assert.rejects(run("fft", { samples, window: "kaiser" }), /unknown window `kaiser`/);
});

test("square, triangle and sawtooth have the harmonics of their Fourier series", async () => {
  const harmonic = {
    square: (n) => (n % 2 === 1 ? 4 / (Math.PI * n) : 0),
    triangle: (n) => (n % 2 === 1 ? 8 / (Math.PI * n) ** 2 : 0),
    sawtooth: (n) => 2 / (Math.PI * n),
  };
  for (const [shape, series] of Object.entries(harmonic)) {
    const { samples, sample_rate: rate } = await run("waveform-generator", { shape, frequency: 10, duration: 1, sample_rate: 20000 });
    const { amplitude } = columns((await run("fft", { samples, sample_rate: rate })).spectrum);
    for (let n = 1; n <= 9; n += 1) close(amplitude[10 * n], series(n), 2e-3, `${shape}, harmonic ${n}`);
  }
});

test("a waveform has its frequency, offset and phase, and its noise the wanted spread", async () => {
  const { table: got } = await run("waveform-generator", { frequency: 100, amplitude: 3, offset: 1, phase: 30, duration: 0.02, sample_rate: 1e5 });
  const { time, value } = columns(got);
  assert.equal(time.length, 2000);
  time.forEach((t, k) => close(value[k], 1 + 3 * Math.sin(2 * Math.PI * 100 * t + Math.PI / 6), 1e-9));
  const noisy = await run("waveform-generator", { amplitude: 0, noise: 2, duration: 1, sample_rate: 20000 });
  const squares = noisy.samples.reduce((sum, v) => sum + v * v, 0) / 20000;
  close(Math.sqrt(squares), 2, 5 * (2 / Math.sqrt(40000)));
  await assert.rejects(run("waveform-generator", { shape: "round" }), /unknown shape `round`; use one of sine/);
});

test("measurements of known signals have their textbook values", async () => {
  const measure = async (shape, more = {}) => {
    const { table: got } = await run("waveform-generator", { shape, frequency: 50, amplitude: 4, duration: 0.1, sample_rate: 1e5, ...more });
    const result = await run("measure-waveform", { table: got });
    const { quantity, value } = columns(result.measurements);
    return { ...result, ...Object.fromEntries(quantity.map((name, k) => [name, value[k]])) };
  };
  const sine = await measure("sine", { offset: 1 });
  close(sine.mean, 1, 1e-3);
  close(sine.ac_rms, 4 / Math.SQRT2, 1e-3);
  close(sine.rms, Math.hypot(1, 4 / Math.SQRT2), 1e-3);
  close(sine.peak_to_peak, 8, 1e-6);
  close(sine.frequency, 50, 1e-6);
  close(sine.rise_time, (2 * Math.asin(0.8)) / (2 * Math.PI * 50), 1e-6);
  close((await measure("triangle")).rms, 4 / Math.sqrt(3), 1e-3);
  close((await measure("square")).rms, 4, 1e-2);
  close((await measure("triangle")).rise_time, 0.8 * 0.01, 1e-6);
  close((await measure("sine", { noise: 0.05 })).frequency, 50, 0.1);
});

test("steps of different length count by their length, and part of a signal can be measured", async () => {
  // 10 V for 9 s and 0 V for 1 s, with many points where it is 0.
  const time = [0, 9, 9.0001, ...Array.from({ length: 100 }, (_, k) => 9.01 + k / 101), 10];
  const value = time.map((t) => (t <= 9 ? 10 : 0));
  const { mean, rms } = await run("measure-waveform", { table: table({ time, value }) });
  close(mean, 9, 1e-3);
  close(rms, Math.sqrt(90), 1e-3);
  const part = await run("measure-waveform", { table: table({ time, value }), from: 9.5 });
  assert.deepEqual([part.mean, part.peak_to_peak, part.frequency], [0, 0, 0]);
  await assert.rejects(run("measure-waveform", { table: table({ time: [0, 2, 1], value: [1, 2, 3] }) }), /time goes back from 2 s to 1 s/);
});

test("resampling meets straight lines and smooth curves, and invents no overshoot", async () => {
  const time = [0, 0.1, 0.15, 0.4, 0.41, 0.7, 1];
  const line = await run("resample", { table: table({ time, v: time.map((t) => 3 * t - 1) }), y_column: "v", count: 50 });
  assert.equal(line.sample_rate, 50);
  columns(line.table).time.forEach((t, k) => close(line.samples[k], 3 * t - 1, 1e-12));

  const fine = Array.from({ length: 200 }, (_, k) => (k / 199) ** 1.3);
  const sine = table({ time: fine, v: fine.map((t) => Math.sin(6 * t)) });
  const errorOf = async (method) => {
    const got = columns((await run("resample", { table: sine, y_column: "v", count: 333, method })).table);
    return Math.max(...got.time.map((t, k) => Math.abs(got.v[k] - Math.sin(6 * t))));
  };
  assert.ok((await errorOf("linear")) < 2.5e-4);
  assert.ok((await errorOf("cubic")) < 1e-4);
  const step = await run("resample", { table: table({ time: [0, 1, 2, 3], v: [0, 0, 1, 1] }), y_column: "v", count: 300, method: "cubic" });
  assert.ok(step.samples.every((value, k) => value >= 0 && value <= 1 + 1e-12 && (k === 0 || value >= step.samples[k - 1] - 1e-12)));
  await assert.rejects(run("resample", { table: sine, y_column: "v", stop: 2 }), /stay inside the data/);
});

test("smoothing takes the mean or the median of neighbours", async () => {
  const smooth = async (values, more) => (await run("moving-average", { values, ...more })).values;
  assert.deepEqual(await smooth([3, 6, 9, 0, 0], { width: 3 }), [4.5, 6, 5, 3, 0]);
  assert.deepEqual(await smooth([1, 1, 99, 1, 2], { width: 3, method: "median" }), [1, 1, 1, 2, 1.5]);
  assert.deepEqual(await smooth([1, null, 3], { width: 3 }), [1, 2, 3]);
  await assert.rejects(smooth([1], { width: 4 }), /use an odd number/);
});

test("a Bode plot of known filters has their corner, slope and phase", async () => {
  const frequency = Array.from({ length: 401 }, (_, k) => 10 * 10 ** (k / 80));
  const response = (poles, corner) => {
    const values = frequency.map((f) => {
      let [re, im] = [1, 0];
      for (let k = 0; k < poles; k += 1) {
        const w = f / corner;
        [re, im] = [(re + im * w) / (1 + w * w), (im - re * w) / (1 + w * w)];
      }
      return [re, im];
    });
    return { re: values.map(([re]) => re), im: values.map(([, im]) => im) };
  };
  for (const poles of [1, 2, 3]) {
    const got = await run("bode-plot", { frequency, response: response(poles, 1000) });
    close(got.slope, -20 * poles, 0.02, `${poles} poles`);
    close(got.corner_frequency, 1000 * Math.sqrt(2 ** (1 / poles) - 1), 0.2);
    const { phase, gain } = columns(got.table);
    frequency.forEach((f, k) => close(phase[k], (-poles * Math.atan(f / 1000) * 180) / Math.PI, 1e-9));
    frequency.forEach((f, k) => close(gain[k], -10 * poles * Math.log10(1 + (f / 1000) ** 2), 1e-9));
    assert.equal(got.gain.x_scale, "log");
  }
  const silent = { re: frequency.map(() => 0), im: frequency.map(() => 0) };
  await assert.rejects(run("bode-plot", { frequency, response: silent }), /the response at 10 Hz is 0/);
  await assert.rejects(run("bode-plot", { frequency: [1, 1], response: { re: [1, 1], im: [0, 0] } }), /ascending/);
});

test("standard values are those of IEC 60063", async () => {
  const find = (value, series) => run("standard-values", { value, series });
  assert.equal((await find(4600, "E12")).nearest, 4700);
  assert.equal((await find(4600, "E6")).nearest, 4700);
  assert.equal((await find(2500, "E24")).nearest, 2400);
  assert.deepEqual(await find(4.99e3, "E96"), { nearest: 4990, error_percent: 0, below: 4990, above: 4990 });
  assert.equal((await find(9.9, "E12")).nearest, 10);
  assert.equal((await find(1.05e-7, "E12")).nearest, 1e-7);
  assert.deepEqual(await find(100, "E24"), { nearest: 100, error_percent: 0, below: 100, above: 100 });
  const e96 = new Set();
  for (let k = 100; k < 1000; k += 1) e96.add((await find(k, "E96")).nearest);
  e96.delete(1000);
  assert.equal(e96.size, 96);
  for (const known of [102, 105, 174, 301, 475, 576, 787, 976]) assert.ok(e96.has(known), String(known));
  await assert.rejects(find(0, "E12"), /use a number above 0/);
  await assert.rejects(find(1, "E13"), /unknown series `E13`/);
});

/** Pixels of a data URL, read by a library. */
const read = (url) => PNG.sync.read(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));

/** A data URL of grey or coloured pixels, written by a library with compression and prediction. */
function write(width, height, colour, options = {}) {
  const png = new PNG({ width, height });
  for (let k = 0; k < width * height; k += 1) png.data.set(colour(k % width, Math.floor(k / width)), 4 * k);
  return `data:image/png;base64,${PNG.sync.write(png, options).toString("base64")}`;
}

const grey = (value) => [value, value, value, 255];

test("test pictures are valid PNG and repeatable", async () => {
  for (const pattern of ["scene", "rings", "checkerboard", "noise"]) {
    const { image } = await run("test-image", { pattern, width: 61, height: 37 });
    const { width, height, data } = read(image);
    assert.deepEqual([width, height], [61, 37]);
    assert.ok(new Set(data).size > 1, pattern);
    assert.equal((await run("test-image", { pattern, width: 61, height: 37 })).image, image);
  }
  const { data } = read((await run("test-image", { pattern: "checkerboard", width: 64, height: 64 })).image);
  assert.deepEqual([data[0], data[4 * 8], data[4 * 8 * 64], data[4 * (8 * 64 + 8)]], [235, 30, 30, 235]);
});

test("pictures that other programs wrote are read in every form of compression, prediction and colour", async () => {
  const next = noise(4);
  const pixels = Array.from({ length: 40 * 30 * 4 }, (_, k) => (k % 160 < 80 ? Math.round(127 + 127 * next()) : (k * 7) % 256));
  const colour = (x, y) => pixels.slice(4 * (40 * y + x), 4 * (40 * y + x) + 4);
  for (const filterType of [0, 1, 2, 3, 4, -1]) {
    for (const deflateLevel of [0, 1, 9]) {
      for (const [colorType, channels] of [[6, 4], [2, 3]]) {
        const image = write(40, 30, colorType === 6 ? colour : (x, y) => [...colour(x, y).slice(0, 3), 255], {
          filterType, deflateLevel, colorType, deflateStrategy: deflateLevel === 9 ? 0 : 3,
        });
        const got = read((await run("image-filter", { image, filter: "invert" })).image).data;
        const want = read(image).data;
        want.forEach((value, k) => assert.equal(got[k], k % 4 === 3 ? value : 255 - value, `${filterType} ${deflateLevel} ${channels}`));
      }
    }
  }
  const flat = write(20, 20, (x) => grey(10 * x), { colorType: 0, deflateStrategy: 4 });
  assert.deepEqual(read((await run("image-filter", { image: flat, filter: "invert" })).image).data.subarray(0, 8), Buffer.from([255, 255, 255, 255, 245, 245, 245, 255]));
});

test("what is no PNG is refused with a reason", async () => {
  const filter = (image) => run("image-filter", { image });
  await assert.rejects(filter("data:image/jpeg;base64,AAAA"), /no PNG; save the picture as PNG/);
  const good = write(9, 9, () => grey(3));
  const bytes = Buffer.from(good.slice(22), "base64");
  await assert.rejects(filter(`data:image/png;base64,${bytes.subarray(0, 50).toString("base64")}`), /damaged PNG/);
  await assert.rejects(filter("data:image/png;base64,"), /header is missing/);
  await assert.rejects(run("image-filter", { image: good, filter: "kernel", kernel: [[1, 2]] }), /odd/);
  await assert.rejects(run("image-filter", { image: good, filter: "soften" }), /unknown filter `soften`/);
});

/** One filtered grey picture as numbers. */
async function filtered(width, height, value, more) {
  const { image } = await run("image-filter", { image: write(width, height, (x, y) => grey(value(x, y))), ...more });
  const { data } = read(image);
  return (x, y) => data[4 * (width * y + x)];
}

test("a blurred point is the Gaussian of its strength", async () => {
  const sigma = 2;
  const at = await filtered(41, 41, (x, y) => (x === 20 && y === 20 ? 255 : 0), { filter: "kernel", kernel: [[0, 0, 0], [0, 1, 0], [0, 0, 0]] });
  assert.equal(at(20, 20), 255);
  // A blurred edge is the distribution function: its steepest slope tells the width.
  const edge = await filtered(61, 9, (x) => (x < 30 ? 0 : 250), { filter: "blur", strength: sigma });
  for (let x = 22; x < 38; x += 1) {
    let want = 0;
    for (let k = -40; k <= x - 30; k += 1) want += (250 * Math.exp(-(k * k) / (2 * sigma * sigma))) / (sigma * Math.sqrt(2 * Math.PI));
    close(edge(x, 4), want, 1.5, `pixel ${x}`);
  }
  const flat = await filtered(15, 15, () => 77, { filter: "blur", strength: 3 });
  for (let k = 0; k < 15; k += 1) close(flat(k, 14 - k), 77, 1);
});

test("the other filters do what their definition says", async () => {
  // The Sobel operator is 8 times the slope: a ramp of 10 per pixel gives 80 wherever it has both neighbours.
  const ramp = await filtered(21, 21, (x) => 10 * x, { filter: "edges" });
  for (const [x, y] of [[5, 5], [10, 12], [15, 3]]) assert.equal(ramp(x, y), 80);
  const diagonal = await filtered(21, 21, (x, y) => 3 * x + 4 * y, { filter: "edges" });
  assert.equal(diagonal(10, 10), 40);

  const wild = await filtered(11, 11, (x, y) => ((x + y) % 5 === 0 && x % 2 === 0 ? 255 : 100), { filter: "median", strength: 1 });
  for (const [x, y] of [[5, 5], [4, 6], [3, 3]]) assert.equal(wild(x, y), 100);

  const laplace = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]];
  const value = (x, y) => 100 + ((x * 7 + y * 13) % 11);
  const sharp = await filtered(20, 20, value, { filter: "kernel", kernel: laplace });
  const want = (x, y) => 5 * value(x, y) - value(x - 1, y) - value(x + 1, y) - value(x, y - 1) - value(x, y + 1);
  for (let k = 1; k < 19; k += 1) assert.equal(sharp(k, 19 - k), Math.min(255, Math.max(0, want(k, 19 - k))));

  const { image } = await run("image-filter", { image: write(4, 4, () => [200, 100, 50, 255]), filter: "greyscale" });
  assert.equal(read(image).data[0], Math.round(0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50));
  const soft = await filtered(9, 9, (x, y) => (x === 4 && y === 4 ? 120 : 100), { filter: "sharpen", strength: 1 });
  assert.ok(soft(4, 4) > 130 && soft(4, 5) < 100);
});

test("the histogram of a picture counts every pixel", async () => {
  const image = write(32, 16, (x, y) => [8 * x, 16 * y, 200, 255], { colorType: 2 });
  const { plot, statistics, size } = await run("image-histogram", { image });
  assert.deepEqual(size, [32, 16]);
  const [red, green, blue] = plot.series.map(({ y }) => y);
  for (let k = 0; k < 256; k += 1) {
    assert.deepEqual([red[k], green[k], blue[k]], [k % 8 === 0 ? 16 : 0, k % 16 === 0 ? 32 : 0, k === 200 ? 512 : 0]);
  }
  const { mean, contrast, min, max } = columns(statistics);
  assert.deepEqual([mean[0], mean[2], contrast[2], min[0], max[0]], [124, 200, 0, 0, 248]);
  close(contrast[0], 8 * Math.sqrt((32 ** 2 - 1) / 12), 1e-9);
});
