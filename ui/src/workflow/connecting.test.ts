import { expect, test } from "vitest";

import type { Finding } from "../api/schema";
import { fakeEngine, SKILLS, sumWorkflow } from "../test/fakes";
import { fittingOutputs, portLabel, tryConnect } from "./connecting";

const skills = Object.fromEntries(SKILLS.map((skill) => [skill.skill_id, skill]));
const doc = {
  ...sumWorkflow(),
  nodes: [...sumWorkflow().nodes, { id: "words", skill_id: "text", name: "Words", inputs: {} }],
};
const into = { node: "total", port: "b" };

test("only outputs whose type fits are offered", () => {
  expect(fittingOutputs(fakeEngine(), doc, skills, into)).toEqual([{ node: "first", port: "value" }]);
});

test("a refusal says why in the engine's words", () => {
  const answer = tryConnect(fakeEngine(), doc, skills, { from: { node: "words", port: "value" }, to: into });
  expect(answer).toEqual({
    ok: false,
    message: "`string` does not fit into `number`",
    hint: "put a node between the two",
  });
});

test("an edge that makes a new error is refused with that error", () => {
  const cycle: Finding = { severity: "error", code: "cycle", message: "a circle", hint: "remove one", path: ["first"] };
  const old: Finding = { severity: "error", code: "old", message: "was there", hint: null, node: "words" };
  const engine = fakeEngine(({ edges }) => (edges.length > 1 ? [old, cycle] : [old]));
  const answer = tryConnect(engine, doc, skills, { from: { node: "first", port: "value" }, to: into });
  expect(answer).toEqual({ ok: false, message: "a circle", hint: "remove one" });
});

test("an edge that fits is allowed", () => {
  expect(tryConnect(fakeEngine(), doc, skills, { from: { node: "first", port: "value" }, to: into })).toEqual({ ok: true });
});

test("a port that does not exist is refused", () => {
  const answer = tryConnect(fakeEngine(), doc, skills, { from: { node: "first", port: "nothing" }, to: into });
  expect(answer.ok).toBe(false);
});

test("a port is named after its node", () => {
  expect(portLabel(doc, skills, { node: "words", port: "value" })).toBe("Words › value");
  expect(portLabel(doc, skills, { node: "first", port: "value" })).toBe("Number › value");
});

test("an output that would close a circle is not offered", () => {
  const sums = sumWorkflow();
  const nodes = [...sums.nodes, { id: "last", skill_id: "sum", inputs: {} }];
  const edges = [...sums.edges, { from: { node: "total", port: "total" }, to: { node: "last", port: "a" } }];
  const offered = (node: string, name: string) =>
    fittingOutputs(fakeEngine(), { ...sums, nodes, edges }, skills, { node, port: name }).map((ref) => ref.node);
  expect(offered("total", "b")).toEqual(["first"]);
  expect(offered("last", "b")).toEqual(["first", "total"]);
});
