/**
 * Compute kernels in WGSL. The code itself declares buffers by the names of
 * ports; nothing else of a skill is run. WGSL can do nothing but compute, so
 * its worker is one of the page's own: in the sandbox there is no WebGPU.
 */

import type { Call, LoadedRuntime, Outcome, WorkerRuntime } from "../run/protocol";
import type { RuntimeDefinition } from "../run/registry";
import { fromBytes, toBlock, writeMember } from "./webgpu/convert";
import { type Bound, compile, isSoftware, openDevice, ready, runPasses, USE, watchBuffer } from "./webgpu/device";
import { guarded, GUARD_GROUP } from "./webgpu/guard";
import { type Buffer, type Kernel, readKernel, strideOf } from "./webgpu/kernel";
import { type Bounds, checkBytes, countsOf, dispatchesOf } from "./webgpu/plan";
import { Refusal } from "./webgpu/refusal";

/** The page's half. */
export const definition: RuntimeDefinition = {
  name: "webgpu",
  title: "WebGPU",
  types: ["webgpu"],
  version: "wgsl-1",
  manifest: null,
  place: "page",
  pool: { busy: () => 1, live: 1, spare: 0, spareAfterMs: 0 },
  isolation: () => "wgsl",
  fileName: (skillId) => `${skillId}.wgsl`,
};

/** How many steps of loops a second may take, by kind of processor: far more than any gets done. */
const STEPS_PER_S = { software: 2 ** 25 * (globalThis.navigator?.hardwareConcurrency ?? 4), hardware: 2 ** 36 };

/** The half that computes. */
export const worker: WorkerRuntime = {
  load(_files, host) {
    const gpu = host.gpu === undefined ? ((globalThis.navigator as Partial<Navigator> | undefined)?.gpu ?? null) : host.gpu;
    let device: Promise<GPUDevice> | null = null;
    const open = (): Promise<GPUDevice> => {
      device ??= openDevice(gpu, host.noGpu).then(
        (opened) => {
          void opened.lost.then(() => (device = null));
          return opened;
        },
        (error: unknown) => {
          device = null;
          throw error;
        },
      );
      return device;
    };
    return {
      async call(call) {
        try {
          return await compute(open, call);
        } catch (error) {
          return explained(error);
        }
      },
    } satisfies LoadedRuntime;
  },
};

function explained(error: unknown): Outcome {
  if (error instanceof Refusal) return { ok: false, error: { kind: error.kind, message: error.message, hint: error.hint } };
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, error: { kind: "exception", message: `the graphics processor refused: ${message}`, hint: "run it again; if it stays, make the work smaller" } };
}

const lost = new Refusal("the graphics processor was lost while the kernel ran", "run it again; if it stays, let each invocation do less", "crashed");

async function compute(open: () => Promise<GPUDevice>, call: Call): Promise<Outcome> {
  const code = call.code ?? "";
  const kernel = readKernel(code);
  checkPorts(kernel, call);
  const device = await open();
  // Every line that is wrong is told as its author counts it, so first without the guard.
  const plain = await compile(device, code, call);
  const job = jobOf(kernel, call, device);
  const seconds = call.timeoutMs / 1_000;
  const budget = Math.max(seconds, 1) * STEPS_PER_S[isSoftware(device) ? "software" : "hardware"];
  const guard = guarded(code, Math.max(...job.dispatches.map(({ invocations }) => invocations)), budget);
  const module = guard ? await guardedModule(device, guard.code, call) : plain;
  const buffers = new Map<string, Bound>();
  try {
    for (const buffer of kernel.buffers) buffers.set(buffer.name, bind(device, buffer, job, call));
    const watch = guard ? watchBuffer(device, Math.ceil(budget / guard.unit)) : null;
    if (watch) buffers.set(" watch", watch);
    const results = kernel.buffers.filter(({ name }) => call.outputs.some((output) => output.name === name));
    const read = [...results.map(({ name }) => (buffers.get(name) as Bound).buffer), ...(watch ? [watch.buffer] : [])];
    const made = await ready(device, module, kernel.entries.map(({ name }) => name), [...buffers.values()]);
    const bytes = await Promise.race([runPasses(device, made, job.dispatches, read), device.lost.then(() => Promise.reject(lost))]);
    if (watch) checkSteps(bytes.at(-1) as ArrayBuffer, call);
    return finished(results, bytes);
  } finally {
    for (const { buffer } of buffers.values()) buffer.destroy();
  }
}

async function guardedModule(device: GPUDevice, code: string, call: Call): Promise<GPUShaderModule> {
  try {
    return await compile(device, code, call);
  } catch {
    throw new Refusal("a loop of the kernel can have no other end than its own", "give each loop a `break` or a condition, and end a function that returns a value with a `return`");
  }
}

/** Every input that a buffer needs must be there, and every output must come from one. */
function checkPorts({ buffers }: Kernel, { inputs, outputs }: Call): void {
  const taken = new Set<string>();
  for (const { name, group, binding, line } of buffers) {
    if (group >= GUARD_GROUP) throw new Refusal(`line ${line}: \`${name}\` is in group ${group}`, `use groups below ${GUARD_GROUP}`);
    const place = `${group}.${binding}`;
    if (taken.has(place)) throw new Refusal(`line ${line}: \`${name}\` has the binding of another buffer`, "give each buffer a `@binding` of its own");
    taken.add(place);
  }
  for (const { name } of outputs) {
    const buffer = buffers.find((one) => one.name === name);
    if (!buffer) throw new Refusal(`no buffer is called \`${name}\` like the output`, `write \`@group(0) @binding(n) var<storage, read_write> ${name}: array<f32>;\``);
    if (buffer.space !== "storage" || buffer.access !== "read_write") throw new Refusal(`line ${buffer.line}: the output \`${name}\` cannot be written`, `declare it as \`var<storage, read_write> ${name}\``);
  }
  for (const buffer of buffers) {
    const needed = buffer.space === "uniform" ? buffer.members.map(({ name }) => name) : buffer.access === "read" ? [buffer.name] : [];
    for (const name of needed) {
      const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (given === undefined || given === null) throw new Refusal(`line ${buffer.line}: there is no input \`${name}\``, "declare an input port of that name and give it a value");
    }
  }
}

type Job = { blocks: Map<string, ReturnType<typeof toBlock>>; counts: Map<string, number>; dispatches: ReturnType<typeof dispatchesOf> };

function jobOf(kernel: Kernel, { inputs, outputs, memoryMb }: Call, { limits }: GPUDevice): Job {
  const bounds: Bounds = {
    bytes: memoryMb * 2 ** 20,
    bindingBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    workgroups: limits.maxComputeWorkgroupsPerDimension,
  };
  const blocks: Job["blocks"] = new Map();
  for (const buffer of kernel.buffers) {
    const value = Object.hasOwn(inputs, buffer.name) ? inputs[buffer.name] : undefined;
    if (buffer.space !== "storage" || value === undefined || value === null) continue;
    const block = toBlock(value, buffer.element, buffer.name);
    const wanted = buffer.count === "one" ? 1 : buffer.count;
    const has = (block.length * 4) / strideOf(buffer.element);
    if (has === 0) throw new Refusal(`input \`${buffer.name}\` is empty`, "give at least one number");
    if (wanted !== "any" && has !== wanted) throw new Refusal(`input \`${buffer.name}\` has ${has} elements, and the kernel takes ${wanted}`, "give as many, or declare the buffer as `array<T>`");
    blocks.set(buffer.name, block);
  }
  const counts = countsOf(kernel, blocks, inputs);
  checkBytes(kernel, counts, bounds);
  const written = outputs.map(({ name }) => name);
  return { blocks, counts, dispatches: dispatchesOf(kernel, counts, written, inputs, bounds) };
}

function bind(device: GPUDevice, buffer: Buffer, { blocks, counts }: Job, { inputs }: Call): Bound {
  const { group, binding, name } = buffer;
  if (buffer.space === "uniform") {
    const view = new DataView(new ArrayBuffer(buffer.bytes));
    for (const { name: member, element, offset } of buffer.members) writeMember(view, offset, inputs[member], element, member);
    const made = device.createBuffer({ size: buffer.bytes, usage: USE.UNIFORM | USE.COPY_DST });
    device.queue.writeBuffer(made, 0, view.buffer as ArrayBuffer);
    return { group, binding, buffer: made, type: "uniform" };
  }
  const size = Math.max(4, (counts.get(name) ?? 1) * strideOf(buffer.element));
  const made = device.createBuffer({ size: Math.ceil(size / 4) * 4, usage: USE.STORAGE | USE.COPY_SRC | USE.COPY_DST });
  const block = blocks.get(name);
  if (block) device.queue.writeBuffer(made, 0, block);
  return { group, binding, buffer: made, type: buffer.access === "read" ? "read-only-storage" : "storage" };
}

function checkSteps(bytes: ArrayBuffer, { timeoutMs }: Call): void {
  const [limit = 0, units = 0] = new Uint32Array(bytes);
  if (units < limit) return;
  const hint = "look for a loop without an end; give the skill a longer `timeout_ms` if it needs that many steps";
  throw new Refusal(`a loop of the kernel took more steps than ${timeoutMs} ms allow, and was stopped`, hint);
}

function finished(results: readonly Buffer[], bytes: readonly ArrayBuffer[]): Outcome {
  const outputs: Record<string, unknown> = {};
  const transfer: Transferable[] = [];
  results.forEach((buffer, index) => {
    if (buffer.space !== "storage") return;
    const value = fromBytes(bytes[index] as ArrayBuffer, buffer.element, buffer.count === "one");
    outputs[buffer.name] = value;
    if (ArrayBuffer.isView(value)) transfer.push(value.buffer);
  });
  return { ok: true, outputs, transfer };
}
