/**
 * The first code in a worker thread. It makes a realm of its own for the
 * runtime, runs the same script there that the page's sandbox runs, and then
 * takes everything off its own global object that leads out of the process.
 *
 * Skill code runs in the inner realm. No object of this one is handed into it,
 * except functions that take and give plain data; strings cannot be compiled to
 * code in either (`--disallow-code-generation-from-strings`), `import` finds
 * nothing, and what Node.js could still reach is cut off by its permission
 * model and by the wall around the process. See docs/guide/headless.md.
 */

import { randomFillSync } from "node:crypto";
import vm from "node:vm";
import { moveMessagePortToContext, workerData, type MessagePort as NodePort } from "node:worker_threads";

import { installContext } from "./context";
import { bytesIn, callIn, freezeIntrinsics, isOurs, numberIn, textIn } from "./crossing";
import type { InnerRealm, OuterRealm, Problem } from "./realm";

/** What a thread is started with. */
export type ThreadData = { source: string; port: NodePort };

/** Names of the language. Bound as constants, they are found without asking the realm's global object, which is slow. */
const INTRINSICS = (
  "Object Array Number String Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap WeakSet Promise Proxy Reflect " +
  "Error TypeError RangeError SyntaxError Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array " +
  "Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer DataView parseInt parseFloat isNaN isFinite"
).split(" ");

/** What of Node.js stays on the outer global object: the language, and nothing that reaches out. */
const WITHHELD = [
  "process", "require", "module", "global", "Buffer", "fetch", "Request", "Response", "Headers", "FormData", "WebSocket",
  "EventSource", "CloseEvent", "BroadcastChannel", "Worker", "navigator", "localStorage", "sessionStorage", "Storage",
  "MessageChannel", "setImmediate", "clearImmediate", "File", "Blob", "CompressionStream", "DecompressionStream",
];

const { setTimeout, setInterval, clearTimeout, clearInterval, performance, URL, TextDecoder, TextEncoder } = globalThis;

/** Set once the inner realm is there; nothing is loaded before. */
let inner: InnerRealm | null = null;

function outerRealm(context: vm.Context): OuterRealm {
  const encoder = new TextEncoder();
  const timers = new Map<number, NodeJS.Timeout>();
  let lastTimer = 0;
  return {
    now: () => performance.now(),
    timeOrigin: performance.timeOrigin,
    fillRandom: (bytes) => void randomFillSync(bytesIn(bytes)),
    encodeInto(text, bytes) {
      const { read, written } = encoder.encodeInto(textIn(text), bytesIn(bytes));
      return `${read} ${written}`;
    },
    decoder(label, fatal, ignoreBOM) {
      const decoder = new TextDecoder(textIn(label), { fatal: fatal === true, ignoreBOM: ignoreBOM === true });
      return (bytes, stream) => decoder.decode(bytes ? bytesIn(bytes) : undefined, { stream: stream === true });
    },
    setTimer(call, ms, repeat) {
      callIn(call);
      numberIn(ms);
      lastTimer += 1;
      const id = lastTimer;
      const run = (): void => {
        if (!repeat) timers.delete(id);
        call();
      };
      timers.set(id, repeat ? setInterval(run, ms) : setTimeout(run, ms));
      return id;
    },
    clearTimer(id) {
      const known = timers.get(id);
      clearTimeout(known);
      clearInterval(known);
      timers.delete(id);
    },
    load(text, name, done) {
      callIn(done);
      void loadModule(context, textIn(text), textIn(name)).then(
        (exports) => done(null, exports),
        (error: unknown) => done(problemOf(error, text, name)),
      );
    },
    parseUrl(text, base) {
      const at = base === null ? undefined : textIn(base);
      if (!URL.canParse(textIn(text), at)) return "";
      const url = new URL(text, at);
      const { href, origin, protocol, host, hostname, port, pathname, search, hash } = url;
      return [href, origin, protocol, host, hostname, port, pathname, search, hash].join("\n");
    },
  };
}

async function loadModule(context: vm.Context, text: string, name: string): Promise<Record<string, unknown>> {
  const words = (specifier: string): string => `\`${specifier}\` cannot be imported: a skill is one module`;
  const module = new vm.SourceTextModule(text, {
    context,
    identifier: name,
    initializeImportMeta: (meta) => {
      meta["url"] = `http://sandbox.invalid/${name}`;
    },
    // The error reaches skill code, so it must not be one of this realm.
    importModuleDynamically: ((specifier: string) => Promise.reject(inner?.error(words(specifier)))) as never,
  });
  await module.link(((specifier: string) => {
    throw new Error(words(specifier));
  }) as never);
  try {
    await module.evaluate();
  } catch (thrown) {
    throw isOurs(thrown) ? thrown : new Thrown(thrown);
  }
  return module.namespace as Record<string, unknown>;
}

/** What the code of a module threw, as it came. */
class Thrown {
  constructor(readonly value: unknown) {}
}

/** An error in words. */
function problemOf(error: unknown, text: string, name: string): Problem {
  if (error instanceof Thrown) return { name: "", message: "", place: "", thrown: error.value };
  const { name: kind = "Error", message = String(error) } = (error ?? {}) as Partial<Error>;
  return { name: kind, message, place: kind === "SyntaxError" ? placeOf(message, text, name) : "" };
}

/**
 * Where a text cannot be parsed. Of a module Node.js does not tell, of a script
 * it does: so the text is parsed again as one, its exports blanked out.
 */
function placeOf(message: string, text: string, name: string): string {
  const head = "(async () => {";
  const blanked = text.replace(/^([ \t;]*)export\s+(default\s+)?/gm, (all) => all.replace(/[^\s;]/g, " "));
  try {
    void new vm.Script(`${head}${blanked}\n})`, { filename: name });
    return "";
  } catch (error) {
    const { message: again, stack = "" } = error as Error;
    const [first = "", , marks = ""] = stack.split("\n");
    if (again !== message || !first.startsWith(`${name}:`)) return "";
    const line = first.slice(name.length + 1);
    const column = marks.indexOf("^") + 1 - (line === "1" ? head.length : 0);
    return `\n    at ${name}:${line}${column > 0 ? `:${column}` : ""}`;
  }
}

/** An error that nobody caught, as far as skill code may see it. */
function strayOf(reason: unknown): unknown {
  return isOurs(reason) ? inner?.error(String((reason as Partial<Error>).message ?? "an error of Node.js")) : reason;
}

function begin({ source, port }: ThreadData): void {
  const context = vm.createContext(Object.create(null) as object, {
    name: "skill",
    codeGeneration: { strings: false, wasm: true },
  });
  const install = vm.runInContext(`(${installContext.toString()})`, context) as typeof installContext;
  inner = install(outerRealm(context));
  vm.runInContext(`const { ${INTRINSICS.join(", ")} } = globalThis;`, context);
  process.on("unhandledRejection", (reason) => inner?.stray("unhandledrejection", strayOf(reason)));
  process.on("uncaughtException", (error) => inner?.stray("error", strayOf(error)));
  const innerPort = moveMessagePortToContext(port, context);
  vm.runInContext(source, context, { filename: "runtime.js" });
  const greet = vm.runInContext(
    `(port) => {
      port.onmessage = (event) => {
        port.onmessage = null;
        globalThis.onmessage({ data: { port, files: event.data.files } });
      };
      port.start();
    }`,
    context,
  ) as (port: unknown) => void;
  // The first of its kind warns that it is an experiment, which no longer works once all is frozen.
  const first = new vm.SourceTextModule("", { context });
  if (first.status !== "unlinked") throw new Error("Node.js cannot load modules from text");
  for (const name of WITHHELD) Reflect.deleteProperty(globalThis, name);
  freezeIntrinsics();
  greet(innerPort);
}

begin(workerData as ThreadData);
