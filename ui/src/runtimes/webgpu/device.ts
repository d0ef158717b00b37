/** One graphics processor: compiles kernels, runs them on buffers, and says what went wrong. */

import type { Call } from "../../run/protocol";
import { GUARD_GROUP } from "./guard";
import { Refusal } from "./refusal";

/** What a kernel is run on. */
export type Bound = { group: number; binding: number; buffer: GPUBuffer; type: GPUBufferBindingType };

/** How often a function of a kernel runs. */
export type Pass = { workgroups: [number, number, number] };

const NO_GPU = {
  message: "no graphics processor can be used here",
  hint: "use a browser with WebGPU and hardware acceleration switched on; without a graphics card Chromium computes in software when it is started with `--enable-unsafe-webgpu`",
};

/** Opens the graphics processor. */
export async function openDevice(gpu: GPU | null, noGpu = NO_GPU): Promise<GPUDevice> {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Refusal(noGpu.message, noGpu.hint, "load");
  const { limits } = adapter;
  return adapter.requestDevice({
    requiredLimits: {
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
    },
  });
}

/** Whether computing is done by the main processor. */
export function isSoftware(device: GPUDevice): boolean {
  const { architecture, description, isFallbackAdapter } = device.adapterInfo;
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
}

/** Compiles code; mistakes are told with their lines, as the author counts them. */
export async function compile(device: GPUDevice, code: string, { file }: Pick<Call, "file">): Promise<GPUShaderModule> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  const [{ messages }, problem] = await Promise.all([module.getCompilationInfo(), device.popErrorScope()]);
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length === 0 && !problem) return module;
  const lines = code.split("\n");
  const shown = errors.slice(0, 5).map(({ message, lineNum, linePos }) => {
    const line = lines[lineNum - 1];
    const place = lineNum > 0 ? `\n    at ${file}:${lineNum}:${linePos}` : "";
    return `${message}${place}${line ? `\n    ${line.trim()}` : ""}`;
  });
  throw new Refusal(shown.join("\n") || (problem?.message ?? "the code does not compile"), compileHint(shown.join("\n")));
}

function compileHint(message: string): string {
  if (/abstract-float|type mismatch|cannot (?:convert|assign)|no matching overload|no matching operator/.test(message)) return "WGSL converts nothing by itself: write `f32(x)`, `u32(x)`, `1.0` for f32, `1u` for u32";
  if (/unresolved/.test(message)) return "declare the name before it is used; `let` for values, `var` for what changes";
  if (/uniform control flow/.test(message)) return "all invocations of a workgroup must reach a barrier: move it out of the condition";
  if (/read-only|cannot store into|is not assignable|not writable/.test(message)) return "declare what is written as `var<storage, read_write>`, or copy a parameter into a `var`";
  if (/missing return|behavior/.test(message)) return "end the function with a `return`, and each loop with a `break`";
  return "see the line; WGSL is described at https://www.w3.org/TR/WGSL/";
}

/** What the buffers are for; the browser's names for it are not everywhere. */
export const USE = { MAP_READ: 0x01, COPY_SRC: 0x04, COPY_DST: 0x08, UNIFORM: 0x40, STORAGE: 0x80 };
const COMPUTE = 0x4;

/** A kernel that can run: its functions, and its buffers in their groups. */
export type Ready = { pipelines: GPUComputePipeline[]; groups: GPUBindGroup[] };

/** Makes pipelines for the functions of a kernel, all with the same buffers. */
export async function ready(device: GPUDevice, module: GPUShaderModule, entries: readonly string[], bound: readonly Bound[]): Promise<Ready> {
  device.pushErrorScope("validation");
  const count = Math.max(-1, ...bound.map(({ group }) => group)) + 1;
  const inGroup = Array.from({ length: count }, (_, group) => bound.filter((one) => one.group === group));
  const layouts = inGroup.map((members) =>
    device.createBindGroupLayout({ entries: members.map(({ binding, type }) => ({ binding, visibility: COMPUTE, buffer: { type } })) }),
  );
  const layout = device.createPipelineLayout({ bindGroupLayouts: layouts });
  const groups = inGroup.map((members, index) =>
    device.createBindGroup({
      layout: layouts[index] as GPUBindGroupLayout,
      entries: members.map(({ binding, buffer }) => ({ binding, resource: { buffer } })),
    }),
  );
  const problem = await device.popErrorScope();
  if (problem) throw new Refusal(`the buffers cannot be used: ${firstLine(problem)}`, "use fewer or smaller buffers, and each `@binding` once");
  try {
    const made = entries.map((entryPoint) => device.createComputePipelineAsync({ layout, compute: { module, entryPoint } }));
    return { pipelines: await Promise.all(made), groups };
  } catch (error) {
    const text = firstLine(error);
    const hint = /workgroup|invocations/i.test(text)
      ? "a workgroup has at most 256 invocations in all, and 16 KB of its own memory: make `@workgroup_size` smaller"
      : "declare every buffer as the kernel uses it";
    throw new Refusal(`the kernel cannot be used: ${text}`, hint);
  }
}

/** Runs functions one after the other, and gives what the buffers hold then. */
export async function runPasses(device: GPUDevice, { pipelines, groups }: Ready, passes: readonly Pass[], read: readonly GPUBuffer[]): Promise<ArrayBuffer[]> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const encoder = device.createCommandEncoder();
  passes.forEach(({ workgroups }, index) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipelines[index] as GPUComputePipeline);
    groups.forEach((group, at) => pass.setBindGroup(at, group));
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
  });
  const copies = read.map((buffer) => {
    const copy = device.createBuffer({ size: buffer.size, usage: USE.MAP_READ | USE.COPY_DST });
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    return copy;
  });
  device.queue.submit([encoder.finish()]);
  const [memory, problem] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  if (memory) throw new Refusal(`the graphics processor has too little memory: ${firstLine(memory)}`, "work on less data at a time", "memory");
  if (problem) throw new Refusal(`the kernel cannot be run: ${firstLine(problem)}`, "check the bindings and the number of workgroups");
  await Promise.all(copies.map((copy) => copy.mapAsync(1)));
  return copies.map((copy) => {
    const bytes = copy.getMappedRange().slice(0);
    copy.destroy();
    return bytes;
  });
}

/** The guard's own buffer: how many steps there may be, and how many there were. */
export function watchBuffer(device: GPUDevice, units: number): Bound {
  const buffer = device.createBuffer({ size: 8, usage: USE.STORAGE | USE.COPY_SRC | USE.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Uint32Array([Math.min(units, 2 ** 32 - 2), 0]));
  return { group: GUARD_GROUP, binding: 0, buffer, type: "storage" };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error || (typeof error === "object" && error !== null && "message" in error) ? String(error.message) : String(error);
  return text.split("\n")[0] ?? text;
}
