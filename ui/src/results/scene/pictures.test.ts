// @vitest-environment node
import { expect, test } from "vitest";

import { Pictures } from "./pictures";

const HEAD = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const png = (...rest: number[]): Blob => new Blob([Uint8Array.from([...HEAD, ...rest])], { type: "text/html" });

test("one picture is taken for each that was asked for", async () => {
  const pictures = new Pictures();
  expect(await pictures.take(png(1))).toBeNull();
  pictures.ask();
  const [first, second] = await Promise.all([pictures.take(png(1)), pictures.take(png(2))]);
  expect([first?.size, first?.type, second]).toEqual([9, "image/png", null]);
});

test("what is no picture, or larger than any, is not taken", async () => {
  const pictures = new Pictures();
  const large = Object.defineProperty(png(), "size", { value: 2 ** 30 });
  for (const sent of [new Blob(["MZ"]), new Blob([]), large]) {
    pictures.ask();
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await pictures.take(sent)).toBeNull();
  }
  expect(await pictures.take(png())).toBeNull();
});
