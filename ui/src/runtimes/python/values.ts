/**
 * Carries values between the page's form and the one of `harness.py`: a JSON
 * text, and slots for what JSON cannot hold or holds too slowly. Runs inside
 * the sandbox.
 */

/** A place in a value that travels beside the JSON text. */
export type Slot = [path: (string | number)[], kind: string, data: unknown];

/** From this length on, a list of numbers travels as one block. */
const LIST_PACKED_FROM = 32;

/** The `array` type code of each typed array that Python can hold. */
const TYPE_CODES = new Map<string, string>([
  ["Int8Array", "b"],
  ["Int16Array", "h"],
  ["Uint16Array", "H"],
  ["Int32Array", "i"],
  ["Uint32Array", "I"],
  ["BigInt64Array", "q"],
  ["BigUint64Array", "Q"],
  ["Float32Array", "f"],
  ["Float64Array", "d"],
]);

/** Splits a value into its JSON text and its slots. */
export function pack(value: unknown): { text: string; slots: Slot[] } {
  const slots: Slot[] = [];
  const plain = packOne(value, [], slots);
  return { text: JSON.stringify(plain), slots };
}

function packOne(value: unknown, path: (string | number)[], slots: Slot[]): unknown {
  const slot = (kind: string, data: unknown): null => {
    slots.push([path, kind, data]);
    return null;
  };
  switch (typeof value) {
    case "number":
      return staysNumber(value) ? value : slot("float", pythonFloat(value));
    case "bigint":
      return slot("bigint", value.toString());
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return null;
  const complex = complexOf(value);
  if (complex) return slot(complex.kind, complex.data);
  if (value instanceof ArrayBuffer) return slot("bytes", new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    const code = TYPE_CODES.get(Object.prototype.toString.call(value).slice(8, -1));
    if (code !== undefined) return slot(code, value);
    return slot("bytes", new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (Array.isArray(value)) {
    const numbers = value.length >= LIST_PACKED_FROM ? numbersOf(value) : null;
    if (numbers) return slot(numbers.kind, numbers.data);
    return value.map((item: unknown, index) => packOne(item, [...path, index], slots));
  }
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(copy, key, {
      value: packOne(item, [...path, key], slots),
      enumerable: true,
    });
  }
  return copy;
}

/** `{re, im}` as one block: the two numbers, or those of two lists in turn. */
function complexOf(value: object): { kind: "complex" | "complexes"; data: Float64Array } | null {
  const { re, im } = value as { re?: unknown; im?: unknown };
  if (re === undefined || im === undefined || Object.keys(value).length !== 2) return null;
  if (typeof re === "number" && typeof im === "number") return { kind: "complex", data: new Float64Array([re, im]) };
  if (!isNumberList(re) || !isNumberList(im) || re.length !== im.length) return null;
  const data = new Float64Array(2 * re.length);
  for (let i = 0; i < re.length; i += 1) {
    data[2 * i] = re[i] as number;
    data[2 * i + 1] = im[i] as number;
  }
  return { kind: "complexes", data };
}

function isNumberList(value: unknown): value is ArrayLike<number> {
  if (Array.isArray(value)) return value.every((item) => typeof item === "number");
  return value instanceof Float64Array || value instanceof Float32Array;
}

/** The list as one block of numbers, or `null` when it holds anything else. */
function numbersOf(values: unknown[]): { kind: "ints" | "floats"; data: Float64Array } | null {
  let whole = true;
  const data = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (typeof value !== "number") return null;
    if (whole && (!Number.isSafeInteger(value) || Object.is(value, -0))) whole = false;
    data[i] = value;
  }
  return { kind: whole ? "ints" : "floats", data };
}

/** Whether JSON leads to the same number again; Python would read large whole ones as `int`. */
function staysNumber(value: number): boolean {
  if (Object.is(value, -0) || !Number.isFinite(value)) return false;
  return Number.isSafeInteger(value) || !Number.isInteger(value);
}

function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === 0) return "-0.0";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "inf" : "-inf";
}

/** What Python hands back: paths and kinds as JSON, the data beside. */
export type Packed = { text: string; paths: string; data: unknown[] };

/** Puts the value together again, and lists the buffers that may be moved. */
export function unpack({ text, paths, data }: Packed): { value: Record<string, unknown>; transfer: ArrayBuffer[] } {
  const value = JSON.parse(text) as Record<string, unknown>;
  const transfer: ArrayBuffer[] = [];
  const places = JSON.parse(paths) as [(string | number)[], string][];
  places.forEach(([path, kind], index) => {
    const item = restore(kind, data[index]);
    if (ArrayBuffer.isView(item)) transfer.push(item.buffer as ArrayBuffer);
    let place = value as Record<string | number, unknown>;
    for (const step of path.slice(0, -1)) place = place[step] as Record<string | number, unknown>;
    const last = path[path.length - 1];
    if (last !== undefined) place[last] = item;
  });
  return { value, transfer };
}

function restore(kind: string, data: unknown): unknown {
  if (kind === "bigint") return BigInt(data as string);
  if (kind === "float") return data === "nan" ? Number.NaN : data === "inf" ? Infinity : -Infinity;
  if (kind === "floats" || kind === "ints") return Array.from(data as Float64Array);
  return data;
}
