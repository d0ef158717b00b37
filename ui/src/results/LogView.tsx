import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";

import type { BoardLine, RunBoard } from "../execution/board";
import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { count } from "../parts/time";
import bars from "./Bars.module.css";
import { copyText } from "./copy";
import { saveFile } from "./download";
import { chosenLines, type LogFilter, logText, NO_FILTER } from "./log/lines";
import styles from "./log/LogView.module.css";
import { SearchField } from "./SearchField";
import { Switch } from "./Switch";

type LogViewProps = {
  board: RunBoard;
  /** Only what this node printed. */
  node?: string;
  /** Takes as much height as the lines need, up to this many pixels, instead of all there is; and has no tools. */
  maxHeight?: number;
  /** Gives the name of a node, where several print. */
  nameOf?: (node: string) => string;
};

const ROW = 18;
const N_COLOURS = 8;

/** What was printed, in the order of time, line by line as it comes; follows the end until scrolled away from it. */
export function LogView({ board, node, maxHeight, nameOf }: LogViewProps) {
  const n = useBoard(board, () => board.lines(node).length);
  const [filter, setFilter] = useState<LogFilter>(NO_FILTER);
  const [follows, setFollows] = useState(true);
  const [said, setSaid] = useState("");
  const all = board.lines(node);
  const lines = useMemo(
    () => chosenLines(all, filter),
    // oxlint-disable-next-line react/exhaustive-deps -- lines grow in place, `n` tells how many there are
    [all, n, filter],
  );
  const nodes = useMemo(
    () => [...new Set(all.map((line) => line.node))],
    // oxlint-disable-next-line react/exhaustive-deps -- as above
    [all, n],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 300, height: 150 },
  });
  useEffect(() => {
    if (follows && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follows, lines.length, rows]);

  const text = () => logText(lines, nameOf);
  const copy = () => void copyText(text()).then((done) => setSaid(done ? `${count(lines.length, "line")} copied` : "The browser does not let the page copy"));
  const whole = maxHeight === undefined;

  return (
    <div className={whole ? bars.frame : undefined}>
      {whole && (
        <div className={bars.bar}>
          <LogFilters filter={filter} onFilter={setFilter} nodes={nodes} nameOf={nameOf} />
          <span role="status" className={bars.state}>
            {said || (lines.length === n ? count(n, "line") : `${lines.length.toLocaleString("en")} of ${count(n, "line")}`)}
          </span>
          <Switch on={follows} onChange={setFollows} title="Keep the newest line in view">
            follow
          </Switch>
          <Button small look="ghost" icon="copy" disabled={lines.length === 0} onClick={copy}>
            Copy
          </Button>
          <Button small look="ghost" icon="down" disabled={lines.length === 0} onClick={() => saveFile({ name: "log.txt", mime: "text/plain", parts: [text()] })}>
            Save
          </Button>
        </div>
      )}
      <div
        ref={scroller}
        className={styles.scroller}
        style={whole ? undefined : { height: Math.min(maxHeight, rows.getTotalSize() + 8) }}
        role="log"
        aria-label="Log"
        aria-live="off"
        // A scrolling region must be reachable with the keyboard.
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setFollows(scrollTop + clientHeight > scrollHeight - 2 * ROW)
        }
      >
        {lines.length === 0 && <p className={styles.none}>{n === 0 ? "Nothing printed yet" : "No line fits the filter"}</p>}
        <div className={styles.lines} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index];
            return (
              line && (
                <p
                  key={key}
                  ref={rows.measureElement}
                  data-index={index}
                  className={styles.line}
                  data-stream={line.stream}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Line line={line} nameOf={nameOf} colour={(nodes.indexOf(line.node) % N_COLOURS) + 1} />
                </p>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

type LineProps = { line: BoardLine; nameOf: ((node: string) => string) | undefined; colour: number };

function Line({ line, nameOf, colour }: LineProps) {
  return (
    <>
      <span className={styles.at}>{(line.atMs / 1000).toFixed(3)}</span>
      {nameOf && (
        <span className={styles.node} style={{ color: `var(--plot-${colour})` }}>
          {nameOf(line.node)}
        </span>
      )}
      {line.stream === "stderr" && <span className="visually-hidden">error output: </span>}
      <span className={styles.text}>{line.text}</span>
    </>
  );
}

type LogFiltersProps = {
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  nodes: readonly string[];
  nameOf: ((node: string) => string) | undefined;
};

function LogFilters({ filter, onFilter, nodes, nameOf }: LogFiltersProps) {
  return (
    <>
      <SearchField label="Filter the log" value={filter.text} onChange={(text) => onFilter({ ...filter, text })} />
      {nameOf && (
        <select aria-label="Node" value={filter.node} onChange={({ target }) => onFilter({ ...filter, node: target.value })}>
          <option value="">all nodes</option>
          {nodes.map((id) => (
            <option key={id} value={id}>
              {nameOf(id)}
            </option>
          ))}
        </select>
      )}
      <select aria-label="Stream" value={filter.stream} onChange={({ target }) => onFilter({ ...filter, stream: target.value })}>
        <option value="">all output</option>
        <option value="stdout">stdout</option>
        <option value="stderr">stderr</option>
      </select>
    </>
  );
}
