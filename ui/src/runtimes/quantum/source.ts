/**
 * The code of a skill with its `{{port}}` places filled in, and the way back:
 * the compiler counts in the text it got, people in the text they wrote.
 */

import { openqasmLiteral } from "./literals";
import { QuantumProblem } from "./problem";
import type { Position } from "./simulator";

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** A place that was filled in. */
type Filled = { line: number; from: number; length: number; written: number };

/** A program, and what of it was filled in. */
export type Source = {
  text: string;
  /** The lines as the skill has them. */
  lines: string[];
  /** Where a position of `text` is in the code of the skill. */
  original(position: Position): Position;
};

/** Fills every `{{port}}` of an OpenQASM program. */
export function fill(code: string, inputs: Readonly<Record<string, unknown>>): Source {
  const lines = code.replace(/\r\n?/g, "\n").split("\n");
  const places: Filled[] = [];
  const text = lines.map((line, index) => fillLine(line, index, inputs, places)).join("\n");
  return { text, lines, original: (position) => before(position, places) };
}

/** A program in which nothing is filled in. */
export function plain(code: string): Source {
  const text = code.replace(/\r\n?/g, "\n");
  return { text, lines: text.split("\n"), original: (position) => position };
}

function fillLine(line: string, index: number, inputs: Readonly<Record<string, unknown>>, places: Filled[]): string {
  let result = "";
  let at = 0;
  for (const match of line.matchAll(PLACEHOLDER)) {
    const [whole, port = ""] = match;
    if (!Object.hasOwn(inputs, port)) {
      const known = Object.keys(inputs).map((name) => `\`${name}\``).join(", ") || "none";
      const hint = `connect or fill in \`${port}\`, or give it a default in the skill; values are there for: ${known}`;
      throw new QuantumProblem(`line ${index + 1}: there is no value for the input \`${port}\`\n    ${line.trim()}`, hint);
    }
    const written = openqasmLiteral(inputs[port], port);
    result += line.slice(at, match.index);
    places.push({ line: index, from: result.length, length: whole.length, written: written.length });
    result += written;
    at = match.index + whole.length;
  }
  return result + line.slice(at);
}

function before({ line, character }: Position, places: readonly Filled[]): Position {
  let shift = 0;
  for (const place of places) {
    if (place.line !== line || place.from > character) continue;
    // Inside of what was filled in: its beginning is the nearest place there is.
    if (character < place.from + place.written) return { line, character: place.from + shift };
    shift += place.length - place.written;
  }
  return { line, character: character + shift };
}
