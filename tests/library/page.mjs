// Writes docs/guide/library.md from the files of the library: `node page.mjs`. A test compares.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { ids, read } from "./skill.mjs";

const guide = new URL("../../docs/guide/library.md", import.meta.url);
const images = new URL("../../docs/images/", import.meta.url);

const CATEGORIES = [
  ["quantum", "Quantum"], ["electronics", "Electronics"], ["3d", "3D"], ["mathematics", "Mathematics"], ["data", "Data"],
  ["plot", "Plots"], ["image", "Pictures"], ["utilities", "Utilities"],
];
/** The order in which the examples are shown; others follow. */
const FIRST = [
  "h2-dissociation", "bell-and-ghz", "rc-rlc-transient", "filter-bode", "rectifier", "circuit-fit", "rotating-cube", "lorenz-attractor",
  "clean-and-compare", "monte-carlo-tolerances", "image-filters", "waveform-spectrum", "matrix-on-gpu", "vqe-plot-export", "csv-statistics",
];

/** The page as it should be. */
export function page() {
  const skills = ids("skills").map((id) => ({ id, ...read("skills", id) }));
  const executable = skills.filter(({ type }) => type !== undefined);
  const context = skills.filter(({ type }) => type === undefined);
  const examples = [...new Set([...FIRST.filter((id) => ids("workflows").includes(id)), ...ids("workflows")])].map((id) => ({ id, ...read("workflows", id) }));
  const cell = (text) => text.replaceAll("|", "\\|");
  const lines = [
    "# The library: what the system volume starts with",
    "",
    `${executable.length} skills that run as nodes, ${context.length} that give a language model context, and ${examples.length} example workflows. All of it is Markdown`,
    "in the volume `system`: open an example by its address, change it, and save it as your own. This page is written from the files",
    "(`node tests/library/page.mjs`). What each skill computes is checked in `tests/library` against formulas and other programs; each example is",
    "run and looked at in a browser by `tests/e2e/specs/examples.spec.ts`, and run once more without one by `llmos run`.",
    "",
    "## Examples",
    "",
  ];
  for (const { id, name, description } of examples) {
    lines.push(`### ${name}`, "", `${description}. Open \`/workflows/system/${id}\`, or \`llmos run ${id}\`.`, "");
    if (existsSync(new URL(`${id}.png`, images))) lines.push(`![${name}](../images/${id}.png)`, "");
  }
  lines.push("## Skills", "", "The name of the file is the id of the skill. Runtimes are described in [runtimes](runtimes.md), values in [values](values.md).", "");
  const known = new Set(CATEGORIES.map(([id]) => id));
  const others = [...new Set(executable.map(({ category }) => category))].filter((id) => !known.has(id)).map((id) => [id, id]);
  for (const [category, title] of [...CATEGORIES, ...others]) {
    const rows = executable.filter((skill) => skill.category === category);
    lines.push(`### ${title}`, "", "| skill | runtime | what it does |", "| --- | --- | --- |");
    for (const { id, type, description } of rows) lines.push(`| \`${id}\` | \`${type}\` | ${cell(description)} |`);
    lines.push("");
  }
  lines.push("### Context", "", "Text for a language model, not for a run.", "", "| skill | what it helps with |", "| --- | --- |");
  for (const { id, description } of context) lines.push(`| \`${id}\` | ${cell(description)} |`);
  return `${lines.join("\n")}\n`;
}

/** The page as it is. */
export const written = () => (existsSync(guide) ? readFileSync(guide, "utf8") : "");

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(guide, page());
