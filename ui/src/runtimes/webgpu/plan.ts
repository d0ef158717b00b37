/** Decides how large the buffers of a kernel are and how often its functions run. */

import { evaluate, type Names } from "./formula";
import { type Buffer, type Entry, type Kernel, strideOf } from "./kernel";
import { Refusal } from "./refusal";

type StorageBuffer = Extract<Buffer, { space: "storage" }>;
type Triple = [number, number, number];

/** What bounds a kernel. */
export type Bounds = { bytes: number; bindingBytes: number; workgroups: number };

/** More invocations than this take too long even when each does nothing. */
const INVOCATIONS_LIMIT = 2 ** 28;

/** How many elements each storage buffer has. `blocks` are the inputs, as numbers of 32 bits. */
export function countsOf(kernel: Kernel, blocks: ReadonlyMap<string, ArrayLike<number>>, inputs: Readonly<Record<string, unknown>>): Map<string, number> {
  const counts = new Map<string, number>();
  const storage = kernel.buffers.filter((buffer) => buffer.space === "storage");
  for (const buffer of storage) {
    const block = blocks.get(buffer.name);
    if (block) counts.set(buffer.name, (block.length * 4) / strideOf(buffer.element));
    else if (buffer.count === "one") counts.set(buffer.name, 1);
    else if (buffer.count !== "any") counts.set(buffer.name, buffer.count);
  }
  const names = namesOf(kernel, counts, inputs);
  const longest = Math.max(0, ...[...blocks.keys()].map((name) => counts.get(name) ?? 0));
  for (const buffer of storage) {
    const formula = kernel.directives.sizes.get(buffer.name);
    if (formula !== undefined && !blocks.has(buffer.name)) counts.set(buffer.name, countOf(formula, names, buffer.name));
    else if (!counts.has(buffer.name)) counts.set(buffer.name, longest > 0 ? longest : unknownSize(buffer));
  }
  for (const name of kernel.directives.sizes.keys()) {
    if (!counts.has(name)) throw new Refusal(`\`//! size ${name}\` is of no buffer`, `the buffers are ${listOf(storage)}`);
  }
  return counts;
}

function unknownSize({ name, line }: StorageBuffer): never {
  throw new Refusal(`line ${line}: nothing says how long \`${name}\` is`, `write a line such as \`//! size ${name} = rows * cols\``);
}

function countOf(formula: string, names: Names, name: string): number {
  const count = Math.ceil(evaluate(formula, names) - 1e-9);
  if (count >= 1 && Number.isFinite(count)) return count;
  throw new Refusal(`\`//! size ${name} = ${formula}\` gives ${count}`, "a buffer has at least one element");
}

/** Refuses buffers that do not fit. */
export function checkBytes(kernel: Kernel, counts: ReadonlyMap<string, number>, bounds: Bounds): void {
  let all = 0;
  for (const buffer of kernel.buffers) {
    if (buffer.space !== "storage") continue;
    const bytes = (counts.get(buffer.name) ?? 0) * strideOf(buffer.element);
    all += bytes;
    if (bytes > bounds.bindingBytes) throw new Refusal(`\`${buffer.name}\` takes ${mb(bytes)}, and a buffer may take ${mb(bounds.bindingBytes)}`, "split the data over several nodes", "memory");
  }
  if (all > bounds.bytes) throw new Refusal(`over the memory limit: the buffers take ${mb(all)} of ${mb(bounds.bytes)}`, "work on less at a time, or give the skill a larger `memory_mb`", "memory");
}

function mb(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}

/** How many workgroups each function of the kernel gets. */
export function dispatchesOf(kernel: Kernel, counts: ReadonlyMap<string, number>, outputs: readonly string[], inputs: Readonly<Record<string, unknown>>, bounds: Bounds): { workgroups: Triple; invocations: number }[] {
  const names = namesOf(kernel, counts, inputs);
  const { threads, workgroups } = kernel.directives;
  for (const name of [...threads.keys(), ...workgroups.keys()]) {
    if (name !== "" && !kernel.entries.some((entry) => entry.name === name)) throw new Refusal(`a directive is about \`${name}\`, which is no function to run`, `the functions are ${listOf(kernel.entries)}`);
  }
  return kernel.entries.map((entry) => {
    const size = sizeOf(entry, kernel);
    const asked = workgroups.get(entry.name) ?? workgroups.get("");
    const total = threads.get(entry.name) ?? threads.get("");
    const formulas = asked ?? total;
    let groups: Triple;
    if (formulas) groups = tripleOf(formulas.map((formula) => evaluate(formula, names)), asked ? [1, 1, 1] : size);
    else if (inputs["workgroups"] !== undefined) groups = tripleOf([inputs["workgroups"]].flat().map(Number), [1, 1, 1]);
    else groups = tripleOf([Math.max(1, ...outputs.map((name) => counts.get(name) ?? 0))], size);
    const tooMany = groups.findIndex((count) => count > bounds.workgroups);
    if (tooMany >= 0) throw new Refusal(`\`${entry.name}\` would have ${groups[tooMany]} workgroups along ${"xyz"[tooMany]}, and ${bounds.workgroups} are the most`, "make `@workgroup_size` larger, or spread the work over `//! threads = x, y`");
    const invocations = groups.reduce((product, count) => product * count, 1) * size.reduce((product, count) => product * count, 1);
    if (invocations > INVOCATIONS_LIMIT) throw new Refusal(`\`${entry.name}\` would run ${invocations} times, and ${INVOCATIONS_LIMIT} is the most`, "let each invocation do more, or split the work over several nodes");
    return { workgroups: groups, invocations };
  });
}

function sizeOf({ size, line, name }: Entry, { constants }: Kernel): Triple {
  return size.map((text) => {
    const count = constants.get(text) ?? Number.parseInt(text, 10);
    if (count >= 1) return count;
    throw new Refusal(`line ${line}: the workgroup size \`${text}\` of \`${name}\` is unknown`, "write numbers, or a `const` with a number");
  }) as Triple;
}

function tripleOf(totals: number[], size: Triple): Triple {
  if (totals.length > 3 || totals.some((total) => !(total >= 0) || !Number.isFinite(total))) {
    throw new Refusal(`the work cannot be ${totals.join(", ")}`, "give one to three numbers, none below zero");
  }
  return size.map((per, axis) => Math.max(1, Math.ceil((totals[axis] ?? 1) / per - 1e-9))) as Triple;
}

function namesOf(kernel: Kernel, counts: ReadonlyMap<string, number>, inputs: Readonly<Record<string, unknown>>): Names {
  return {
    number: (name) => {
      const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      return typeof value === "number" ? value : kernel.constants.get(name);
    },
    length: (name) => counts.get(name),
  };
}

function listOf(items: readonly { name: string }[]): string {
  return items.map(({ name }) => `\`${name}\``).join(", ") || "none";
}
