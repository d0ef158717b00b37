import type { ExecutableSkill, Port, PortRef } from "../api/schema";
import type { Engine } from "../engine/engine";

/** An edge with one end on a port and the other in the air. */
export type Loose = { ref: PortRef; side: "input" | "output"; type: string };

/** A skill that can be added, and its port that the loose edge would end on. */
export type Offer = { skill: ExecutableSkill; port?: string };

/** The skills to offer: all of them, or those with a port for the loose edge. */
export function offersFor(engine: Engine, skills: readonly ExecutableSkill[], loose: Loose | undefined): Offer[] {
  if (!loose) return skills.map((skill) => ({ skill }));
  const offers = skills.flatMap((skill) => {
    const port = bestPort(engine, skill, loose);
    return port ? [{ skill, port: port.name, rank: rankOf(port, loose) }] : [];
  });
  // Among equals the order stays as the search gave it.
  return offers.toSorted((a, b) => a.rank - b.rank).map(({ skill, port }) => ({ skill, port }));
}

/** The port of a skill that fits best. */
function bestPort(engine: Engine, skill: ExecutableSkill, loose: Loose): Port | undefined {
  const ports = loose.side === "output" ? skill.inputs : skill.outputs;
  const fits = ({ type }: Port) =>
    (loose.side === "output" ? engine.canConnect(loose.type, type) : engine.canConnect(type, loose.type)).ok;
  return ports.filter(fits).toSorted((a, b) => rankOf(a, loose) - rankOf(b, loose))[0];
}

/** The same type before one that merely fits, what is required before what is not. */
function rankOf({ type, required }: Port, loose: Loose): number {
  return (type === loose.type ? 0 : type === "any" ? 4 : 2) + (loose.side === "output" && !required ? 1 : 0);
}
