/**
 * Measures the page in Chromium: `load` what it takes to open it, `runs` what it takes to run nodes,
 * `values` what large values, scenes and kernels take, `sweep` what a second worker brings.
 */

import { print } from "./table.mjs";
import { load } from "./load.mjs";
import { runs } from "./runs.mjs";
import { sweeps } from "./sweep.mjs";
import { values } from "./values.mjs";

const measurements = { load, runs, sweep: sweeps, values };
const measurement = measurements[process.argv[2]];
if (!measurement) throw new Error(`name a measurement: ${Object.keys(measurements).join(", ")}`);
const { columns, rows } = await measurement();
print(columns, rows);
