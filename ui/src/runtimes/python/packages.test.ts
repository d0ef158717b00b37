import { expect, test } from "vitest";

import type { PackageOrder } from "../../run/packages";
import { answerFrom, loadPackages, lockOf, NOWHERE, orderOf } from "./packages";

const order: PackageOrder = {
  load: ["tiny"],
  chooses: false,
  lock: {
    info: {},
    packages: {
      tiny: { name: "tiny", version: "1.0", file_name: "tiny-1.0-py3-none-any.whl", sha256: "ab", size: 3 },
    },
  },
};
const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const files = { "packages.json": bytes(JSON.stringify(order)), "tiny-1.0-py3-none-any.whl": bytes("zip") };

test("the order is among the files of a worker, or there is none", () => {
  expect(orderOf(files)).toEqual(order);
  expect(orderOf({})).toBeNull();
  expect(JSON.parse(lockOf(null))).toMatchObject({ info: { python: "3.14.2" }, packages: {} });
  expect(JSON.parse(lockOf(order))).toMatchObject({ packages: { tiny: { version: "1.0" } } });
});

test("Pyodide and micropip find the files that were handed in, and nothing else", async () => {
  const ask = (url: string): Response => answerFrom(files, order, url);
  expect(await ask(`${NOWHERE}tiny-1.0-py3-none-any.whl`).text()).toBe("zip");
  expect(await ask(`${NOWHERE}simple/tiny/`).json()).toMatchObject({
    files: [{ filename: "tiny-1.0-py3-none-any.whl", url: `${NOWHERE}tiny-1.0-py3-none-any.whl`, hashes: { sha256: "ab" } }],
  });
  expect(ask(`${NOWHERE}simple/tiny/`).headers.get("content-type")).toBe("application/vnd.pypi.simple.v1+json");
  for (const url of [`${NOWHERE}simple/other/`, `${NOWHERE}other.whl`, "https://pypi.org/simple/tiny/"]) {
    expect([url, ask(url).status]).toEqual([url, 404]);
  }
});

test("a package that is not there after loading is an error", async () => {
  const loader = (loaded: Record<string, string>) => ({
    loadPackage: (_names: string[], options: Record<string, unknown>) => {
      (options["errorCallback"] as (message: string) => void)("bad zip");
      return Promise.resolve();
    },
    loadedPackages: loaded,
    runPython: () => undefined,
  });
  await expect(loadPackages(loader({ tiny: "default channel" }), order)).resolves.toBeUndefined();
  await expect(loadPackages(loader({}), order)).rejects.toThrow("tiny cannot be unpacked: bad zip");
});
