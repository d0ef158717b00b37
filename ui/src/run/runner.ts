/** The door to this folder: runs workflows and keeps their results. */

import { ActiveRun } from "./activeRun";
import { nextFrame, progressPerFrame } from "./batch";
import { ResultCache } from "./cache";
import { keyed, servedPackages, withPackages, type PackageHost } from "./packages";
import { partOf } from "./part";
import { Pool } from "./pool";
import { builtInRuntimes, type Registry } from "./registry";
import { workerBudget } from "./room";
import { FrameSandbox } from "./sandbox";
import type {
  EngineRun,
  LoadProgress,
  RunOptions,
  RunPayload,
  RunResult,
  Runner,
  RunnerOptions,
} from "./types";

/** How much memory kept results may take. */
const CACHE_BYTES = 256 * 2 ** 20;

/** What stands around a runner; tests put other things there. */
export type RunnerPorts = {
  registry: Registry;
  /** Where Python packages come from; without it there are none. */
  packages?: PackageHost;
  pool(onProgress: (progress: LoadProgress) => void): Pool;
  nextFrame: typeof nextFrame;
  now(): number;
};

/** A runner in this page. Nothing is loaded before the first `prepare` or `run`. */
export function createRunner(options: RunnerOptions): Runner {
  return createRunnerWith(options, browserPorts(options.assetsBase ?? "/", options.atOnce));
}

/** A runner in other surroundings. */
export function createRunnerWith({ engine, onProgress, server }: RunnerOptions, ports: RunnerPorts): Runner {
  const cache = new ResultCache(CACHE_BYTES);
  const codes = new Map<string, number>();
  const { registry } = ports;
  let active: ActiveRun | null = null;
  let shown: ActiveRun | null = null;
  let isPreparing = false;
  const pool = ports.pool(
    progressPerFrame(ports.nextFrame, (progress) => {
      active?.showProgress(progress);
      onProgress?.(progress);
    }),
  );

  const codeId = (code: string): number => {
    let id = codes.get(code);
    if (id === undefined) {
      id = codes.size + 1;
      codes.set(code, id);
    }
    return id;
  };

  /** Plans the run, and plans again where results of earlier runs can be reused. */
  const plan = (payload: RunPayload, options: RunOptions): EngineRun => {
    const doc = JSON.stringify(payload.workflow);
    const skills = JSON.stringify(keyed(payload.skills));
    const { targets, again } = partOf(payload.workflow, options);
    const make = (cached: string[]): EngineRun => {
      const part = targets ? { targets } : {};
      return new engine.Run(doc, skills, JSON.stringify({ cached, runtime_versions: registry.versions(), ...part }));
    };
    const run = make([]);
    if (options.fresh || cache.size === 0) return run;
    const keys = JSON.parse(run.keys()) as Record<string, string | null>;
    const cached = Object.entries(keys).flatMap(([node, key]) => (key !== null && !again.has(node) && cache.has(key) ? [node] : []));
    if (cached.length === 0) return run;
    run.free?.();
    return make(cached);
  };

  return {
    async run(asked: RunPayload, options: RunOptions = {}): Promise<RunResult> {
      if (active || isPreparing) throw new Error("a workflow is running already");
      isPreparing = true;
      const payload = await withPackages(asked, engine, ports.packages).finally(() => (isPreparing = false));
      const run = plan(payload, options);
      active = new ActiveRun(payload, options, { ...ports, engine: run, pool, cache, codeId, server });
      shown = active;
      try {
        return await active.go();
      } finally {
        active = null;
        run.free?.();
      }
    },
    async prepare(types) {
      const wanted = new Set([...types].map((type) => registry.forType(type)));
      await Promise.all([...wanted].map((runtime) => runtime && pool.prepare(runtime)));
    },
    value: (node, port) => shown?.records.get(node)?.outputs?.port(port),
    outputs: (node) => shown?.records.get(node)?.outputs?.viewed,
    values: (node) => shown?.records.get(node)?.outputs?.whole(),
    forget: () => cache.clear(),
    dispose: () => pool.dispose(),
  };
}

function browserPorts(assetsBase: string, atOnce: number | undefined): RunnerPorts {
  const base = new URL(assetsBase, document.baseURI).href;
  return {
    registry: builtInRuntimes(),
    packages: servedPackages(base),
    nextFrame,
    now: () => performance.now(),
    pool: (onProgress) =>
      new Pool({
        openSandbox: (events) => new FrameSandbox(new URL("sandbox.html", base).href, events),
        assetsBase: base,
        cores: navigator.hardwareConcurrency,
        ...(atOnce !== undefined && { atOnce }),
        budgetBytes: workerBudget((navigator as { deviceMemory?: number }).deviceMemory),
        now: () => performance.now(),
        every(ms, tick) {
          const timer = setInterval(tick, ms);
          return () => clearInterval(timer);
        },
        onProgress,
      }),
  };
}
