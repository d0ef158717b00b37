import { afterEach, expect, test, vi } from "vitest";

import { FrameSandbox } from "./sandbox";
import type { NodeError } from "./types";

afterEach(() => document.body.replaceChildren());

/** A sandbox whose frame says what the test says, looked at every 25 ms. */
async function setUp() {
  const lost = vi.fn<(error: NodeError) => void>();
  const sandbox = new FrameSandbox("", { onFault: () => undefined, onLost: lost });
  const frame = document.querySelector("iframe") as HTMLIFrameElement;
  const greet = vi.fn<(hello: unknown, origin: string, ports: MessagePort[]) => void>();
  Object.defineProperty(frame, "contentWindow", { value: { postMessage: greet } });
  frame.dispatchEvent(new Event("load"));
  const port = greet.mock.calls[0]?.[2][0] as MessagePort;
  const asked: number[] = [];
  port.onmessage = ({ data }: MessageEvent<{ t: string; n: number }>) => data.t === "ping" && asked.push(data.n);
  port.postMessage({ t: "connected" });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
  await settle();
  let now = 0;
  const pass = (ms: number): void => {
    for (const end = now + ms; now < end; ) sandbox.watch((now += 25));
  };
  return { lost, asked, pass, settle, answer: (n: number) => port.postMessage({ t: "pong", n }) };
}

test("a frame that a busy machine keeps waiting for fifteen seconds is not given up", async () => {
  const { lost, asked, pass, settle, answer } = await setUp();
  pass(16_000);
  await settle();
  expect(asked).toEqual([1]);
  answer(1);
  await settle();
  pass(15_000);
  expect(lost).not.toHaveBeenCalled();
});

test("a frame that stays silent is given up, and no reason is made up", async () => {
  const { lost, pass } = await setUp();
  pass(22_000);
  const error = lost.mock.calls[0]?.[0];
  expect(error).toMatchObject({ kind: "crashed" });
  expect(error?.message).toMatch(/^the sandbox did not answer for 20 seconds/);
  expect(error?.message).not.toMatch(/memory/);
});
