import type { InterfaceDoc, OuterPortDoc, PortRef, WorkflowDoc } from "../api/schema";
import type { Skills } from "../engine/engine";
import { edgeInto, samePort } from "./edits";
import { nodeSkill } from "./uses";

type Side = "inputs" | "outputs";

/** The ports that a workflow may show as a node: inputs that no edge feeds, and every output. */
export function possiblePorts(doc: WorkflowDoc, skills: Skills, side: Side): PortRef[] {
  return doc.nodes.flatMap((node) =>
    (nodeSkill(node, skills)?.[side] ?? [])
      .map(({ name }) => ({ node: node.id, port: name }))
      .filter((ref) => side === "outputs" || !edgeInto(doc, ref)),
  );
}

/** A first choice: the outputs that feed nothing, and the inputs that need a value or have one of their own. */
export function firstInterface(doc: WorkflowDoc, skills: Skills): InterfaceDoc {
  const feeds = (ref: PortRef) => doc.edges.some(({ from }) => samePort(from, ref));
  const inputs = possiblePorts(doc, skills, "inputs").filter(({ node, port }) => {
    const found = doc.nodes.find(({ id }) => id === node);
    const declared = found && nodeSkill(found, skills)?.inputs.find(({ name }) => name === port);
    return declared?.required === true || (found !== undefined && port in found.inputs);
  });
  const outputs = possiblePorts(doc, skills, "outputs").filter((ref) => !feeds(ref));
  return { inputs: named(inputs, []), outputs: named(outputs, []) };
}

/** Shows a port, under a name that is free, or hides it. */
export function togglePort(now: InterfaceDoc, side: Side, ref: PortRef): InterfaceDoc {
  const ports = now[side];
  const without = ports.filter((one) => !samePort(one, ref));
  return { ...now, [side]: without.length < ports.length ? without : [...ports, ...named([ref], ports)] };
}

/** Gives a shown port another name. */
export function renamePort(now: InterfaceDoc, side: Side, ref: PortRef, name: string): InterfaceDoc {
  return { ...now, [side]: now[side].map((one) => (samePort(one, ref) ? { ...one, name } : one)) };
}

/** Names ports after themselves, with their node in front where that is taken. */
function named(refs: readonly PortRef[], taken: readonly OuterPortDoc[]): OuterPortDoc[] {
  const clash = ({ port }: PortRef) => refs.filter((ref) => ref.port === port).length > 1 || taken.some(({ name }) => name === port);
  return refs.map((ref) => ({ name: clash(ref) ? `${ref.node}-${ref.port}` : ref.port, ...ref }));
}
