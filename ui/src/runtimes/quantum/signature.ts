/** Finds in a Q# program what is to be run, and what it takes and gives. */

/** A type of Q#, as far as values of it can be handed in or out. */
export type QType =
  | { kind: "name"; name: string }
  | { kind: "array"; item: QType }
  | { kind: "tuple"; items: QType[] };

/** The operation or function that a node calls. */
export type Entry = {
  name: string;
  /** Its full name, with the namespace. */
  path: string;
  parameters: { name: string; type: QType; text: string }[];
  result: QType;
  /** The line that it begins on, counted from 1. */
  line: number;
};

const CALLABLE = /\b(?:operation|function)\s+([A-Za-z_]\w*)\s*(?:<[^>]*>\s*)?\(/g;

/** The one with `@EntryPoint`, else `Main`, else the only one there is. */
export function findEntry(code: string): Entry | null {
  const text = blanked(code);
  const found: (Entry & { marked: boolean })[] = [];
  for (const match of text.matchAll(CALLABLE)) {
    const [head, name = ""] = match;
    const open = match.index + head.length - 1;
    const close = closing(text, open);
    const result = /^\s*:\s*([^{]+?)\s*(?:\bis\b[^{]*)?\{/.exec(text.slice(close + 1))?.[1] ?? "Unit";
    found.push({
      name,
      path: `${namespaceAt(text, match.index)}.${name}`,
      parameters: parametersOf(text.slice(open + 1, close)),
      result: readType(result),
      line: text.slice(0, match.index).split("\n").length,
      marked: /@EntryPoint\s*\([^)]*\)\s*(?:internal\s+)?$/.test(text.slice(0, match.index)),
    });
  }
  const chosen = found.find(({ marked }) => marked) ?? found.find(({ name }) => name === "Main") ?? (found.length === 1 ? found[0] : undefined);
  return chosen ?? null;
}

/** The program without its marks for an entry point; every character stays where it is. */
export function withoutEntryMarks(code: string): string {
  return code.replaceAll(/@EntryPoint\s*\([^)]*\)/g, (mark) => mark.replaceAll(/\S/g, " "));
}

/** Comments and texts as spaces, so that they are not taken for code. */
function blanked(code: string): string {
  return code.replaceAll(/\/\/[^\n]*|"(?:\\.|[^"\\])*"/g, (part) => part.replaceAll(/[^\n]/g, " "));
}

function namespaceAt(text: string, at: number): string {
  const names = [...text.slice(0, at).matchAll(/\bnamespace\s+([\w.]+)\s*\{/g)];
  return names.at(-1)?.[1] ?? "main";
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")" && (depth -= 1) === 0) return at;
  }
  return text.length;
}

function parametersOf(text: string): Entry["parameters"] {
  return splitTop(text).flatMap((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) return [];
    const type = part.slice(colon + 1).trim();
    return [{ name: part.slice(0, colon).trim(), type: readType(type), text: type }];
  });
}

/** Reads a type, such as `(Int, Double[])[]`. */
export function readType(text: string): QType {
  const trimmed = text.trim();
  if (trimmed.endsWith("[]")) return { kind: "array", item: readType(trimmed.slice(0, -2)) };
  if (trimmed.startsWith("(") && trimmed.endsWith(")")) {
    const items = splitTop(trimmed.slice(1, -1)).map(readType);
    return items.length === 1 && items[0] ? items[0] : { kind: "tuple", items };
  }
  return { kind: "name", name: trimmed.split(".").at(-1) ?? trimmed };
}

/** Splits at commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at] ?? "";
    if (/[([]/.test(char)) depth += 1;
    else if (/[)\]]/.test(char)) depth -= 1;
    if (at === text.length || (char === "," && depth === 0)) {
      const part = text.slice(from, at).trim();
      if (part !== "") parts.push(part);
      from = at + 1;
    }
  }
  return parts;
}
