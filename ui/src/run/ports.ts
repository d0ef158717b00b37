/** What the pool stands on. */

import type { fetchAssets } from "./assets";
import type { fetchPackage } from "./packages";
import type { Sandbox, SandboxEvents } from "./sandbox";
import type { LoadProgress } from "./types";

/** What the pool needs of its surroundings; handed in, so that tests can fake it. */
export type PoolPorts = {
  openSandbox(events: SandboxEvents): Sandbox;
  assetsBase: string;
  /** Fetches the files of a runtime; over HTTP unless this says otherwise. */
  fetchAssets?: typeof fetchAssets;
  /** Fetches the file of a package; from the server unless this says otherwise. */
  fetchPackage?: typeof fetchPackage;
  cores: number;
  /** The most calls of one runtime at the same time, whatever the machine could do. */
  atOnce?: number;
  now(): number;
  /** Calls back regularly until the answer is called. */
  every(ms: number, tick: () => void): () => void;
  onProgress(progress: LoadProgress): void;
  /** How much memory all workers together may take; a guess when left out. */
  budgetBytes?: number;
};
