/** Turns what a program printed as its result into values. */

import type { QType } from "./signature";

/**
 * Reads a result in the notation of Q#.
 *
 * `type` settles what the notation leaves open: a complex number is written
 * like a tuple, and a text without quotes.
 */
export function readResult(text: string, type: QType | null): unknown {
  if (type?.kind === "name" && type.name === "String") return text;
  return new Reader(text).value(type);
}

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  value(type: QType | null): unknown {
    const char = this.text[this.#at];
    if (char === "[") return this.#array(type?.kind === "array" ? type.item : null);
    if (char === "(") return this.#tuple(type);
    return scalar(this.#word(), type);
  }

  #array(item: QType | null): unknown {
    const items = this.#items("]", () => item);
    if (item?.kind !== "name" || item.name !== "Complex") return items;
    const numbers = items as { re: number; im: number }[];
    return { re: numbers.map(({ re }) => re), im: numbers.map(({ im }) => im) };
  }

  #tuple(type: QType | null): unknown {
    if (type?.kind === "name" && type.name === "Complex") {
      const [re, im] = this.#items(")", () => null);
      return { re, im };
    }
    const items = this.#items(")", (index) => (type?.kind === "tuple" ? (type.items[index] ?? null) : null));
    return items.length === 0 ? null : items;
  }

  #items(end: string, typeOf: (index: number) => QType | null): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    while (this.#at < this.text.length && this.text[this.#at] !== end) {
      items.push(this.value(typeOf(items.length)));
      if (this.text.startsWith(", ", this.#at)) this.#at += 2;
      else if (this.text[this.#at] === ",") this.#at += 1;
    }
    this.#at += 1;
    return items;
  }

  #word(): string {
    const rest = this.text.slice(this.#at);
    const length = /^[^,()[\]]*/.exec(rest)?.[0].length ?? 0;
    // A bracket inside of a text would stop here for ever.
    const taken = rest.slice(0, Math.max(length, 1));
    this.#at += taken.length;
    return taken;
  }
}

function scalar(word: string, type: QType | null): unknown {
  const name = type?.kind === "name" ? type.name : "";
  if (name === "String") return word;
  switch (word) {
    case "Zero":
      return 0;
    case "One":
      return 1;
    case "true":
    case "false":
      return word === "true";
    case "NaN":
      return Number.NaN;
    case "inf":
      return Infinity;
    case "-inf":
      return -Infinity;
    default:
      break;
  }
  if (!/^-?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(word)) return word;
  const number = Number(word);
  return Number.isInteger(number) && !Number.isSafeInteger(number) && !word.includes(".") ? BigInt(word) : number;
}

/** The measured bits of a result, registers apart; `null` where it has none. */
export function bitsOf(text: string): string | null {
  const registers = text.match(/\[(?:Zero|One|Loss|, )*\]|\b(?:Zero|One|Loss)\b/g);
  const bits = registers?.map((register) => (register.match(/Zero|One|Loss/g) ?? []).map((bit) => (bit === "Zero" ? "0" : bit === "One" ? "1" : "-")).join(""));
  const shown = bits?.filter((register) => register !== "").join(" ");
  return shown === undefined || shown === "" ? null : shown;
}
