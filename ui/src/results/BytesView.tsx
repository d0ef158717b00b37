import { bytes as size } from "./summary";
import styles from "./Views.module.css";

const SHOWN = 1024;
const PER_LINE = 16;

/** The first bytes, as numbers and as letters. */
export function BytesView({ bytes }: { bytes: Uint8Array }) {
  const lines: string[] = [];
  for (let from = 0; from < Math.min(bytes.length, SHOWN); from += PER_LINE) {
    const part = bytes.subarray(from, from + PER_LINE);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${from.toString(16).padStart(6, "0")}  ${hex.padEnd(PER_LINE * 3)} ${text}`);
  }
  return (
    // A scrolling region must be reachable with the keyboard.
    <div className={styles.text} role="group" aria-label="Bytes" tabIndex={0}>
      <pre>{lines.join("\n")}</pre>
      {bytes.length > SHOWN && <p>The first {size(SHOWN)} of {size(bytes.length)}</p>}
    </div>
  );
}
