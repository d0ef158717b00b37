/**
 * Reads from WGSL what the host must know: buffers, entry points and
 * directives. It is no compiler; whatever it does not know it leaves to the
 * real one, and says so where a buffer is of a kind that no value can fill.
 */

import { Refusal } from "./refusal";

/** What one element is made of. */
export type Scalar = "f32" | "i32" | "u32";
export type Element = { scalar: Scalar; width: 1 | 2 | 3 | 4 };

/** One member of a uniform, at its place. */
export type Member = { name: string; element: Element; offset: number };

/** A variable that the host fills or reads. */
export type Buffer = { name: string; group: number; binding: number; line: number } & (
  | { space: "storage"; access: "read" | "read_write"; element: Element; count: number | "any" | "one" }
  | { space: "uniform"; members: Member[]; isStruct: boolean; bytes: number }
);

/** A function that is run. */
export type Entry = { name: string; size: [string, string, string]; line: number };

/** Lines that begin with `//!`. */
export type Directives = {
  sizes: Map<string, string>;
  /** By entry point; `""` is for all. */
  threads: Map<string, string[]>;
  workgroups: Map<string, string[]>;
};

export type Kernel = { buffers: Buffer[]; entries: Entry[]; directives: Directives; constants: Map<string, number> };

const BUFFER_HINT = "a storage buffer is `array<T>` or one `T`, where T is f32, i32, u32, a vector of them, or an atomic";

/** Reads a kernel. */
export function readKernel(code: string): Kernel {
  const plain = withoutComments(code);
  const directives = directivesOf(code);
  const constants = new Map<string, number>();
  for (const [, name = "", value = ""] of plain.matchAll(/\bconst\s+(\w+)\s*(?::\s*\w+\s*)?=\s*(\d+)[ui]?\s*;/g)) constants.set(name, Number(value));
  const structs = new Map<string, string>();
  for (const [, name = "", body = ""] of plain.matchAll(/\bstruct\s+(\w+)\s*\{([^{}]*)\}/g)) structs.set(name, body);
  return { buffers: buffersOf(plain, structs, constants), entries: entriesOf(plain), directives, constants };
}

/** The text with comments blanked out, so that places stay what they are. */
export function withoutComments(code: string): string {
  let text = "";
  let depth = 0;
  for (let i = 0; i < code.length; i += 1) {
    const pair = code.slice(i, i + 2);
    if (depth === 0 && pair === "//") {
      const end = code.indexOf("\n", i);
      const stop = end < 0 ? code.length : end;
      text += " ".repeat(stop - i);
      i = stop - 1;
    } else if (pair === "/*" || (depth > 0 && pair === "*/")) {
      depth += pair === "/*" ? 1 : -1;
      text += "  ";
      i += 1;
    } else text += depth > 0 && code[i] !== "\n" ? " " : code[i];
  }
  return text;
}

const VARIABLE = /\bvar\s*<\s*(storage|uniform)\s*(?:,\s*(\w+)\s*)?>\s*(\w+)\s*:\s*([^;{}]{1,2000});/g;

/**
 * What stands between a declaration and whatever ends before it, so its
 * attributes. Nothing before `after` is looked at, so a text is read once.
 */
function headOf(plain: string, index: number, after: number): string {
  let from = index;
  while (from > after && !";{}".includes(plain.charAt(from - 1))) from -= 1;
  return plain.slice(from, index);
}

function buffersOf(plain: string, structs: ReadonlyMap<string, string>, constants: ReadonlyMap<string, number>): Buffer[] {
  const buffers: Buffer[] = [];
  let after = 0;
  for (const found of plain.matchAll(VARIABLE)) {
    const [, space, access = "read", name = "", type = ""] = found;
    const attributes = headOf(plain, found.index, after);
    after = found.index;
    const line = lineAt(plain, found.index);
    const [group, binding] = [attribute(attributes, "group"), attribute(attributes, "binding")];
    if (group === null || binding === null) {
      throw new Refusal(`line ${line}: \`${name}\` has no place`, "write `@group(0) @binding(0)` with numbers of its own before `var`");
    }
    const place = { name, group, binding, line };
    if (space === "uniform") {
      buffers.push({ ...place, space, ...uniformOf(squeezed(type), structs, name, line) });
      continue;
    }
    if (access !== "read" && access !== "read_write") throw new Refusal(`line ${line}: \`${name}\` is neither \`read\` nor \`read_write\``, "write `var<storage, read>` for an input, `var<storage, read_write>` for an output");
    buffers.push({ ...place, space: "storage", access, ...storageOf(squeezed(type), constants, name, line) });
  }
  return buffers;
}

/** With single spaces, as a pattern may try each of them. */
function squeezed(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

function attribute(text: string, name: string): number | null {
  const found = new RegExp(`@${name}\\s*\\(\\s*(\\d+)[ui]?\\s*\\)`).exec(text);
  return found ? Number(found[1]) : null;
}

function storageOf(type: string, constants: ReadonlyMap<string, number>, name: string, line: number): { element: Element; count: number | "any" | "one" } {
  const list = /^array\s*<\s*(.+?)\s*(?:,\s*(\w+)\s*)?>$/.exec(type);
  const element = elementOf(list?.[1] ?? type);
  if (!element) throw new Refusal(`line ${line}: \`${name}\` is \`${type}\`, which no value fits`, BUFFER_HINT);
  if (!list) return { element, count: "one" };
  if (list[2] === undefined) return { element, count: "any" };
  const count = constants.get(list[2]) ?? Number.parseInt(list[2], 10);
  if (!(count > 0)) throw new Refusal(`line ${line}: the length \`${list[2]}\` of \`${name}\` is unknown`, "write a number, or a `const` with a number");
  return { element, count };
}

function elementOf(type: string): Element | null {
  const bare = /^atomic\s*<\s*([iu]32)\s*>$/.exec(type)?.[1] ?? type;
  if (bare === "f32" || bare === "i32" || bare === "u32") return { scalar: bare, width: 1 };
  const vector = /^vec([234])\s*(?:<\s*([fiu]32)\s*>|([fiu]))$/.exec(bare);
  if (!vector) return null;
  const scalar = (vector[2] ?? `${vector[3] ?? ""}32`) as Scalar;
  return { scalar, width: Number(vector[1]) as 2 | 3 | 4 };
}

/** How many bytes lie between two elements of an array. */
export function strideOf({ width }: Element): number {
  return width === 3 ? 16 : 4 * width;
}

function alignOf({ width }: Element): number {
  return width === 3 ? 16 : 4 * width;
}

function uniformOf(type: string, structs: ReadonlyMap<string, string>, name: string, line: number): { members: Member[]; isStruct: boolean; bytes: number } {
  const single = elementOf(type);
  if (single) return { members: [{ name, element: single, offset: 0 }], isStruct: false, bytes: 16 };
  const body = structs.get(type);
  const hint = "a uniform is f32, i32, u32, a vector of them, or a struct of such members";
  if (body === undefined) throw new Refusal(`line ${line}: the uniform \`${name}\` is \`${type}\`, which no value fits`, hint);
  const members: Member[] = [];
  let at = 0;
  for (const part of splitTop(body, "(<", ")>")) {
    const found = /^(?:@[^:]*\s)?\s*(\w+)\s*:\s*(.+?)\s*$/s.exec(squeezed(part));
    if (!found) continue;
    const [, member = "", memberType = ""] = found;
    const element = elementOf(memberType);
    if (!element) throw new Refusal(`line ${line}: the member \`${member}\` of \`${name}\` is \`${memberType}\`, which no value fits`, hint);
    const align = alignOf(element);
    at = Math.ceil(at / align) * align;
    members.push({ name: member, element, offset: at });
    at += 4 * element.width;
  }
  return { members, isStruct: true, bytes: Math.max(16, Math.ceil(at / 16) * 16) };
}

function entriesOf(plain: string): Entry[] {
  const entries: Entry[] = [];
  let after = 0;
  for (const { index, 1: name = "" } of plain.matchAll(/\bfn\s+(\w+)/g)) {
    const attributes = headOf(plain, index, after);
    after = index;
    if (!/@compute\b/.test(attributes)) continue;
    const size = /@workgroup_size\s*\(([^)@]*)\)/.exec(attributes)?.[1]?.split(",").map((part) => part.trim()).filter(Boolean) ?? [];
    entries.push({ name, size: [size[0] ?? "1", size[1] ?? "1", size[2] ?? "1"], line: lineAt(plain, index - attributes.trimStart().length) });
  }
  if (entries.length === 0) {
    throw new Refusal("the code has no function to run", "write `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { … }`");
  }
  return entries;
}

const DIRECTIVE = /^[ \t]*\/\/!(.*)$/gm;

function directivesOf(code: string): Directives {
  const directives: Directives = { sizes: new Map(), threads: new Map(), workgroups: new Map() };
  for (const found of code.matchAll(DIRECTIVE)) {
    const text = (found[1] ?? "").trim();
    const parts = /^(size|threads|workgroups)(?:\s+(\w+)|\s*\(\s*(\w+)\s*\))?\s*=\s*(.+)$/.exec(text);
    const [, what, bare, bracketed, formula = ""] = parts ?? [];
    const name = bare ?? bracketed ?? "";
    if (!parts || (what === "size") !== (name !== "") && what === "size") {
      const line = lineAt(code, found.index ?? 0);
      throw new Refusal(`line ${line}: \`//! ${text}\` is no directive`, "write `//! size c = rows * cols`, `//! threads = cols, rows` or `//! workgroups = 4`");
    }
    if (what === "size") directives.sizes.set(name, formula);
    else directives[what as "threads" | "workgroups"].set(name, splitTop(formula));
  }
  return directives;
}

/** Parts between commas that stand in no brackets. */
function splitTop(text: string, opening = "(", closing = ")"): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const char of text) {
    depth += opening.includes(char) ? 1 : closing.includes(char) ? -1 : 0;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
