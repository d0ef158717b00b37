import { expect, test } from "vitest";

import { FakePage, fakeRegistry, fakeSkill, settled } from "../run/test/fakes";
import type { StartCommand } from "../run/engine";
import { HeadlessHost } from "./host";
import type { Notice } from "./protocol";

function setUp() {
  const page = new FakePage();
  const notices: Notice[] = [];
  const host = new HeadlessHost({
    pool: page.pool(),
    registry: fakeRegistry(),
    tell: (notice) => notices.push(notice),
    after: () => () => undefined,
  });
  return { page, host, notices };
}

const start = (node: string, changes: Partial<StartCommand> = {}): StartCommand => ({
  type: "start",
  node,
  attempt: 1,
  skill_id: node,
  runtime: "javascript",
  literals: {},
  links: {},
  ...changes,
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a value goes from node to node without leaving the host, and is told when it is asked for", async () => {
  const { page, host, notices } = setUp();
  host.handle({ t: "skills", skills: { a: fakeSkill("a"), b: fakeSkill("b") } });
  host.handle({ t: "start", command: start("a", { literals: { x: 1 } }) });
  await settle();
  page.worker(1).ready();
  page.worker(1).done({ y: [1, 2] });
  expect(notices).toContainEqual(
    expect.objectContaining({ event: { type: "finished", node: "a", attempt: 1, outputs: { y: "array" } } }),
  );
  host.handle({ t: "start", command: start("b", { links: { in: { node: "a", port: "y" } } }) });
  await settle();
  const second = page.workers.find(({ id, calls }) => id !== 1 && calls.length === 0 && page.living.includes(id));
  second?.ready();
  const calls = page.workers.flatMap((worker) => worker.calls);
  expect(calls.map(({ inputs }) => inputs)).toContainEqual({ in: [1, 2] });
  host.handle({ t: "report", nodes: ["a", "nobody"] });
  expect(notices.at(-1)).toEqual({
    t: "report",
    nodes: { a: { inputs: { x: 1 }, outputs: { y: [1, 2] } }, nobody: { inputs: {}, outputs: {} } },
  });
});

test("a skill that was not delivered, of another type or for the server fails at once", async () => {
  const { host, notices } = setUp();
  host.handle({ t: "skills", skills: { odd: fakeSkill("odd", { type: "fortran" }), far: fakeSkill("far", { execution_mode: "server-python" }) } });
  for (const node of ["none", "odd", "far"]) host.handle({ t: "start", command: start(node) });
  await settled();
  const messages = notices.map((notice) => (notice.t === "event" && notice.event.type === "failed" ? notice.event.message : ""));
  expect(messages.filter(Boolean)).toEqual([
    "the skill `none` was not delivered with the workflow",
    "nothing here runs skills of type `fortran`",
    "`far` asks for the server, which runs Python only",
  ]);
});

test("a node that is stopped ends its worker", async () => {
  const { page, host } = setUp();
  host.handle({ t: "skills", skills: { a: fakeSkill("a") } });
  host.handle({ t: "start", command: start("a") });
  await settle();
  page.worker(1).ready();
  host.handle({ t: "stop", node: "a", attempt: 2 });
  expect(page.worker(1).killed).toBe(false);
  host.handle({ t: "stop", node: "a", attempt: 1 });
  expect(page.worker(1).killed).toBe(true);
});

test("packages come with the skills and are handed out by their hash", async () => {
  const { host } = setUp();
  const file = { name: "tiny", version: "1.0", file_name: "tiny-1.0-py3-none-any.whl", sha256: "ab", size: 3 };
  const needs = { a: { load: ["tiny"], versions: ["tiny==1.0"], chooses: false } };
  const packages = { needs, lock: { info: {}, packages: { tiny: file } }, files: { ab: btoa("zip") } };
  host.handle({ t: "skills", skills: { a: fakeSkill("a") }, packages });
  expect(new TextDecoder().decode(await host.packageFile(file))).toBe("zip");
  await expect(host.packageFile({ ...file, sha256: "cd" })).rejects.toThrow("did not come with the run");
});
