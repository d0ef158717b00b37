/** Where a skill asks to be run. */

import type { ExecutableSkill, NodeError } from "./types";

/**
 * Why a skill is not run here, or `null` where it is. `hybrid` begins here;
 * `server-python` alone asks for another place.
 */
export function refusalOf({ skill_id, execution_mode }: ExecutableSkill): NodeError | null {
  if (execution_mode !== "server-python") return null;
  return {
    kind: "load",
    message: `\`${skill_id}\` asks for Python on the server, and no skill code runs there`,
    hint: "write `execution_mode: browser-wasm` into the skill, or leave the line out: then it runs here",
  };
}
