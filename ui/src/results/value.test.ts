import { expect, test } from "vitest";

import { jsonParts, csvLine, tableCsv } from "./download";
import { bytes, formatNumber, summarise } from "./summary";
import { shapeOf } from "./value";

test.each([
  [undefined, "nothing"],
  [null, "scalar"],
  [1.5, "scalar"],
  ["text", "text"],
  ["data:image/png;base64,AA==", "image"],
  [{ series: [{ x: [1], y: new Float64Array(1) }] }, "plot"],
  [{ series: [{ x: 1 }] }, "tree"],
  [{ columns: [{ name: "a", values: [1] }] }, "table"],
  [{ columns: ["a"] }, "tree"],
  [{ name: "a.txt", mime: "text/plain", text: "" }, "file"],
  [{ name: "a.txt", mime: "text/plain" }, "tree"],
  [new Uint8Array(2), "bytes"],
  [new Float64Array(2), "tree"],
  [[1, 2], "tree"],
] as const)("%j is shown as %s", (value, shape) => expect(shapeOf(value).shape).toBe(shape));

test.each([
  [-1.13730603575, "-1.137306036"],
  [0.1 + 0.2, "0.3"],
  [1234567, "1,234,567"],
  [1e-9, "1e-9"],
  [0.000012, "1.2e-5"],
  [6.02214076e23, "6.022141e+23"],
  [NaN, "NaN"],
])("%d is written %s", (value, text) => expect(formatNumber(value)).toBe(text));

test.each([
  [{ columns: [{ name: "a", values: new Float64Array(1_000_000) }] }, "1 column · 1,000,000 rows"],
  [{ series: [{ x: [1, 2], y: [1, 2] }] }, "1 series · 2 points"],
  [new Float64Array(1_000_000), "1,000,000 items"],
  [[1, 2.5], "[1, 2.5]"],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "{a, b, c, d, …}"],
  ["one\ntwo", "one…"],
  [new Uint8Array(2048), "2.0 KB"],
])("a value is told in few words", (value, words) => expect(summarise(value)).toBe(words));

test("sizes are told in the unit that suits", () => {
  expect([bytes(10), bytes(1536), bytes(50 * 1024 * 1024)]).toEqual(["10 B", "1.5 KB", "50 MB"]);
});

test("JSON in parts is the same JSON", () => {
  const value = { a: [1, "x", null, { b: true }], c: "ü", d: undefined, e: {} };
  expect([...jsonParts(value)].join("")).toBe(JSON.stringify(value));
});

test("JSON of a long list comes in many parts", () => {
  const parts = [...jsonParts(new Float64Array(12_000))];
  expect(parts.length).toBeGreaterThan(3);
  expect(JSON.parse(parts.join(""))).toHaveLength(12_000);
});

test("CSV fields are quoted where they must be", () => {
  expect(csvLine(["a", 'say "hi"', "x,y", null, 1.5])).toBe('a,"say ""hi""","x,y",,1.5\r\n');
});

test("a table whose columns differ in length has empty cells", () => {
  const columns = [{ name: "a", values: [1, 2] }, { name: "b", values: ["x"] }];
  expect(tableCsv({ columns }).join("")).toBe("a,b\r\n1,x\r\n2,\r\n");
});

test("no text of a CSV is a formula for a spreadsheet; numbers stay", () => {
  const texts = ["=1+1", "+a", "-b", "@c", "\td", "-", '=A1,"x"', "a=b", "-1.5", "+2e-3", "-.5"];
  expect(csvLine(texts)).toBe(`'=1+1,'+a,'-b,'@c,'\td,'-,"'=A1,""x""",a=b,-1.5,+2e-3,-.5\r\n`);
  expect(csvLine([-1, -Infinity, 2n])).toBe("-1,-Infinity,2\r\n");
});
