import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import { Button } from "../../parts/Button";
import bars from "../Bars.module.css";
import { copyText } from "../copy";
import { SearchField } from "../SearchField";
import { Switch } from "../Switch";
import { useWork } from "../table/useWork";
import { findAll, lineAt, lineOf, linesOf, type Match } from "./lines";
import styles from "./TextView.module.css";

const LINE = 19;
const NO_MATCHES: Match[] = [];

/** A text of any length: only the lines in view are in the page. Long lines are wrapped or not, and words are found. */
export function TextView({ text, label = "Text" }: { text: string; label?: string }) {
  const lines = useMemo(() => linesOf(text), [text]);
  const n = lines.starts.length - 1;
  const [wrap, setWrap] = useState(true);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const [said, setSaid] = useState("");
  const asked = useDeferredValue(wanted);
  const { result: found = NO_MATCHES } = useWork(useCallback(() => findAll(text, asked), [text, asked]));
  const current = found[Math.min(at, found.length - 1)];

  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: n,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20,
    initialRect: { width: 600, height: 300 },
  });
  useEffect(() => {
    if (current) rows.scrollToIndex(lineOf(lines, current.at), { align: "center" });
  }, [current, lines, rows]);

  const go = (by: number) => found.length > 0 && setAt((Math.min(at, found.length - 1) + by + found.length) % found.length);
  const copy = () => void copyText(text).then((done) => setSaid(done ? "Text copied" : "The browser does not let the page copy"));
  const digits = String(lines.numbers[n - 1] ?? 1).length;

  return (
    <div className={bars.frame}>
      <div className={bars.bar}>
        <SearchField
          label="Search text"
          value={wanted}
          onChange={(next) => {
            setWanted(next);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            go(event.shiftKey ? -1 : 1);
          }}
        />
        <span role="status" className={bars.state}>
          {asked ? placeText(found.length, Math.min(at, found.length - 1)) : said}
        </span>
        <Switch on={wrap} onChange={setWrap} title="Break lines that are too long for the view">
          wrap
        </Switch>
        <Button small look="ghost" icon="copy" onClick={copy}>
          Copy
        </Button>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="group"
        aria-label={label}
        data-wrap={wrap}
        // A scrolling region must be reachable with the keyboard.
        tabIndex={0}
      >
        <div className={styles.lines} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => (
            <p
              key={key}
              ref={wrap ? rows.measureElement : undefined}
              data-index={index}
              className={styles.line}
              style={{ transform: `translateY(${start}px)` }}
            >
              {n > 1 && (
                <span className={styles.number} aria-hidden="true" style={{ minWidth: `${digits + 1}ch` }}>
                  {lines.numbers[index] === lines.numbers[index - 1] ? "" : lines.numbers[index]}
                </span>
              )}
              <span className={styles.words}>
                {marked(lineAt(text, lines, index), lines.starts[index] ?? 0, found, current)}
              </span>
            </p>
          ))}
        </div>
      </div>
    </div>
  );
}

/** A line with what was looked for in it marked. */
function marked(line: string, start: number, found: readonly Match[], current: Match | undefined): ReactNode {
  if (found.length === 0) return line || "\u200b";
  const pieces: ReactNode[] = [];
  let done = 0;
  for (let at = firstAfter(found, start); at < found.length; at += 1) {
    const match = found[at];
    if (!match || match.at >= start + line.length) break;
    const from = Math.max(match.at - start, done);
    pieces.push(line.slice(done, from));
    done = Math.min(match.at + match.length - start, line.length);
    pieces.push(
      <mark key={match.at} className={styles.mark} data-current={match === current}>
        {line.slice(from, done)}
      </mark>,
    );
  }
  return pieces.length === 0 ? line || "\u200b" : [...pieces, line.slice(done)];
}

/** The first match that ends after a place. */
function firstAfter(found: readonly Match[], place: number): number {
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const match = found[middle];
    if (match && match.at + match.length <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeText(n: number, at: number): string {
  if (n === 0) return "not found";
  return `${(at + 1).toLocaleString("en")} of ${n >= 10_000 ? "10,000 and more" : n.toLocaleString("en")}`;
}
