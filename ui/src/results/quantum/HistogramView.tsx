import { h, render } from "preact";
import { Histogram } from "qdk/histogram.tsx";
import { useEffect, useMemo, useRef, useState } from "react";

import { Switch } from "../Switch";
import type { ViewerProps } from "../viewer";
import { type Counts, rowsOf } from "./counts";
import styles from "./Quantum.module.css";

/** From this many results on, the most frequent ones are shown first. */
const MANY = 25;

/** How often each result came, drawn by the QDK. */
export function HistogramView({ value, about }: ViewerProps) {
  const counts = value as Counts;
  const rows = useMemo(() => rowsOf(counts), [counts]);
  const [byCount, setByCount] = useState(false);
  const [top, setTop] = useState(rows.length > MANY);
  const [chosen, setChosen] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);

  useEffect(() => {
    const container = place.current;
    if (!container) return;
    const props = { shotCount: counts.shots, data: new Map(rows), filter: chosen, onFilter: setChosen, shotsHeader: false } as const;
    render(h(Histogram, { ...props, items: top ? "top-25" : "all", sort: byCount ? "high-to-low" : "a-to-z" }), container);
  }, [counts, rows, chosen, top, byCount]);
  useEffect(() => {
    const container = place.current;
    return () => {
      if (container) render(null, container);
    };
  }, []);

  const share = chosen === "" ? undefined : counts.counts[chosen];
  return (
    <div className={styles.histogram}>
      <div className={styles.bar}>
        <span className={styles.state} role="status">
          {`${counts.shots} shots, ${rows.length} ${rows.length === 1 ? "result" : "results"}`}
          {share !== undefined && total > 0 && `; ${chosen}: ${share} times, ${((100 * share) / total).toFixed(1)} %`}
        </span>
        <div className={styles.choose}>
          <span aria-hidden="true">Result</span>
          <select aria-label="Result" value={chosen} onChange={({ target }) => setChosen(target.value)}>
            <option value="">none</option>
            {rows.slice(0, 256).map(([result]) => <option key={result} value={result}>{result}</option>)}
          </select>
        </div>
        <Switch on={byCount} onChange={setByCount} title="The most frequent result first">by count</Switch>
        {rows.length > MANY && <Switch on={top} onChange={setTop} title="Only the 25 most frequent results">top 25</Switch>}
      </div>
      <div ref={place} className={`${styles.chart} ${styles.qdk}`} role="img" aria-label={described(about.port, rows, total)} />
    </div>
  );
}

/** The chart for those who do not see it. */
function described(port: string, rows: readonly [string, number][], total: number): string {
  const most = rows.toSorted(([, a], [, b]) => b - a).slice(0, 8);
  const words = most.map(([result, count]) => `${result} ${((100 * count) / Math.max(total, 1)).toFixed(1)} %`);
  return `Histogram of ${port}: ${words.join(", ")}${rows.length > most.length ? ", …" : ""}`;
}
