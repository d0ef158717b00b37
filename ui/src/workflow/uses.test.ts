import { expect, test } from "vitest";

import { skill } from "../test/fakes";
import { nodeSkill, skillKey, usedId, usedKey, usesOf } from "./uses";

test("a skill and a workflow of the same id are two things", () => {
  const own = skill("filter", [], []);
  const nested = skill("filter", [], [], { type: "workflow" });
  const skills = Object.fromEntries([own, nested].map((one) => [skillKey(one), one]));
  for (const one of [own, nested]) {
    expect(nodeSkill(usesOf(one), skills)).toBe(one);
    expect(usedKey(usesOf(one))).toBe(skillKey(one));
    expect(usedId(usesOf(one))).toBe("filter");
  }
});
