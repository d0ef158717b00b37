import { expect, test } from "vitest";

import { Parcels, partsOf, sendParts, takeOut, type Part } from "./parcel";

const MB = 2 ** 20;

/** A message as it arrives, through parts that arrive in any order. */
function carried<T extends object>(message: T, limit = Infinity, turn = (parts: Part[]) => parts): { value: T; whole: boolean } {
  const { value, blocks, places } = takeOut(message);
  const parcels = new Parcels(limit);
  for (const part of turn([...partsOf(7, blocks)])) parcels.take(structuredClone(part));
  const arrived = structuredClone(value);
  return { value: arrived, whole: parcels.putInto(7, arrived, places) };
}

const numbers = (n: number) => Float64Array.from({ length: n }, (_, i) => i / 3);

test("a small message is left as it is", () => {
  const message = { inputs: { a: numbers(10), b: "text" } };
  expect(takeOut(message)).toEqual({ value: message, blocks: [], places: [] });
  expect(takeOut(message).value).toBe(message);
});

test("large arrays come out as they went in, whatever the order of their parts", () => {
  const message = {
    outputs: { a: numbers(MB), table: { columns: [{ values: new Float32Array(3 * MB).fill(0.5) }] }, few: [1, 2] },
    lists: [{ path: ["b"], data: numbers(200_000) }],
  };
  const { value, whole } = carried(message, Infinity, (parts) => parts.toReversed());
  expect(whole).toBe(true);
  // Comparing each number in an assertion would take seconds.
  expect(value.outputs.a.every((item, i) => item === i / 3)).toBe(true);
  expect(value.outputs.a.length).toBe(MB);
  expect(value.outputs.table.columns[0]?.values).toBeInstanceOf(Float32Array);
  expect(value.outputs.table.columns[0]?.values.at(-1)).toBe(0.5);
  expect(value.lists[0]?.data.at(-1)).toBe(199_999 / 3);
  expect(value.outputs.few).toEqual([1, 2]);
  expect(message.outputs.a.length).toBe(MB);
});

test("no part is large, and the part of a larger buffer is all that travels", () => {
  const all = numbers(4 * MB);
  const parts = [...partsOf(1, [all.subarray(MB, 2 * MB + 1)])];
  expect(parts.map(({ data }) => data.byteLength)).toEqual([4 * MB, 4 * MB, 8]);
});

test("what is over the limit, missing, or meant for another place is not put in", () => {
  const message = { outputs: { a: numbers(3 * MB) } };
  expect(carried(message, 16 * MB).whole).toBe(false);
  expect(carried(message, Infinity, () => []).whole).toBe(false);
  const parcels = new Parcels(Infinity);
  const part: Part = { t: "part", id: 1, block: 0, bytes: 8, at: 0, data: new ArrayBuffer(8) };
  for (const places of [[["outputs", "__proto__", "x"]], [["toString"]], [["outputs", "a"]], ["outputs"], "outputs", [[]]]) {
    parcels.take(part);
    const root = { outputs: { a: 1 } };
    expect(parcels.putInto(1, root, places)).toBe(false);
    expect(root).toEqual({ outputs: { a: 1 } });
  }
  parcels.take({ ...part, at: 4 });
  parcels.take({ ...part, id: -1 });
  parcels.take({ t: "part" });
  expect(parcels.putInto(1, {}, undefined)).toBe(true);
});

test("parts of one message do not get into the next", () => {
  const parcels = new Parcels(Infinity);
  parcels.take({ t: "part", id: 1, block: 0, bytes: 8, at: 0, data: new ArrayBuffer(8) });
  expect(parcels.putInto(2, { a: new Uint8Array() }, [["a"]])).toBe(false);
});

test("nothing more is sent once nobody wants it", async () => {
  const sent: number[] = [];
  await sendParts(partsOf(1, [numbers(2 * MB)]), ({ at }) => sent.push(at), () => sent.length < 2);
  expect(sent).toEqual([0, 4 * MB]);
});
