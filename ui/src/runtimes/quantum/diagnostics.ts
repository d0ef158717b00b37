/** Puts the compiler's errors into words, with the place in the skill's code. */

import { QuantumProblem } from "./problem";
import type { CompilerError, Position } from "./simulator";
import type { Source } from "./source";

/** How many errors are shown: the first ones cause most of the others. */
const SHOWN = 5;

/** What to do about an error, by its code. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/EntryPoint/, "add `operation Main() : … { … }`, or mark one with `@EntryPoint()`"],
  [/Resolve\.NotFound|UndefinedSymbol/, "check the spelling; names of the library need `import`, such as `import Std.Diagnostics.*;`, or `include \"stdgates.inc\";` in OpenQASM"],
  [/TyMismatch|Cast|InvalidType/, "make both sides the same type; a number with a fraction needs a point, as in `1.0`"],
  [/Parse/, "look just before this place for a missing bracket, semicolon or name"],
  [/ReleasedQubitNotZero/, "reset or measure the qubit with `Reset`, `ResetAll` or `MResetZ` before it goes out of scope"],
  [/QubitUniqueness/, "give each qubit of a gate only once"],
  [/IndexOutOfRange|Index/, "count from 0, and stay below the length"],
  [/DivZero/, "check the divisor first"],
  [/UserFail/, "the program ends itself with `fail` here"],
  [/resolve include/, "there are no files to include but `stdgates.inc`, `qelib1.inc` and `qdk.inc`"],
  [/gate (call|expects)|Gate/, "give the gate the angles and qubits that it takes, and include `stdgates.inc`"],
];

/** The errors of a compilation or of a run as one problem. */
export function problemOf(errors: readonly CompilerError[], source: Source): QuantumProblem {
  const seen = new Set<string>();
  const texts: string[] = [];
  let hint: string | undefined;
  for (const error of errors) {
    const { text, help } = worded(error, source);
    if (seen.has(text)) continue;
    seen.add(text);
    texts.push(text);
    hint ??= help;
  }
  const more = texts.length - SHOWN;
  const message = [...texts.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  return new QuantumProblem(message, hint ?? "correct the program at this place");
}

function worded({ document, diagnostic, stack }: CompilerError, source: Source): { text: string; help: string | undefined } {
  const [what = "", ...helps] = diagnostic.message.split(/\n+\s*help:\s*/);
  const known = HINTS.find(([pattern]) => pattern.test(`${diagnostic.code ?? ""} ${what}`))?.[1];
  const help = helps.length > 0 ? helps.join("; ") : known;
  const calls = callsOf(stack ?? "", source);
  const own = /^main\./.test(document);
  const start = own ? source.original(diagnostic.range.start) : calls[0];
  if (!start) return { text: what, help };
  const line = source.lines[start.line] ?? "";
  const end = own ? source.original(diagnostic.range.end) : { line: start.line, character: line.length };
  const width = end.line === start.line ? end.character - start.character : line.trimEnd().length - start.character;
  const mark = `${" ".repeat(start.character)}${"^".repeat(Math.min(Math.max(width, 1), 80))}`;
  const trail = calls.length > 1 ? calls.map((call) => `    in ${call.name}, line ${call.line + 1}, column ${call.character + 1}`) : [];
  return { text: [`line ${start.line + 1}, column ${start.character + 1}: ${what}`, `    ${line}`, `    ${mark}`, ...trail].join("\n"), help };
}

/** The calls that led to an error, the innermost first, without those inside of the library. */
function callsOf(stack: string, source: Source): (Position & { name: string })[] {
  const calls = [...stack.matchAll(/^\s*at (\S+) in main\.\w+:(\d+):(\d+)/gm)];
  return calls.slice(0, 8).map(([, name = "", line = "1", column = "1"]) => ({
    name,
    ...source.original({ line: Number(line) - 1, character: Number(column) - 1 }),
  }));
}
