/** Which rows somebody wants to see. */
import type { Column } from "../value";
import { cellText, isMissing, rawText } from "./columns";

/** `column` is an index, or -1 for any column. */
export type Filter = { column: number; text: string };

type Test = (value: unknown) => boolean;

const OPERATOR = /^\s*(!=|>=|<=|=|>|<)\s*(.*)$/;

/** Whether a row passes: it contains the text, or compares as in `> 5`, `!= Berlin`, `= ` (nothing). */
export function matcherOf(columns: readonly Column[], { column, text }: Filter): ((row: number) => boolean) | undefined {
  if (text.trim() === "") return undefined;
  const test = testOf(text);
  const searched = column === -1 ? columns : columns.slice(column, column + 1);
  return (row) => searched.some(({ values }) => test(values[row]));
}

function testOf(text: string): Test {
  const [, operator, wanted = ""] = OPERATOR.exec(text) ?? [];
  if (!operator) {
    const small = text.trim().toLowerCase();
    return (value) => !isMissing(value) && (cellText(value).toLowerCase().includes(small) || rawText(value).toLowerCase().includes(small));
  }
  const number = Number(wanted);
  const word = wanted.trim().toLowerCase();
  const isNumber = word !== "" && !Number.isNaN(number);
  const same: Test = (value) =>
    word === "" ? isMissing(value) : isNumber && typeof value === "number" ? value === number : rawText(value).toLowerCase() === word;
  switch (operator) {
    case "=":
      return same;
    case "!=":
      return (value) => !same(value);
    default:
      return (value) => {
        const order = isMissing(value) ? NaN : isNumber ? Number(value) - number : orderOf(rawText(value).toLowerCase(), word);
        if (operator === ">") return order > 0;
        if (operator === "<") return order < 0;
        return operator === ">=" ? order >= 0 : order <= 0;
      };
  }
}

function orderOf(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
