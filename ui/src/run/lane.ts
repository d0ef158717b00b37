/** What the pool keeps of each runtime. */

import { fetchAssets } from "./assets";
import { keepPackages, type fetchPackage } from "./packages";
import { TaskQueue } from "./queue";
import type { Runtime } from "./registry";
import type { Sandbox } from "./sandbox";
import type { PoolWorker } from "./worker";

/** The script of a runtime's workers, and the names that their files have in the sandbox. */
type Loaded = { source: string; assets: string[] };

/** One runtime in the pool. */
export type Lane = {
  runtime: Runtime;
  queue: TaskQueue;
  workers: PoolWorker[];
  /** The files, on their way or in the sandbox. */
  loading: Promise<void> | null;
  loaded: Loaded | null;
  /** Somebody is about to need it: workers are started before there are tasks. */
  prepared: boolean;
  /** Loads that failed since one worked: a broken runtime is not tried forever. */
  failures: number;
};

/** A runtime that was just asked for. */
export function newLane(runtime: Runtime): Lane {
  return { runtime, queue: new TaskQueue(), workers: [], loading: null, loaded: null, prepared: false, failures: 0 };
}

/** How many workers to start although nothing waits for one. */
export function ahead({ workers, runtime, prepared }: Lane): number {
  const { live, spare } = runtime.pool;
  if (workers.some((worker) => worker.task)) {
    const unused = workers.filter((worker) => worker.group === null).length;
    return Math.min(spare - unused, live - workers.length);
  }
  // The first one alone: two that start together are both ready later.
  if (!prepared || workers.some((worker) => worker.state === "starting")) return 0;
  return workers.length === 0 ? 1 : 1 + spare - workers.length;
}

type LoadPorts = { assetsBase: string; fetchAssets?: typeof fetchAssets; fetchPackage?: typeof fetchPackage };

/** Brings the files of a runtime into the sandbox; of one with packages, what it has beyond `base`. */
export async function load(
  runtime: Runtime,
  base: Loaded | null | undefined,
  sandbox: Sandbox,
  ports: LoadPorts,
  onProgress: (progress: { loaded: number; total: number }) => void,
): Promise<Loaded> {
  const { name: folder, manifest, source } = runtime;
  if (runtime.base) {
    if (!base) throw new Error(`${runtime.base.title} is not there`);
    const added = await keepPackages(runtime, sandbox, ports, onProgress);
    return { source: base.source, assets: [...base.assets, ...added] };
  }
  const assets = manifest === null ? [] : (ports.fetchAssets ?? fetchAssets)(
    new URL(manifest, ports.assetsBase).href,
    ({ name, buffer, compile }) => sandbox.keep({ name: `${folder}/${name}`, buffer, compile }),
    onProgress,
  );
  const [script, names] = await Promise.all([source(), assets]);
  return { source: script, assets: names.map((name) => `${folder}/${name}`) };
}
