import { createHash } from "node:crypto";

import { afterEach, expect, test, vi } from "vitest";

import { equipped, fetchPackage, keyed, withPackages, type PackageLock, type PackageNeeds } from "./packages";
import { fakeSkill } from "./test/fakes";
import type { Runtime } from "./registry";
import type { Engine, RunPayload } from "./types";

const file = (name: string, sha256 = name.repeat(8)) => ({ name, version: "1.0", file_name: `${name}-1.0-py3-none-any.whl`, sha256, size: 3 });
const lock: PackageLock = { info: {}, packages: { a: file("aa"), b: file("bb") } };
const payload = (code: string, type = "python-wasm"): RunPayload => ({
  workflow: { workflow_id: "w", name: "W", nodes: [], edges: [] },
  skills: { s: fakeSkill("s", { type, code }) },
});

function engine(load: string[], chooses = false): Engine {
  const needed = { s: { load, versions: load.map((name) => `${name}==1.0`), chooses } };
  return { Run: undefined as never, neededPackages: () => JSON.stringify(needed) };
}

afterEach(() => void vi.unstubAllGlobals());

test("a skill sees its packages and no others, and its key names their versions", async () => {
  const host = { lock: async () => lock };
  const { skills } = await withPackages(payload("import a"), engine(["a"]), host);
  expect(Object.keys(skills["s"]?.needs?.lock.packages ?? {})).toEqual(["a"]);
  expect(keyed(skills)["s"]).toMatchObject({ packages: ["a==1.0"] });
  expect(keyed(skills)["s"]).not.toHaveProperty("needs");
  const all = await withPackages(payload("import micropip"), engine(["a"], true), host);
  expect(Object.keys(all.skills["s"]?.needs?.lock.packages ?? {})).toEqual(["a", "b"]);
});

test("nobody is asked where nothing is imported", async () => {
  const asked = vi.fn(async () => lock);
  const given = [payload("x = 1"), payload("import x", "javascript")];
  expect(await Promise.all(given.map((one) => withPackages(one, engine([]), { lock: asked })))).toEqual(given);
  expect(asked).not.toHaveBeenCalled();
});

test("each set of packages has workers of its own", () => {
  const plain = { name: "python", title: "Python", pool: { busy: () => 2, live: 4, spare: 1, spareAfterMs: 0 } } as unknown as Runtime;
  const needs = (names: string[]): PackageNeeds => ({
    load: names,
    versions: [],
    chooses: false,
    lock: { info: {}, packages: Object.fromEntries(names.map((name) => [name, file(name)])) },
  });
  expect(equipped(plain, undefined)).toBe(plain);
  expect(equipped(plain, needs([]))).toBe(plain);
  const [one, same, other] = [["aa"], ["aa"], ["aa", "bb"]].map((names) => equipped(plain, needs(names)));
  expect(one).toMatchObject({ title: "Python with aa", base: plain });
  expect(one?.name).toBe(same?.name);
  expect(one?.name).not.toBe(other?.name);
});

test("a file whose hash is another one is refused", async () => {
  const content = new TextEncoder().encode("zip");
  vi.stubGlobal("fetch", async () => new Response(content));
  const sha256 = createHash("sha256").update(content).digest("hex");
  expect((await fetchPackage(file("good", sha256), "http://page.test/")).byteLength).toBe(3);
  await expect(fetchPackage(file("bad"), "http://page.test/")).rejects.toThrow("not the one that was kept: run `llmos packages verify`");
});
