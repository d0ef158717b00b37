import type { ExecutableSkill, Position } from "../api/schema";
import type { Workbench } from "../app/workbench";
import { tryConnect } from "../workflow/connecting";
import { usesOf } from "../workflow/uses";
import { addNodes, connect, moveNodes, remove } from "../workflow/edits";
import type { EdgeDoc } from "../api/schema";
import { type Clip, copyNodes, freshCopies } from "./clipboard";
import { layout } from "./layout";
import { freePlace, nodeSize } from "./measure";
import type { Loose } from "./offers";

type Parts = Pick<Workbench, "editor" | "engine" | "notices" | "canvas">;

/** Adds a node of a skill at a place, or in the middle of the view, and selects it. */
export function addSkill({ editor, engine, canvas }: Parts, skill: ExecutableSkill, at?: Position, step?: string): string {
  editor.know([skill]);
  const { doc } = editor.store.getState();
  const id = engine.newNodeId(doc.nodes.map((node) => node.id), skill.skill_id);
  const { width, height } = nodeSize(skill);
  const centre = canvas.handle?.centre() ?? { x: 0, y: 0 };
  const wanted = at ?? { x: centre.x - width / 2, y: centre.y - height / 2 };
  const position = freePlace(doc.nodes, wanted);
  editor.edit((now) => addNodes(now, [{ id, ...usesOf(skill), inputs: {}, position }]), step);
  editor.select([id]);
  return id;
}

/** Adds a node at the loose end of an edge and lets the edge end on one of its ports; one step of the history. */
export function addConnected(parts: Parts, skill: ExecutableSkill, at: Position, loose: Loose, port: string): void {
  const step = `connected ${loose.ref.node} ${loose.ref.port} ${at.x} ${at.y}`;
  const { width } = nodeSize(skill);
  const place = { x: loose.side === "output" ? at.x : at.x - width, y: at.y - 48 };
  const id = addSkill(parts, skill, place, step);
  const own = { node: id, port };
  addEdge(parts, loose.side === "output" ? { from: loose.ref, to: own } : { from: own, to: loose.ref }, step);
}

/** Draws an edge if the engine allows it, and says why if not. */
export function addEdge({ editor, engine, notices }: Parts, edge: EdgeDoc, step?: string): boolean {
  const { doc, skills } = editor.store.getState();
  const answer = tryConnect(engine, doc, skills, edge);
  if (!answer.ok) {
    notices.say({ tone: "error", message: answer.message, hint: answer.hint });
    return false;
  }
  editor.edit((now) => connect(now, edge), step);
  return true;
}

/** Removes the selected nodes. */
export function removeSelected({ editor }: Parts): void {
  const { selection } = editor.store.getState();
  editor.edit((now) => remove(now, selection));
}

/** What copying takes now. */
export function clipOf({ editor }: Parts): Clip | undefined {
  const { doc, selection } = editor.store.getState();
  return copyNodes(doc, selection);
}

/** Adds copies of a clip and selects them. */
export function paste({ editor, engine }: Parts, clip: Clip): void {
  const { nodes, edges } = freshCopies(clip, editor.store.getState().doc, engine);
  editor.edit((now) => addNodes(now, nodes, edges));
  editor.select(nodes.map((node) => node.id));
}

/** Places all nodes anew; `settle` when nobody asked for it. */
export async function arrange({ editor, engine, canvas }: Parts, settle = false): Promise<void> {
  const { doc, skills } = editor.store.getState();
  const places = await layout(doc, skills, engine);
  if (settle) {
    for (const { id, position } of doc.nodes) if (position) places.delete(id);
    editor.settle((now) => moveNodes(now, places));
  } else {
    editor.edit((now) => moveNodes(now, places));
  }
  requestAnimationFrame(() => canvas.handle?.showStart());
}
