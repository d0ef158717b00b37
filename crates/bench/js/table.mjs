/** Prints a table as `cargo xtask bench` reads it: one line of JSON. */
export function print(columns, rows) {
  console.log(JSON.stringify({ columns, rows: rows.map((row) => row.map(String)) }));
}

/** The median of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Milliseconds with the unit that fits. */
export function time(ms) {
  if (ms < 1) return `${(ms * 1000).toFixed(ms < 0.1 ? 1 : 0)} µs`;
  if (ms < 1000) return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** `12,345` */
export function count(n) {
  return n.toLocaleString("en-US");
}

/** Bytes in thousands, as the web counts. */
export function size(bytes) {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
