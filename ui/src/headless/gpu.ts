/**
 * The thread that computes on the graphics processor. It runs the product's
 * own WebGPU runtime and no code of a skill but WGSL, which knows buffers and
 * nothing else; so it may have what no other thread has: the npm package
 * `webgpu`, which is native code.
 */

import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { workerData, type MessagePort as NodePort } from "node:worker_threads";

import type { WorkerHost } from "../run/protocol";

/** What the command found on the machine. */
export type GpuSettings = {
  /** The folder of the npm package `webgpu`. */
  folder: string | null;
  /** Variables that name Vulkan drivers. */
  drivers: Record<string, string>;
};

/** What the thread is started with. */
export type GpuThreadData = {
  source: string;
  port: NodePort;
  folder: string | null;
  /** Becomes 1 when drivers begin to work for this thread. */
  driving: Int32Array;
};

type WebGpu = { create(options: string[]): GPU; globals: Record<string, unknown> };

const ABSENT = {
  message: "Node.js has no graphics processor by itself, and no npm package `webgpu` is named that brings one",
  hint: "run `npm install webgpu` in a folder of your own, and name the package with its whole path: `LLMOS_WEBGPU=/that/folder/node_modules/webgpu`",
};
const NO_DRIVER = {
  message: "no graphics processor can be used here",
  hint: "install a Vulkan driver that is not older than 2023, or name one with `VK_DRIVER_FILES`: Chromium brings one that needs no graphics card, `vk_swiftshader_icd.json`",
};

async function open(folder: string | null): Promise<Pick<WorkerHost, "gpu" | "noGpu">> {
  if (folder === null) return { gpu: null, noGpu: ABSENT };
  try {
    const { create, globals } = (await import(/* @vite-ignore */ pathToFileURL(`${folder}/index.js`).href)) as WebGpu;
    Object.assign(globalThis, globals);
    return { gpu: create([]), noGpu: NO_DRIVER };
  } catch (error) {
    const message = `the npm package \`webgpu\` in ${folder} cannot be loaded: ${String((error as Error).message)}`;
    return { gpu: null, noGpu: { message, hint: "install it again; it needs Node.js 20 or newer on Linux, macOS or Windows" } };
  }
}

/** The same, but it says so before any driver is asked for something. */
function telling(gpu: GPU, driving: Int32Array): GPU {
  const requestAdapter: GPU["requestAdapter"] = (options) => {
    Atomics.store(driving, 0, 1);
    return gpu.requestAdapter(options);
  };
  return { requestAdapter } as GPU;
}

async function begin({ source, port, folder, driving }: GpuThreadData): Promise<void> {
  const scope = globalThis as unknown as Record<string, unknown>;
  // Events of a port are not of the class that has this name.
  Reflect.deleteProperty(scope, "MessageEvent");
  scope["addEventListener"] = () => undefined;
  const { gpu, noGpu } = await open(folder);
  scope["llmosGpu"] = { gpu: gpu ? telling(gpu, driving) : null, noGpu };
  vm.runInThisContext(source, { filename: "webgpu.js" });
  port.once("message", ({ files }: { files: object }) => (scope["onmessage"] as (event: unknown) => void)({ data: { port, files } }));
}

void begin(workerData as GpuThreadData);
