import type { PortRef } from "../api/schema";
import type { NodeOutputs } from "../run/types";

/** Where the outputs of what is shown are found, by the id of a node that ran. */
export type OutputsOf = (node: string) => NodeOutputs | undefined;

/** The outputs of a drawn node that stands for others: where each of its ports comes from. */
export type DrawnOutputs = ReadonlyMap<string, Readonly<Record<string, PortRef>>>;

/** The values that belong to what the board shows. */
export class Shown {
  constructor(
    readonly outputsOf: OutputsOf = () => undefined,
    /** Drawn nodes whose outputs are those of other nodes. */
    readonly drawn: DrawnOutputs = new Map(),
  ) {}

  /** One output of a node. */
  value(node: string, port: string): unknown {
    const ports = this.drawn.get(node);
    if (!ports) return this.outputsOf(node)?.port(port);
    const from = Object.hasOwn(ports, port) ? ports[port] : undefined;
    return from && this.outputsOf(from.node)?.port(from.port);
  }

  /** Every output of a node. */
  values(node: string): Readonly<Record<string, unknown>> | undefined {
    const ports = this.drawn.get(node);
    if (!ports) return this.outputsOf(node)?.whole();
    const found = Object.keys(ports).flatMap((port) => {
      const value = this.value(node, port);
      return value === undefined ? [] : [[port, value] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  /** The same values, with those of another run in front of them. */
  under(outputsOf: OutputsOf, drawn: DrawnOutputs): Shown {
    const { outputsOf: earlier } = this;
    return new Shown((node) => outputsOf(node) ?? earlier(node), new Map([...this.drawn, ...drawn]));
  }
}

/** The outputs of these nodes as they are now, whatever runs afterwards. */
export function frozen(nodes: Iterable<string>, outputsOf: OutputsOf): OutputsOf {
  const kept = new Map<string, NodeOutputs>();
  for (const node of nodes) {
    const outputs = outputsOf(node);
    if (outputs) kept.set(node, outputs);
  }
  return (node) => kept.get(node);
}

/** Values that are plain data, such as those of a trace. */
export function plainOutputs(values: Readonly<Record<string, unknown>>): NodeOutputs {
  return {
    port: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    whole: () => values,
  };
}
