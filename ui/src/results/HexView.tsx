import { type FormEvent, useRef, useState } from "react";

import { Button } from "../parts/Button";
import bars from "./Bars.module.css";
import { copyText } from "./copy";
import styles from "./HexView.module.css";
import { bytes as size } from "./summary";
import { useRows } from "./useRows";

const PER_LINE = 16;
const LINE = 20;
/** At most this many bytes are copied as text. */
const MAX_COPIED = 1_000_000;

/** Bytes as numbers and as letters, from any place on. */
export function HexView({ bytes }: { bytes: Uint8Array }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRows(scroller, Math.ceil(bytes.length / PER_LINE), LINE);
  const [place, setPlace] = useState("");
  const [said, setSaid] = useState("");

  const go = (event: FormEvent) => {
    event.preventDefault();
    const at = Number(place.trim());
    if (place.trim() === "" || !Number.isInteger(at) || at < 0 || at >= bytes.length) {
      setSaid(`There is no byte ${place.trim() || "without a number"}: the last is ${bytes.length - 1}`);
      return;
    }
    setSaid("");
    rows.show(Math.floor(at / PER_LINE));
  };
  const copy = () => {
    const part = bytes.subarray(0, MAX_COPIED);
    const what = part.length < bytes.length ? `The first ${size(MAX_COPIED)} copied` : "Copied as hexadecimal digits";
    void copyText(hexOf(part, "")).then((done) => setSaid(done ? what : "The browser does not let the page copy"));
  };

  return (
    <div className={bars.frame}>
      <form className={bars.bar} onSubmit={go}>
        <span className={bars.search}>
          <input aria-label="Go to byte" placeholder="Go to byte: 4096 or 0x1000" value={place} onChange={({ target }) => setPlace(target.value)} />
        </span>
        <Button small submit>
          Go
        </Button>
        <span role="status" className={bars.state}>
          {said || `${size(bytes.length)}, ${bytes.length.toLocaleString("en")} bytes`}
        </span>
        <Button small look="ghost" icon="copy" onClick={copy}>
          Copy
        </Button>
      </form>
      <div
        ref={scroller}
        className={styles.scroller}
        role="group"
        aria-label="Bytes"
        // A scrolling region must be reachable with the keyboard.
        tabIndex={0}
        onScroll={rows.onScroll}
      >
        <div className={styles.lines} style={{ height: rows.height }}>
          {Array.from({ length: Math.max(rows.to - rows.from, 0) }, (_, k) => rows.from + k).map((index) => {
            const from = index * PER_LINE;
            const part = bytes.subarray(from, from + PER_LINE);
            return (
              <pre key={index} className={styles.line} style={{ transform: `translateY(${rows.top(index)}px)` }}>
                <span className={styles.place}>{from.toString(16).padStart(8, "0")}</span>
                {`  ${hexOf(part, " ").padEnd(PER_LINE * 3)} `}
                <span className={styles.letters}>{lettersOf(part)}</span>
              </pre>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function hexOf(part: Uint8Array, between: string): string {
  return Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(between);
}

function lettersOf(part: Uint8Array): string {
  return Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
}
