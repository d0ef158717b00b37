/** Puts any value into words for a log line. Runs inside the sandbox. */
export function readable(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return readableView(value);
  try {
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `${item}n` : item)) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Shows the first numbers of a typed array. */
function readableView(view: ArrayBufferView): string {
  const name = Object.prototype.toString.call(view).slice(8, -1);
  if (view instanceof DataView) return `${name}(${view.byteLength})`;
  const items = Array.from(view as unknown as ArrayLike<number>).slice(0, 10);
  const length = (view as unknown as ArrayLike<number>).length;
  return `${name}(${length}) [${items.join(", ")}${length > 10 ? ", …" : ""}]`;
}
