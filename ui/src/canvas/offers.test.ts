import { expect, test } from "vitest";

import { fakeEngine, port, skill } from "../test/fakes";
import { offersFor } from "./offers";

const engine = {
  ...fakeEngine(),
  canConnect: (from: string, to: string) => ({ ok: from === to || to === "any" || (from === "integer" && to === "number") }),
};
const skills = [
  skill("anything", [port("value", "any", { required: true })], []),
  skill("sum", [port("scale", "number"), port("a", "number", { required: true })], [port("total", "number")]),
  skill("count", [port("n", "integer", { required: true })], [port("n", "integer")]),
  skill("text", [port("text", "string")], [port("text", "string")]),
];
const loose = (side: "input" | "output", type: string) => ({ ref: { node: "x", port: "y" }, side, type });
const found = (side: "input" | "output", type: string) =>
  offersFor(engine, skills, loose(side, type)).map((offer) => `${offer.skill.skill_id}.${offer.port}`);

test("without an edge every skill is offered", () => {
  expect(offersFor(engine, skills, undefined)).toHaveLength(4);
});

test("an output is offered inputs that take it: its own type first, and what must have a value", () => {
  expect(found("output", "integer")).toEqual(["count.n", "sum.a", "anything.value"]);
});

test("an input is offered outputs that fit", () => {
  expect(found("input", "number")).toEqual(["sum.total", "count.n"]);
});
