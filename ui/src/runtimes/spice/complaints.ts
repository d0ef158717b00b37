/**
 * Understands what ngspice prints when something is wrong.
 *
 * It has no error codes: it prints, and often goes on. So everything it says
 * that is not known to be harmless ends the call, and the line of the netlist
 * is looked up from the number or the text that it quotes.
 */

import { placeOf } from "./check";
import type { Deck } from "./deck";
import { SpiceProblem, type Place } from "./problem";

/** Said in passing; not worth a line in the node's log. */
const CHATTER = /^(Note: (No compatibility|Starting|Dynamic|True|Transient op)|Using SPARSE|Warning: can't find the initialization file)/;

/** Warnings after which the results are still those of the netlist. */
const BEARABLE = /^(Note:|Warning: (Value of resistor|vbs|.*has no value)|.*: has no value)/i;

/** A sign that a line was dropped or not understood. */
const SUSPICIOUS = /error|fatal|not a valid|unknown|undefined|invalid|illegal|can't|cannot|could not|missing|ignored|unrecognized|mismatch|too few|too many|not found|no such|assumes|unusual|replaced|syntax|abort|failed/i;

type Reader = (match: RegExpExecArray, deck: Deck) => SpiceProblem;

/** What ngspice prints, over several lines, and what it means. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/Netlist line no\. (\d+):\n\s*Undefined parameter \[([^\]]*)\]/, ([, line, name], deck) =>
    new SpiceProblem(`there is no parameter \`${name ?? ""}\``, `add a line such as \`.param ${name ?? "x"}=1\`, or correct the name`, placeAt(line, "", deck))],
  [/Netlist line no\. (\d+):\n\s*(?:Misplaced operator\n.*\n)?\s*(.*)/, ([, line, what = ""], deck) =>
    new SpiceProblem(`an expression cannot be read: ${what.replace(/^Expression err:\s*/, "").replace(/\}$/, "")}`, "check operators and parentheses between the braces", placeAt(line, "", deck))],
  [/YYparse error, (.*), in expression: parsing stopped at line (\d+)/, ([, what, line], deck) =>
    new SpiceProblem(`an expression cannot be read: ${what ?? ""}`, "check operators and parentheses", placeAt(line, "", deck))],
  [/unknown subckt: (.*)/, ([, text = ""], deck) =>
    new SpiceProblem("the subcircuit is not defined", "add it with `.subckt` and `.ends`", placeAt(undefined, text, deck))],
  [/'(.*)' is not a valid (.*?)(?: instance)? line, ignored/, ([, text = "", noun], deck) =>
    new SpiceProblem(`this is no valid ${noun ?? ""}`, "check its nodes and its value", placeAt(undefined, text, deck))],
  [/Warning, ngspice assumes default.*\n\s*Check your input line '(.*)'/, ([, text = ""], deck) =>
    new SpiceProblem("a number here makes no sense", "write `.ac dec 20 1 1meg`: points per decade, then from and to, all above zero", placeAt(undefined, text, deck))],
  [/can't find model '(.*)' from line\n\s*(.*)/, ([, model, text = ""], deck) =>
    new SpiceProblem(`\`${model ?? ""}\` is neither a number nor a model of the netlist`, "write a number, or add a `.model` line", placeAt(undefined, text, deck))],
  [/model type mismatch in line\n\s*(.*)/, ([, text = ""], deck) =>
    new SpiceProblem("the model belongs to another kind of part", "correct the type in its `.model` line", placeAt(undefined, text, deck))],
  [/Error on line (\d+).*\n\s*(.*)\n\s*(.*)/, ([, line, text = "", what = ""], deck) =>
    new SpiceProblem(worded(what), hintFor(what), placeAt(line, text, deck))],
  [/singular matrix:\s*check nodes? (\S+)/, ([, node = ""], deck) => singular(node.toLowerCase(), deck)],
  [/Fatal error: (.*)/, ([, what = ""], deck) => fatal(what, deck)],
  [/doAnalyses: *(?:\w+: *)?(.*[Tt]imestep too small.*|.*convergence.*|.*iteration limit.*)/, ([, what = ""], deck) => noConvergence(what, deck)],
  [/Transient op failed|source stepping failed/, (_match, deck) => noConvergence("", deck)],
  [/strtod: Invalid argument/, (_match, deck) => {
    const lines = deck.netlist.models.map(({ line }) => line).join(", ");
    return new SpiceProblem(`a model has a parameter that is not known, or no number where one belongs (\`.model\` on line ${lines})`, "check the names of the model's parameters", deck.netlist.models[0] && placeOf(deck.netlist.models[0]));
  }],
  [/doAnalyses: *(?:\w+: *)?(.*)/, ([, what = ""], deck) => new SpiceProblem(`the analysis failed: ${what}`, undefined, deck.analyses[0]?.place)],
];

/** Throws what is wrong; gives the lines that are worth showing when nothing is. */
export function judge(errors: readonly string[], deck: Deck): string[] {
  const lines = errors.filter((line) => !CHATTER.test(line));
  const text = lines.join("\n");
  for (const [pattern, read] of READERS) {
    const match = pattern.exec(text);
    if (match) throw read(match, deck);
  }
  const bad = lines.find((line) => SUSPICIOUS.test(line) && !BEARABLE.test(line));
  if (bad !== undefined) throw new SpiceProblem(`ngspice says: ${lines.join(" ").trim()}`, undefined, placeAt(undefined, bad, deck));
  return lines;
}

/** Finds the line that ngspice quotes: its text tells more than its number. */
function placeAt(line: string | undefined, text: string, { netlist }: Deck): Place | undefined {
  const cards = [...netlist.elements, ...netlist.dots];
  const wanted = squeezed(text);
  const byText = wanted === "" ? undefined : cards.find((card) => squeezed(card.text) === wanted || wanted.includes(squeezed(card.text)));
  const found = byText ?? (line === undefined ? undefined : cards.find((card) => card.line === Number(line)));
  return found && placeOf(found);
}

const squeezed = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, " ").trim();

function singular(node: string, { netlist }: Deck): SpiceProblem {
  const device = node.replace(/#branch$/, "");
  if (device !== node) {
    const element = netlist.elements.find(({ name }) => name.toLowerCase() === device);
    const hint = "put a small resistor in series: voltage sources and inductors must not form a loop";
    return new SpiceProblem(`the circuit has no solution: \`${device}\` is in a loop of voltage sources or inductors`, hint, element && placeOf(element));
  }
  const touching = netlist.elements.filter(({ nodes, scope }) => scope === "" && nodes.includes(node));
  const lines = touching.map(({ line }) => line).join(", ");
  const what = `the circuit has no solution: nothing sets the voltage of node \`${node}\`${lines ? ` (lines ${lines})` : ""}`;
  const hint = `give \`${node}\` a path to ground that conducts, such as \`rleak ${node} 0 1g\`, or correct the node's name`;
  return new SpiceProblem(what, hint, touching[0] && placeOf(touching[0]));
}

function fatal(what: string, { netlist, analyses }: Deck): SpiceProblem {
  const words = what.toLowerCase().match(/[\w.#]+/g) ?? [];
  const element = netlist.elements.find(({ name }) => words[0] === name.toLowerCase());
  const analysis = analyses.find(({ kind }) => (kind === "dc" ? /^DC Transfer/i.test(what) : false));
  return new SpiceProblem(worded(what), hintFor(what), element ? placeOf(element) : analysis?.place);
}

function noConvergence(what: string, { netlist, analyses }: Deck): SpiceProblem {
  const node = /node "?([^"\s]+)"?/.exec(what)?.[1]?.toLowerCase();
  const at = /time = ([\d.e+-]+)/.exec(what)?.[1];
  const touching = netlist.elements.filter(({ nodes }) => node !== undefined && nodes.includes(node));
  const place = touching[0] ? placeOf(touching[0]) : analyses[0]?.place;
  const trouble = `${node === undefined ? "" : ` at node \`${node}\``}${at === undefined ? "" : `, at ${at} s`}`;
  const hint = "check values and polarity there; start from `.ic`, take a smaller step, or relax `.options reltol=0.01`";
  return new SpiceProblem(`the simulation does not converge${trouble}`, hint, place);
}

function worded(what: string): string {
  const text = what.trim().replace(/[.,\s]+$/, "");
  return /^[A-Z][a-z]/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;
}

function hintFor(what: string): string {
  if (/unknown parameter/i.test(what)) return "check the spelling, and that nothing stands after the value that does not belong there";
  if (/modelname/i.test(what)) return "add a `.model` line of the kind that this part needs";
  if (/TSTEP|TSTOP/i.test(what)) return "write `.tran step stop`, as in `.tran 10u 10m`";
  if (/already exists/i.test(what)) return "give the part another name";
  if (/is not in the circuit|controlling source|no such/i.test(what)) return "name a part that is in the netlist";
  return "correct this line";
}
