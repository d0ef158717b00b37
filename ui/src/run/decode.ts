/** Reads values that {@link Encoder} of `encode.ts`, or Python on the server, wrote as JSON. */

const NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };

/** The value that a piece of JSON stands for. What only looks like a mark is left as it is. */
export function decode(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  const entries = Object.entries(json);
  const [only] = entries;
  if (entries.length === 1 && only) {
    const [mark, inner] = only;
    if (mark === "$value" && typeof inner === "object" && inner !== null) return each(inner);
    if (typeof inner === "string") {
      if (mark === "$number" && Object.hasOwn(NUMBERS, inner)) return NUMBERS[inner];
      if (mark === "$bigint" && /^-?\d+$/.test(inner)) return BigInt(inner);
      if (mark === "$bytes") return Uint8Array.from(atob(inner), (char) => char.charCodeAt(0));
    }
  }
  return each(json);
}

function each(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, decode(item)]));
}
