import type { EdgeDoc, Finding, PortRef, WorkflowDoc } from "../api/schema";
import type { Engine, Skills } from "../engine/engine";
import { downstream } from "../run/part";
import { connect, findNode } from "./edits";
import { nodeSkill } from "./uses";

/** Whether an edge may be drawn, and if not, why. */
export type ConnectTry = { ok: true } | { ok: false; message: string; hint: string | null };

/** The declared type of a port, or `undefined` where the skill is not known. */
export function portType(
  doc: WorkflowDoc,
  skills: Skills,
  ref: PortRef,
  side: "inputs" | "outputs",
): string | undefined {
  const node = findNode(doc, ref.node);
  return node && nodeSkill(node, skills)?.[side].find((port) => port.name === ref.port)?.type;
}

/** Whether the two types fit; cheap enough to ask while the pointer moves. */
export function typesFit(engine: Engine, doc: WorkflowDoc, skills: Skills, edge: EdgeDoc): ConnectTry {
  const from = portType(doc, skills, edge.from, "outputs");
  const to = portType(doc, skills, edge.to, "inputs");
  if (from === undefined || to === undefined) {
    return { ok: false, message: "one of the two ports does not exist", hint: "check the skill of each node" };
  }
  const answer = engine.canConnect(from, to);
  return answer.ok
    ? { ok: true }
    : {
        ok: false,
        message: answer.message ?? `\`${from}\` does not fit into \`${to}\``,
        hint: answer.hint ?? null,
      };
}

/** Asks the engine whether the document would still be sound with the edge. */
export function tryConnect(engine: Engine, doc: WorkflowDoc, skills: Skills, edge: EdgeDoc): ConnectTry {
  const fit = typesFit(engine, doc, skills, edge);
  if (!fit.ok) return fit;
  const before = new Set(engine.checkWorkflow(doc, skills).map(identity));
  const after = engine.checkWorkflow(connect(doc, edge), skills);
  const fresh = after.find(
    (finding) => finding.severity === "error" && !before.has(identity(finding)),
  );
  return fresh ? { ok: false, message: fresh.message, hint: fresh.hint } : { ok: true };
}

/** The outputs of other nodes whose type fits an input, but for those that would close a circle. */
export function fittingOutputs(engine: Engine, doc: WorkflowDoc, skills: Skills, to: PortRef): PortRef[] {
  const fitting: PortRef[] = [];
  const after = downstream(doc.edges, [to.node]);
  for (const node of doc.nodes) {
    if (after.has(node.id)) continue;
    for (const port of nodeSkill(node, skills)?.outputs ?? []) {
      const from = { node: node.id, port: port.name };
      if (typesFit(engine, doc, skills, { from, to }).ok) fitting.push(from);
    }
  }
  return fitting;
}

/** The edge as people read it. */
export function edgeLabel(doc: WorkflowDoc, skills: Skills, edge: EdgeDoc): string {
  return `${portLabel(doc, skills, edge.from)} to ${portLabel(doc, skills, edge.to)}`;
}

/** A port as people read it: name of the node, then of the port. */
export function portLabel(doc: WorkflowDoc, skills: Skills, ref: PortRef): string {
  const node = findNode(doc, ref.node);
  const name = node ? (node.name ?? nodeSkill(node, skills)?.name ?? node.id) : ref.node;
  return `${name} › ${ref.port}`;
}

function identity({ code, node, port, message }: Finding): string {
  return [code, node, port, message].join("\n");
}
