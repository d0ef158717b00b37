/**
 * Puts the inputs of a node into the `{{port}}` places of its netlist.
 *
 * An input stays inside its line: no text of it can begin another line, a
 * comment, an expression or a command of the simulator.
 */

import { SpiceProblem, type Place } from "./problem";

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const PORT_NAME = /^[A-Za-z_][\w-]*$/;

/** What a text input may consist of. */
const HARMLESS = /^[\w .,+\-*/^()=:#<>]*$/;

/** Longer lists make lines that the simulator reads slowly. */
const LIST_LIMIT = 20_000;

/** The netlist with every `{{port}}` filled in. */
export function fill(code: string, inputs: Readonly<Record<string, unknown>>): string {
  const lines = code.replace(/\r\n?/g, "\n").split("\n");
  return lines
    .map((text, index) => {
      const place = { line: index + 1, text: text.trim() };
      return text.replace(PLACEHOLDER, (_whole, port: string) => {
        if (!PORT_NAME.test(port)) {
          throw new SpiceProblem(`\`{{${port}}}\` names no input`, "write `{{` and `}}` around the name of an input", place);
        }
        if (!Object.hasOwn(inputs, port)) throw missing(port, inputs, place);
        return written(inputs[port], port, place);
      });
    })
    .join("\n");
}

function missing(port: string, inputs: Readonly<Record<string, unknown>>, place: Place): SpiceProblem {
  const known = Object.keys(inputs).map((name) => `\`${name}\``).join(", ") || "none";
  const hint = `connect or fill in \`${port}\`, or give it a default in the skill; values are there for: ${known}`;
  return new SpiceProblem(`there is no value for the input \`${port}\``, hint, place);
}

function written(value: unknown, port: string, place: Place): string {
  switch (typeof value) {
    case "number":
      if (Number.isFinite(value)) return String(value);
      throw new SpiceProblem(`the input \`${port}\` is ${value}, which no netlist can hold`, "give a finite number", place);
    case "bigint":
      return value.toString();
    case "boolean":
      return value ? "1" : "0";
    case "string":
      return harmless(value, port, place);
    default:
      return list(value, port, place);
  }
}

function harmless(text: string, port: string, place: Place): string {
  if (HARMLESS.test(text)) return text;
  const bad = [...text].find((char) => !HARMLESS.test(char)) ?? "";
  const shown = bad === "\n" || bad === "\r" ? "a line break" : `\`${bad}\``;
  const hint = "use letters, digits, spaces and . , + - * / ^ ( ) = : # < > _";
  throw new SpiceProblem(`the input \`${port}\` contains ${shown}, which a netlist input may not`, hint, place);
}

/** A list of numbers, or of pairs of them, one after the other: `pwl({{points}})`. */
function list(value: unknown, port: string, place: Place): string {
  const items = Array.isArray(value)
    ? value.flatMap((item: unknown) => (Array.isArray(item) || isTyped(item) ? Array.from(item as ArrayLike<unknown>) : [item]))
    : isTyped(value)
      ? Array.from(value)
      : null;
  if (!items || items.some((item) => typeof item !== "number" && typeof item !== "bigint")) {
    const hint = "give a number, a text, or a list of numbers";
    throw new SpiceProblem(`the input \`${port}\` cannot stand in a netlist`, hint, place);
  }
  if (items.length > LIST_LIMIT) {
    const hint = `give at most ${LIST_LIMIT} numbers: leave out points that lie on a line`;
    throw new SpiceProblem(`the input \`${port}\` has ${items.length} numbers`, hint, place);
  }
  return items.map((item) => written(item, port, place)).join(" ");
}

const isTyped = (value: unknown): value is ArrayLike<number | bigint> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
