import { expect, test } from "vitest";

import { SKILLS, sumWorkflow } from "../test/fakes";
import { firstInterface, possiblePorts, renamePort, togglePort } from "./interface";

const skills = Object.fromEntries(SKILLS.map((one) => [one.skill_id, one]));
const doc = sumWorkflow();
const b = { node: "total", port: "b" };

test("inputs that an edge feeds cannot be shown, outputs always can", () => {
  expect(possiblePorts(doc, skills, "inputs")).toEqual([{ node: "first", port: "value" }, b]);
  expect(possiblePorts(doc, skills, "outputs")).toEqual([{ node: "first", port: "value" }, { node: "total", port: "total" }]);
});

test("the first choice is what has a value or needs one, and what feeds nothing", () => {
  expect(firstInterface(doc, skills)).toEqual({
    inputs: [{ name: "value", node: "first", port: "value" }],
    outputs: [{ name: "total", node: "total", port: "total" }],
  });
});

test("a port is shown, named and hidden", () => {
  const shown = togglePort(firstInterface(doc, skills), "inputs", b);
  expect(shown.inputs.map(({ name }) => name)).toEqual(["value", "b"]);
  expect(renamePort(shown, "inputs", b, "offset").inputs[1]).toEqual({ name: "offset", ...b });
  expect(togglePort(shown, "inputs", b)).toEqual(firstInterface(doc, skills));
});

test("a name that is taken gets its node in front", () => {
  const nodes = [...doc.nodes, { id: "other", skill_id: "number", inputs: { value: 1 } }];
  expect(firstInterface({ ...doc, nodes }, skills).inputs.map(({ name }) => name)).toEqual(["first-value", "other-value"]);
  const taken = togglePort({ inputs: [{ name: "b", node: "first", port: "value" }], outputs: [] }, "inputs", b);
  expect(taken.inputs[1]?.name).toBe("total-b");
});
