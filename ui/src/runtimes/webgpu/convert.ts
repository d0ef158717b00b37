/** Carries values into buffers and back. What does not fit into 32 bits is refused by name. */

import { type Element, type Scalar, strideOf } from "./kernel";
import { Refusal } from "./refusal";

type Block = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

const BLOCKS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };
const RANGES: Record<Scalar, [number, number]> = {
  f32: [-3.4028234663852886e38, 3.4028234663852886e38],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
};

/** The numbers of an input, packed as a buffer wants them. */
export function toBlock(value: unknown, element: Element, name: string): Block {
  const flat = numbersOf(value, name);
  const { width, scalar } = element;
  if (flat.length % width !== 0) {
    throw new Refusal(`input \`${name}\` has ${flat.length} numbers, which are no whole number of vec${width}`, `give ${width} numbers for each element`);
  }
  const lanes = strideOf(element) / 4;
  const block = new BLOCKS[scalar]((flat.length / width) * lanes);
  const same = lanes === width && scalar === "f32" && flat instanceof Float32Array;
  if (same) {
    block.set(flat);
    return block;
  }
  const [least, most] = RANGES[scalar];
  for (let i = 0; i < flat.length; i += 1) {
    const number = flat[i] as number;
    const fits = scalar === "f32" ? !Number.isFinite(number) || Math.abs(number) <= most : Number.isInteger(number) && number >= least && number <= most;
    if (!fits) throw misfit(number, scalar, `${name}[${i}]`);
    block[Math.floor(i / width) * lanes + (i % width)] = number;
  }
  return block;
}

/** Writes one number or vector into a uniform. */
export function writeMember(view: DataView, offset: number, value: unknown, element: Element, name: string): void {
  const numbers = typeof value === "number" || typeof value === "boolean" ? [Number(value)] : numbersOf(value, name);
  if (numbers.length !== element.width) {
    const wanted = element.width === 1 ? "one number" : `${element.width} numbers`;
    throw new Refusal(`input \`${name}\` has ${numbers.length} numbers, and the kernel takes ${wanted}`, "give as many as its type has");
  }
  const block = toBlock(numbers, { scalar: element.scalar, width: 1 }, name);
  new Uint8Array(view.buffer).set(new Uint8Array(block.buffer), offset);
}

function misfit(number: number, scalar: Scalar, place: string): Refusal {
  const [least, most] = RANGES[scalar];
  const range = scalar === "f32" ? "a number of 32 bits, at most 3.4e38" : `a whole number from ${least} to ${most}`;
  return new Refusal(`input \`${place}\` is ${number}, and the kernel takes ${range}`, scalar === "f32" ? "scale the numbers" : "round or scale the numbers, or declare the buffer as f32");
}

/** The numbers of a list, of a typed array, or of a list of rows, in order. */
function numbersOf(value: unknown, name: string): ArrayLike<number> {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
      throw new Refusal(`input \`${name}\` holds integers of 64 bits`, "the graphics processor has 32: convert it to an `Int32Array` or a list of numbers");
    }
    return value as unknown as ArrayLike<number>;
  }
  if (typeof value === "number") return [value];
  if (!Array.isArray(value)) throw new Refusal(`input \`${name}\` is no list of numbers`, "connect a list, a typed array, or a list of rows");
  const list = value as unknown[];
  if (list.some((item) => Array.isArray(item) || ArrayBuffer.isView(item))) return list.flatMap((row, index) => Array.from(numbersOf(row, `${name}[${index}]`)));
  const wrong = list.findIndex((item) => typeof item !== "number");
  if (wrong >= 0) throw new Refusal(`input \`${name}[${wrong}]\` is no number`, "connect a list of numbers");
  return list as number[];
}

/** What a buffer holds, as a value: without padding, a single one as a number. */
export function fromBytes(bytes: ArrayBuffer, element: Element, single: boolean): number | Block | number[] {
  const { width, scalar } = element;
  const all = new BLOCKS[scalar](bytes);
  if (single && width === 1) return all[0] ?? 0;
  const lanes = strideOf(element) / 4;
  if (single) return Array.from(all.slice(0, width));
  if (lanes === width) return all;
  const count = all.length / lanes;
  const packed = new BLOCKS[scalar](count * width);
  for (let i = 0; i < count; i += 1) packed.set(all.subarray(i * lanes, i * lanes + width), i * width);
  return packed;
}
