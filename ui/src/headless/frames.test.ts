// @vitest-environment node
import { expect, test } from "vitest";

import { FrameReader, frame } from "./frames";

const messages = [{ t: "a" }, { text: "é\u2028😀" }, { list: Array.from({ length: 5_000 }, (_, i) => i) }, {}];

test.each([1, 2, 3, 7, 4_096, 1_000_000])("messages arrive whole, however the pipe cuts them: %i bytes at a time", (size) => {
  const bytes = Buffer.concat(messages.map(frame));
  const reader = new FrameReader();
  const read: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)));
  expect(read).toEqual(messages);
});
