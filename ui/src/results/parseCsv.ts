import type { Column, Table } from "./value";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** CSV as a table: the first line has the names. Columns of numbers become numbers; empty cells are missing. */
export function parseCsv(text: string): Table {
  const separator = separatorOf(text);
  const [names = [], ...rows] = records(text.replace(/^\ufeff/, ""), separator);
  const columns = names.map((name, at): Column => {
    const cells = rows.map((row) => row[at] ?? "");
    const numeric = cells.some((cell) => cell !== "") && cells.every((cell) => cell === "" || NUMBER.test(cell.trim()));
    return { name: name || `column ${at + 1}`, values: cells.map((cell) => (cell === "" ? null : numeric ? Number(cell) : cell)) };
  });
  return { columns };
}

/** Comma, semicolon or tabulator: what the first line has most of. */
function separatorOf(text: string): string {
  const end = text.indexOf("\n");
  const line = end === -1 ? text : text.slice(0, end);
  const n = (char: string) => line.split(char).length;
  return [";", "\t"].reduce((best, char) => (n(char) > n(best) ? char : best), ",");
}

function records(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      [cell, at] = quoted(text, at);
    } else {
      const start = at;
      while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
      cell = text.slice(start, at);
    }
    row.push(cell);
    if (text[at] === separator) {
      at += 1;
      if (at < text.length && text[at] !== "\n" && text[at] !== "\r") continue;
      row.push("");
    }
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell in quotes, and where it ends. */
function quoted(text: string, from: number): [string, number] {
  let cell = "";
  let at = from + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end === -1) return [cell + text.slice(at), text.length];
    cell += text.slice(at, end);
    if (text[end + 1] !== '"') return [cell, end + 1];
    cell += '"';
    at = end + 2;
  }
}
