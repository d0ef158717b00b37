import { expect, test } from "vitest";

import { fakeDrafts, sumWorkflow } from "../test/fakes";
import { createDrafts, draftKey, memoryMedium } from "./drafts";

const origin = { kind: "stored", volume: "user/ana", version: "v1" } as const;
const key = draftKey({ volume: "user/ana", id: "sums" });

test("a draft of a closed page is found, one of an open page is not", async () => {
  const medium = memoryMedium();
  await fakeDrafts("closed", medium).keep(key, sumWorkflow(), origin);
  await fakeDrafts("open", medium).keep(key, sumWorkflow(), origin);
  const left = await fakeDrafts("me", medium, ["open", "me"]).left(key);
  expect(left.map(({ page }) => page)).toEqual(["closed"]);
});

test("the newest draft comes first, and those of other workflows not at all", async () => {
  const medium = memoryMedium();
  const at = (page: string, time: number) => createDrafts(medium, page, async () => new Set(), () => time);
  await at("old", 1).keep(key, sumWorkflow(), origin);
  await at("new", 2).keep(key, sumWorkflow(), origin);
  await at("elsewhere", 3).keep("user/ana/other", sumWorkflow(), origin);
  expect((await fakeDrafts("me", medium).left(key)).map(({ page }) => page)).toEqual(["new", "old"]);
});

test("a page has one draft for a workflow, and can drop it", async () => {
  const drafts = fakeDrafts("me");
  await drafts.keep(key, sumWorkflow(), origin);
  await drafts.keep(key, { ...sumWorkflow(), name: "Later" }, origin);
  expect((await drafts.own(key))?.doc.name).toBe("Later");
  await drafts.dropOwn(key);
  expect(await drafts.own(key)).toBeUndefined();
});
