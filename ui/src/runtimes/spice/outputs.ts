/**
 * Finds what an output port asks for among the vectors of the analyses, and
 * gives it the form that the port declares.
 *
 * `time`, `frequency` and `sweep` are what an analysis goes along; `v_out` is
 * the voltage of node `out`, `i_v1` the current through `v1`, and a name from
 * `.output` or `.meas` is what is defined there. `ac_v_out` is `v_out` of the
 * `.ac` analysis, for netlists with several.
 */

import type { DeclaredOutput } from "../../run/protocol";
import { ANALYSES } from "./check";
import { normal } from "./deck";
import { SpiceProblem } from "./problem";
import type { Plot, Vector } from "./raw";

/** The results of one analysis. */
export type Analysis = {
  /** `tran`, `ac`, `dc`, `op`, …; a second one of a kind is `tran2`. */
  name: string;
  kind: string;
  plot: Plot;
  /** Vectors that the netlist defines itself, by name. */
  derived: Map<string, Vector>;
};

/** Parts whose current the simulator keeps only when it is asked to. */
const CURRENTS: Record<string, string> = { r: "i", c: "i", d: "id", q: "ic", m: "id", j: "id", i: "current", b: "i", e: "i", h: "i" };

/** The extra currents that ports such as `i_r1` ask for. */
export function wantedCurrents(outputs: readonly DeclaredOutput[], parts: readonly string[]): string[] {
  const asked = new Set(outputs.map(({ name }) => normal(name).replace(new RegExp(`^(${ANALYSES.join("|")})_`), "")));
  return parts.flatMap((part) => {
    const kind = CURRENTS[part.slice(0, 1).toLowerCase()];
    const isBranch = /^[vlehb]/i.test(part);
    return kind !== undefined && !isBranch && asked.has(`i_${normal(part)}`) ? [`@${part.toLowerCase()}[${kind}]`] : [];
  });
}

/** Every declared output, in its form. */
export function outputsOf(outputs: readonly DeclaredOutput[], analyses: readonly Analysis[]): Record<string, unknown> {
  return Object.fromEntries(outputs.map((port) => [port.name, valueOf(port, analyses)]));
}

function valueOf(port: DeclaredOutput, analyses: readonly Analysis[]): unknown {
  const name = normal(port.name);
  const own = analyses.find((analysis) => name.startsWith(`${analysis.name}_`));
  const found = own ? lookUp(name.slice(own.name.length + 1), port, [own]) : null;
  const { analysis, vector } = found ?? lookUp(name, port, analyses) ?? noSuch(port, analyses);
  if (port.type === "table") return tableOf(vector ? [scaleOf(analysis), vector] : analysis.plot.vectors);
  if (port.type === "plot") return plotOf(analysis, vector ? [vector] : analysis.plot.vectors);
  if (vector) return formed(vector, port);
  throw new SpiceProblem(`the output \`${port.name}\` cannot be of type \`${port.type}\``, "declare it as `table` or `plot`");
}

type Found = { analysis: Analysis; vector: Vector | null };

function lookUp(name: string, port: DeclaredOutput, analyses: readonly Analysis[]): Found | null {
  const found: Found[] = [];
  for (const analysis of analyses) {
    const vector = analysis.derived.get(name) ?? named(name, analysis);
    if (vector) found.push({ analysis, vector });
  }
  const [first, ...others] = found;
  if (first && others.length > 0) {
    const names = found.map(({ analysis }) => `\`${analysis.name}_${name}\``).join(" or ");
    throw new SpiceProblem(`the output \`${port.name}\` is a result of several analyses`, `call the port ${names}`);
  }
  if (first) return first;
  // Everything at once, of the first analysis that has more than one point.
  if (name !== "waveforms" && name !== "plot") return null;
  const analysis = analyses.find(({ plot }) => plot.points > 1) ?? analyses[0];
  return analysis ? { analysis, vector: null } : null;
}

const SCALES: Record<string, readonly string[]> = { time: ["tran"], frequency: ["ac", "noise", "disto", "sp"], sweep: ["dc"] };

function named(name: string, analysis: Analysis): Vector | undefined {
  if (SCALES[name]?.includes(analysis.kind)) return scaleOf(analysis);
  const { vectors } = analysis.plot;
  return vectors.find((vector) => normal(shortName(vector)) === name) ?? vectors.find((vector) => normal(shortName(vector)) === `v_${name}`);
}

/** `v(out)` as `v_out`, the current `@r1[i]` or `i(@r1[i])` as `i_r1`. */
function shortName({ name }: Vector): string {
  const device = /@([\w.]+)\[\w+\]/.exec(name)?.[1];
  if (device !== undefined) return `i_${device}`;
  return name.replace(/^([vi])\((.*)\)$/, "$1_$2");
}

function noSuch(port: DeclaredOutput, analyses: readonly Analysis[]): never {
  const names = analyses.flatMap(({ derived, plot, kind }) => {
    const scale = Object.keys(SCALES).filter((name) => SCALES[name]?.includes(kind));
    return [...scale, ...derived.keys(), ...plot.vectors.slice(kind === "op" ? 0 : 1).map((vector) => normal(shortName(vector)))];
  });
  const known = [...new Set(names)].slice(0, 40).map((name) => `\`${name}\``).join(", ");
  const hint = `name the port after one of ${known}, or define \`${port.name}\` with a line \`.output ${port.name} = …\``;
  throw new SpiceProblem(`the netlist gives nothing for the output \`${port.name}\``, hint);
}

const scaleOf = ({ plot, kind }: Analysis): Vector => {
  const scale = plot.vectors[0] ?? { name: "", type: "", re: new Float64Array(), im: null };
  return kind === "dc" || !scale.im ? scale : { ...scale, im: null };
};

/** A vector as a number, a list, or a complex one of these. */
function formed({ name, re, im }: Vector, port: DeclaredOutput): unknown {
  const one = re.length === 1;
  const refuse = (what: string, hint: string): never => {
    throw new SpiceProblem(`the output \`${port.name}\` is declared as \`${port.type}\`, but ${name} ${what}`, hint);
  };
  switch (port.type) {
    case "number":
    case "integer":
      if (im) return refuse("is complex", `declare it as \`object\`, or take its magnitude: \`.output ${port.name} = mag(${name})\``);
      if (!one) return refuse(`has ${re.length} values`, "declare it as `array`, or pick a value with `.meas`");
      return re[0];
    case "array":
      if (im) return refuse("is complex", `declare it as \`object\`, or take its magnitude: \`.output ${port.name} = mag(${name})\``);
      return re;
    case "object":
      if (!im) return refuse("is real", one ? "declare it as `number`" : "declare it as `array`");
      return one ? { re: re[0], im: im[0] } : { re, im };
    case "any":
      if (im) return one ? { re: re[0], im: im[0] } : { re, im };
      return one ? re[0] : re;
    default:
      return refuse("is a list of numbers", "declare it as `array`, `table` or `plot`");
  }
}

function tableOf(vectors: readonly Vector[]): unknown {
  const columns = vectors.flatMap(({ name, re, im }, index) => {
    if (!im || index === 0) return [{ name, values: re }];
    return [{ name: `re ${name}`, values: re }, { name: `im ${name}`, values: im }];
  });
  return { columns };
}

function plotOf(analysis: Analysis, vectors: readonly Vector[]): unknown {
  const scale = scaleOf(analysis);
  const isDecibel = analysis.kind === "ac" && vectors.some(({ im }) => im);
  const shown = vectors.filter((vector) => vector.name !== scale.name && (vectors.length === 1 || vector.type === "voltage"));
  const series = shown.map(({ name, re, im }) => {
    const y = im && isDecibel ? re.map((value, index) => 20 * Math.log10(Math.hypot(value, im[index] ?? 0))) : re;
    return { name, kind: "line", x: scale.re, y };
  });
  const unit = { voltage: " (V)", current: " (A)", time: " (s)", frequency: " (Hz)" } as Record<string, string>;
  const types = new Set(shown.map(({ type }) => type));
  const quantity = types.size === 1 ? (shown[0]?.type ?? "") : "";
  return {
    title: analysis.plot.name,
    x_label: `${scale.name}${unit[scale.type] ?? ""}`,
    y_label: isDecibel ? "magnitude (dB)" : `${quantity}${unit[quantity] ?? ""}`,
    ...(scale.type === "frequency" ? { x_scale: "log" } : {}),
    series,
  };
}
