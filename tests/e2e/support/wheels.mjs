// Brings the wheels that the tests of packages use: `node tests/e2e/support/wheels.mjs`.
//
// They come from the package index that pip is configured for, are kept in
// `target/wheels`, and are fetched once. pip compares them with the hashes below.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(fileURLToPath(import.meta.url), "../../../..");

/** The folder that the wheels are kept in. */
export const WHEELS = path.join(process.env["CARGO_TARGET_DIR"] ?? path.join(repository, "target"), "wheels");

/** Pure wheels, and one that is compiled for Pyodide. */
const WANTED = {
  "mpmath-1.3.0-py3-none-any.whl": ["mpmath==1.3.0", "a0b2b9fe80bbcd81a6647ff13108738cfb482d481d826cc0e02f5b35e5c88d2c"],
  "sympy-1.14.0-py3-none-any.whl": ["sympy==1.14.0", "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5"],
  "python_flint-0.9.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl": [
    "python-flint==0.9.0",
    "b31f5c00e0e36040ab58d00b3025156e20869b990d776e4bf90f870b1ee11ad3",
  ],
  "micropip-0.11.1-py3-none-any.whl": ["micropip==0.11.1", "768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3"],
};

const PLATFORM = ["--python-version", "3.14", "--implementation", "cp", "--abi", "cp314", "--platform", "pyemscripten_2026_0_wasm32"];

/** Fetches what is missing. */
export function fetchWheels() {
  const isThere = (file) => fs.existsSync(path.join(WHEELS, file));
  if (Object.keys(WANTED).every(isThere)) return;
  fs.mkdirSync(WHEELS, { recursive: true });
  const list = path.join(WHEELS, "requirements.txt");
  fs.writeFileSync(list, Object.values(WANTED).map(([name, sha256]) => `${name} --hash=sha256:${sha256}\n`).join(""));
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", WHEELS];
  execFileSync("python3", [...args, ...PLATFORM, "--requirement", list], { stdio: ["ignore", "ignore", "inherit"] });
  const missing = Object.keys(WANTED).filter((file) => !isThere(file));
  if (missing.length > 0) throw new Error(`pip did not bring ${missing.join(", ")}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) fetchWheels();
