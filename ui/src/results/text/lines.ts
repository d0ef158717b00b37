/** A text as lines, without cutting it into pieces: only where they begin is kept. */
import type { Work } from "../table/order";

/** No line that is shown is longer; what is longer goes on in the next one. */
const MAX_LINE = 2_000;
const MAX_FOUND = 10_000;
const PER_STEP = 500_000;

export type Lines = {
  /** Where each line begins, and last where the text ends. */
  starts: Uint32Array;
  /** The number of each line in the text; a line that goes on has that of its beginning. */
  numbers: Uint32Array;
};

/** A place in a text that was looked for. */
export type Match = { at: number; length: number };

/** Where the lines of a text begin. */
export function linesOf(text: string): Lines {
  const starts: number[] = [0];
  const numbers: number[] = [1];
  let number = 1;
  let from = 0;
  while (from <= text.length) {
    const newline = text.indexOf("\n", from);
    const end = newline === -1 ? text.length : newline;
    for (let cut = from + MAX_LINE; cut < end; cut += MAX_LINE) {
      starts.push(cut);
      numbers.push(number);
    }
    if (newline === -1) break;
    from = newline + 1;
    number += 1;
    starts.push(from);
    numbers.push(number);
  }
  starts.push(text.length);
  return { starts: Uint32Array.from(starts), numbers: Uint32Array.from(numbers) };
}

/** One line, without its end. */
export function lineAt(text: string, { starts }: Lines, at: number): string {
  return text.slice(starts[at] ?? 0, starts[at + 1] ?? text.length).replace(/\r?\n$/, "");
}

/** The line in which a character stands. */
export function lineOf({ starts }: Lines, place: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Every place of a word, whatever its case. */
export function* findAll(text: string, wanted: string): Work<Match[]> {
  const found: Match[] = [];
  if (wanted === "") return found;
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  // In pieces that overlap, so that a large text does not keep the page.
  for (let from = 0; from < text.length && found.length < MAX_FOUND; from += PER_STEP) {
    const piece = text.slice(from, from + PER_STEP + wanted.length - 1);
    for (const { index } of piece.matchAll(pattern)) {
      if (found.length >= MAX_FOUND) break;
      found.push({ at: from + index, length: wanted.length });
    }
    yield from / text.length;
  }
  return found;
}
