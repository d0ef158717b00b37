import { expect, test } from "vitest";

import { eventData } from "./eventData";

async function read(pieces: readonly Uint8Array[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const all: string[] = [];
  for await (const data of eventData(body)) all.push(data);
  return all;
}

const bytes = new TextEncoder().encode(': awake\n\ndata: {"a":"Grüße 🌍"}\n\nevent: x\ndata: one\ndata:two\r\n\r\ndata: cut');

test("events are the same however the bytes are cut", async () => {
  const want = ['{"a":"Grüße 🌍"}', "one\ntwo"];
  expect(await read([bytes])).toEqual(want);
  expect(await read([...bytes].map((byte) => new Uint8Array([byte])))).toEqual(want);
});
