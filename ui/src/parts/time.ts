/** A duration as people read it: `0.4 ms`, `12 ms`, `1.25 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.max(ms, 0).toFixed(ms < 0.05 ? 2 : 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** A moment as this machine writes it; the day is left out where it is today. */
export function moment(at: number, seconds = false): string {
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) };
  const today = new Date(at).toDateString() === new Date().toDateString();
  return new Date(at).toLocaleString([], today ? time : { day: "numeric", month: "short", ...time });
}

/** `1 node`, `2 nodes`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
