import type { Workbench } from "../app/workbench";
import { findNode } from "../workflow/edits";
import { nodeSkill } from "../workflow/uses";

/** Opens the workflow that a node runs; answers whether it runs one. */
export function enterWorkflow({ editor, files, notices }: Pick<Workbench, "editor" | "files" | "notices">, id: string): boolean {
  const { doc, skills } = editor.store.getState();
  const node = findNode(doc, id);
  if (!node?.workflow) return false;
  const volume = nodeSkill(node, skills)?.volume;
  if (volume === undefined) {
    notices.say({ tone: "error", message: `nobody has the workflow \`${node.workflow}\``, hint: "save one under this id, or take another node" });
    return true;
  }
  void files.enter({ at: "workflow", volume, id: node.workflow });
  return true;
}
