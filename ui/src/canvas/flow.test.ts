import { expect, test } from "vitest";

import type { Finding } from "../api/schema";
import { SKILLS, sumWorkflow } from "../test/fakes";
import { drawnPorts, findingsOf, toFlowEdges, toFlowNodes } from "./flow";

const skills = Object.fromEntries(SKILLS.map((skill) => [skill.skill_id, skill]));
const doc = sumWorkflow();

test("a node that did not change stays the same object", () => {
  const before = toFlowNodes([], doc, skills, new Set());
  const moved = { ...doc, nodes: doc.nodes.map((node) => (node.id === "first" ? { ...node, position: { x: 5, y: 5 } } : node)) };
  const after = toFlowNodes(before, moved, skills, new Set());
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).toBe(before[1]);
});

test("a node is named after its skill until it has a name", () => {
  const named = { ...doc, nodes: doc.nodes.map((node) => ({ ...node, name: "Mine" })) };
  expect(toFlowNodes([], doc, skills, new Set()).map(({ ariaLabel }) => ariaLabel)).toEqual(["Number", "Sum"]);
  expect(toFlowNodes([], named, skills, new Set())[0]?.ariaLabel).toBe("Mine");
});

test("an edge says what it joins and has the type of its output", () => {
  const [edge] = toFlowEdges(doc, skills, new Set());
  expect(edge?.ariaLabel).toBe("Edge from Number › value to Sum › a");
  expect(edge?.data?.type).toBe("number");
});

test("a port that only an edge names is drawn all the same", () => {
  expect(drawnPorts(doc, "total", "inputs", {}).map(({ name }) => name)).toEqual(["a"]);
  expect(drawnPorts(doc, "total", "inputs", skills).map(({ name }) => name)).toEqual(["a", "b"]);
});

test("a finding about a cycle is shown at each of its nodes", () => {
  const cycle: Finding = { severity: "error", code: "cycle", message: "", hint: null, path: ["first", "total"] };
  const findings = [cycle];
  expect(findingsOf(findings, "total")).toEqual([cycle]);
  expect(findingsOf(findings, "other")).toEqual([]);
});
