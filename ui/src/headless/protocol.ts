/** What the `llmos` command and its Node.js host say to each other. */

import type { RunEvent, StartCommand } from "../run/engine";
import type { Needed, PackageLock } from "../run/packages";
import type { ExecutableSkill, LoadProgress, LogLine } from "../run/types";

/** The Python packages of a run; the files by their hash, in base64. */
export type PackageSupply = { needs: Record<string, Needed>; lock: PackageLock; files: Record<string, string> };

/** What the command asks for. */
export type Request =
  /** The skills of the run, by id. Comes first. */
  | { t: "skills"; skills: Record<string, ExecutableSkill>; packages?: PackageSupply }
  | { t: "start"; command: StartCommand }
  | { t: "stop"; node: string; attempt: number }
  /** The inputs and outputs of these nodes, as a trace holds them. */
  | { t: "report"; nodes: string[] }
  /** One output, whole, whatever its size. */
  | { t: "output"; node: string; port: string };

/** What the host answers. */
export type Notice =
  | { t: "hello"; protocol: number; node: string; runtime_versions: Record<string, string> }
  | { t: "event"; event: RunEvent; duration_ms?: number }
  | { t: "log"; node: string; lines: Pick<LogLine, "stream" | "text">[] }
  | { t: "progress"; progress: LoadProgress }
  | { t: "report"; nodes: Record<string, { inputs: Record<string, unknown>; outputs: Record<string, unknown> }> }
  | { t: "output"; value: unknown };

/** Changes when a message does: the two sides are always of one build. */
export const PROTOCOL = 2;
