import { expect, test } from "vitest";

import { blobFile, fakeBlobs } from "../test/fakeBlobs";
import { look } from "./look";

const bytes = (text: string) => new TextEncoder().encode(text);

async function seen(content: Uint8Array<ArrayBuffer>, about: Parameters<typeof blobFile>[1] = {}) {
  const file = blobFile("x", { size: content.length, ...about });
  return look(fakeBlobs([file], { [file.path]: content }), "user/ana", file);
}

test("a text is shown as the text that it is, whatever it is said to be", async () => {
  const html = bytes("<script>alert(1)</script>");
  expect(await seen(html, { media_type: "text/html" })).toEqual({
    seen: "file",
    value: { name: "x", mime: "text/html", text: "<script>alert(1)</script>" },
    bytes: null,
  });
  expect(await seen(bytes("a,b\n1,2\n"), { media_type: "text/csv" })).toMatchObject({ value: { mime: "text/csv", text: "a,b\n1,2\n" } });
});

test("of a long text its beginning is shown: whole lines of a table, and no half of a document", async () => {
  const long = bytes("1,äö\n".repeat(600_000));
  const table = await seen(long, { media_type: "text/csv" });
  expect(table).toMatchObject({ bytes: 2 << 20, value: { name: "x", mime: "text/csv" } });
  expect(table.seen === "file" && "text" in table.value && table.value.text.endsWith("1,äö\n")).toBe(true);
  const json = await seen(long, { media_type: "application/json" });
  expect(json).toMatchObject({ value: { name: "x (beginning)", mime: "text/plain" } });
});

test("pictures come whole or not at all, other bytes in part", async () => {
  const binary = new Uint8Array(100_000).fill(7);
  binary[3] = 0;
  expect(await seen(binary, { media_type: "image/png" })).toMatchObject({ bytes: null, value: { mime: "image/png" } });
  expect(await seen(binary, { media_type: "model/x" })).toMatchObject({ bytes: 64 << 10 });
  expect(await seen(binary, { media_type: "image/png", size: 17 << 20 })).toMatchObject({ seen: "nothing" });
});

test("what is empty or lies elsewhere is not asked for", async () => {
  expect(await seen(bytes(""))).toEqual({ seen: "nothing", why: "It is empty" });
  expect(await seen(bytes("text"), { is_here: false })).toMatchObject({ seen: "nothing" });
});
