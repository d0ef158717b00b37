import { expect, test } from "vitest";

import { fresh } from "./exchange";
import { rowsOf } from "./rows";

const said = (id: number, replaced = false) => ({ ...fresh(id, `q${id}`), replaced });

test("what was replaced is folded, and stands below its fold where that is open", () => {
  const exchanges = [said(1), said(2, true), said(3, true), said(4), said(5, true)];
  const keys = (open: string[]) => rowsOf(exchanges, new Set(open)).map(({ key }) => key);
  expect(keys([])).toEqual(["1", "fold-3", "4", "fold-5"]);
  expect(keys(["fold-3"])).toEqual(["1", "fold-3", "2", "3", "4", "fold-5"]);
  expect(rowsOf(exchanges, new Set())[1]).toMatchObject({ n: 2, open: false });
  expect(rowsOf([], new Set())).toEqual([]);
});
