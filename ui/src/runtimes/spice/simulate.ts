/** Carries one netlist through ngspice, and takes nothing on trust. */

/* oxlint-disable no-await-in-loop -- the simulator takes one command at a time */

import type { WorkerHost } from "../../run/protocol";
import { judge } from "./complaints";
import type { Deck, Derived } from "./deck";
import { EngineStopped, type Engine, type Printed } from "./engine";
import type { Analysis } from "./outputs";
import { SpiceProblem } from "./problem";
import { readRaw, type Plot } from "./raw";

const NETLIST = "/netlist.cir";
const RESULTS = "/results.raw";

/** What ngspice prints about every run. */
const BOILERPLATE = /^(Note: No compat|Circuit: |Doing analysis|Using SPARSE|Initial Transient|-+$|Node\s+Voltage|----\s|No\. of Data Rows|binary raw file|Last Node|Reducing|\S+\s+-?[\d.e+-]+$|llmos_\d+\s)/;

/** Runs every analysis of the netlist; throws a {@link SpiceProblem} when anything is wrong. */
export async function simulate(engine: Engine, deck: Deck, host: WorkerHost, seed: number): Promise<Analysis[]> {
  const ask = (command: string): Promise<Printed> => carryOut(engine, command, deck, host);
  engine.write(NETLIST, deck.text);
  await ask(`setseed ${seed}`);
  await ask(`source ${NETLIST}`);
  await ask("run");
  const analyses: Analysis[] = [];
  for (const plot of await plotNames(engine)) {
    const kind = plot.replace(/\d+$/, "");
    const sameKind = analyses.filter((analysis) => analysis.kind === kind).length;
    const name = sameKind === 0 ? kind : `${kind}${sameKind + 1}`;
    await ask(`setplot ${plot}`);
    for (const print of deck.prints) if (print.analysis === kind && sameKind === 0) await ask(print.command);
    const mine = deck.derived.filter(({ analysis }) => (analysis === null ? deck.analyses.length === 1 : analysis === kind));
    const shapes = sameKind === 0 ? await derive(engine, mine, deck, host) : new Map<string, Shape>();
    // What an analysis does not compute is there with no values, and then nothing can be written.
    const { out } = await engine.command("display");
    for (const line of out) {
      const empty = /^\s*(\S+)\s*:.*\b0 long/.exec(line)?.[1];
      if (empty !== undefined) await ask(`unlet ${empty}`);
    }
    await ask(`write ${RESULTS} all`);
    const read = readRaw(engine.take(RESULTS) ?? new Uint8Array()).find((candidate) => candidate.points > 0);
    analyses.push(separate({ name, kind, plot: believed(read, deck, kind), derived: new Map() }, mine, shapes));
  }
  checkComplete(analyses, deck);
  await ask("remcirc");
  await ask("destroy all");
  const order = (kind: string): number => deck.analyses.findIndex((analysis) => analysis.kind === kind);
  return analyses.toSorted((a, b) => order(a.kind) - order(b.kind));
}

/** A command whose complaints end the call; what else it prints goes to the node's log. */
async function carryOut(engine: Engine, command: string, deck: Deck, host: WorkerHost): Promise<Printed> {
  const printed = await engine.command(command).catch((error: unknown) => {
    if (error instanceof EngineStopped) judge(error.printed.err, deck);
    throw error;
  });
  for (const line of judge(printed.err, deck)) host.write("stderr", `${line}\n`);
  for (const line of printed.out) if (!BOILERPLATE.test(line)) host.write("stdout", `${line}\n`);
  return printed;
}

/** The plots that there are, the first analysis first. */
async function plotNames(engine: Engine): Promise<string[]> {
  const { out } = await engine.command("setplot");
  const names = out.flatMap((line) => /^(?:Current )?\s*([a-z]+\d+)\t/.exec(line)?.[1] ?? []);
  return names.reverse();
}

/** What a computed vector looks like; the file with the results does not tell. */
type Shape = { single: boolean; complex: boolean };

/** Computes what the netlist defines for an analysis. */
async function derive(engine: Engine, derived: readonly Derived[], deck: Deck, host: WorkerHost): Promise<Map<string, Shape>> {
  const shapes = new Map<string, Shape>();
  for (const { command, vector, place, name } of derived) {
    const { err } = await engine.command(command);
    const { out } = await engine.command(`display ${vector}`);
    const shape = /,\s*(real|complex),\s*(\d+) long/.exec(out.join("\n"));
    if (!shape) {
      const reason = err.map((line) => line.replaceAll(vector, name).replace(/^(Error|Warning[\w ]*):\s*/, "")).join("; ");
      throw new SpiceProblem(`\`${name}\` cannot be computed: ${reason || "no value"}`, "check the names of nodes and analysis, and whether the value is ever reached", place);
    }
    for (const line of judge(err, deck)) host.write("stderr", `${line}\n`);
    shapes.set(vector, { single: shape[2] === "1", complex: shape[1] === "complex" });
  }
  return shapes;
}

/** The results, once it is sure that they are those of this netlist. */
function believed(plot: Plot | undefined, deck: Deck, kind: string): Plot {
  const place = deck.analyses.find((analysis) => analysis.kind === kind)?.place;
  if (!plot || plot.vectors.length === 0) {
    throw new SpiceProblem("the analysis gave no results", "check its numbers, and what `.save` keeps", place);
  }
  if (plot.title !== deck.title.toLowerCase()) {
    throw new SpiceProblem("ngspice gave the results of another netlist", "run it again, and report this", place);
  }
  return plot;
}

/** Moves what the netlist defines out of the plot, under the names it has there. */
function separate(analysis: Analysis, derived: readonly Derived[], shapes: ReadonlyMap<string, Shape>): Analysis {
  for (const { vector, name } of derived) {
    const pattern = new RegExp(`\\b${vector}\\b`);
    const found = analysis.plot.vectors.find((candidate) => pattern.test(candidate.name));
    const shape = shapes.get(vector);
    if (!found || !shape) continue;
    const cut = (values: Float64Array): Float64Array => (shape.single ? values.slice(0, 1) : values);
    analysis.derived.set(name, { name, type: found.type, re: cut(found.re), im: found.im && shape.complex ? cut(found.im) : null });
  }
  analysis.plot.vectors = analysis.plot.vectors.filter(({ name }) => !/\bllmos_\d+\b/.test(name));
  return analysis;
}

function checkComplete(analyses: readonly Analysis[], deck: Deck): void {
  for (const { kind, place } of deck.analyses) {
    const wanted = deck.analyses.filter((other) => other.kind === kind).length;
    const given = analyses.filter((analysis) => analysis.kind === kind).length;
    if (given < wanted) throw new SpiceProblem(`the analysis \`.${kind}\` gave no results`, "check its numbers", place);
  }
  for (const { name, analysis, place } of deck.derived) {
    if (analyses.some(({ derived }) => derived.has(name))) continue;
    const hint = deck.analyses.length > 1 ? `say which analysis: \`.output ${deck.analyses[0]?.kind ?? "tran"} ${name} = …\`` : "use the analysis that the netlist asks for";
    throw new SpiceProblem(`\`${name}\` belongs to ${analysis === null ? "no analysis" : `\`.${analysis}\`, which the netlist does not ask for`}`, hint, place);
  }
}
