import { expect, test } from "vitest";

import type { Runtime } from "./registry";
import { workerBudget } from "./room";
import { Pool } from "./pool";
import type { Task } from "./task";
import { FakePage, fakeRuntime, settled } from "./test/fakes";

const MB = 2 ** 20;

function task(runtime: Runtime, group: string, log: string[]): Task {
  return {
    runtime, group, codeId: 1, code: "", file: "a.js", inputs: {}, lists: [], outputs: [], timeoutMs: 1_000, memoryMb: 64,
    onStart: () => log.push(`start ${group}`),
    onLog: () => undefined,
    onDone: () => log.push(`done ${group}`),
    onFail: ({ message }) => log.push(`fail ${message}`),
    onTimeout: () => log.push("timeout"),
  };
}

/** Two runtimes whose workers take 100 MB each, and room for two of them. */
async function setUp() {
  const page = new FakePage();
  const pool = new Pool({ ...page.poolPorts, budgetBytes: 200 * MB });
  const lane = (name: string) => fakeRuntime({ name, pool: { busy: () => 4, live: 4, spare: 0, spareAfterMs: 0, memoryMb: 100 } });
  const [python, spice] = [lane("python"), lane("spice")];
  const log: string[] = [];
  await Promise.all([pool.prepare(python), pool.prepare(spice)]);
  await settled();
  return { page, pool, python, spice, log };
}

test.each([
  [undefined, 1024],
  [0.5, 768],
  [8, 2048],
])("a machine of %s GB gives workers %i MB", (gigabytes, megabytes) => {
  expect(workerBudget(gigabytes)).toBe(megabytes * MB);
});

test("no more workers are started than there is memory for; those that wait go on when one is free", async () => {
  const { page, pool, python, log } = await setUp();
  for (const group of ["a", "a", "a"]) pool.submit(task(python, group, log));
  for (const { id } of page.workers) page.worker(id).ready();
  expect(page.living).toHaveLength(2);
  page.worker(page.living[0] ?? 0).done({});
  expect(log.filter((line) => line.startsWith("start"))).toHaveLength(3);
});

test("an idle worker of another runtime makes room", async () => {
  const { page, pool, python, spice, log } = await setUp();
  for (const group of ["a", "b"]) pool.submit(task(python, group, log));
  for (const { id } of page.workers) page.worker(id).ready();
  for (const id of page.living) if (page.worker(id).calls.length > 0) page.worker(id).done({});
  const before = page.living.length;
  pool.submit(task(spice, "s", log));
  for (const id of page.living) page.worker(id).ready();
  expect(log).toContain("start s");
  expect(page.living.length).toBeLessThanOrEqual(before);
});

test("a runtime gets its first worker even where everything is taken, and waits for the second", async () => {
  const { page, pool, python, spice, log } = await setUp();
  for (const group of ["a", "b"]) pool.submit(task(python, group, log));
  for (const { id } of page.workers) page.worker(id).ready();
  pool.submit(task(spice, "s", log));
  pool.submit(task(spice, "t", log));
  for (const id of page.living) page.worker(id).ready();
  expect(log.filter((line) => /start [st]/.test(line))).toEqual(["start s"]);
  for (const id of page.living.filter((one) => page.worker(one).calls.length > 0)) page.worker(id).done({});
  for (const id of page.living) page.worker(id).ready();
  expect(log).toContain("start t");
});
