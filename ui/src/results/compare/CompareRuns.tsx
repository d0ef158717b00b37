import { useMemo, useState } from "react";

import { StatusMark } from "../../parts/StatusMark";
import { shownStatus } from "../../execution/board";
import { count, duration } from "../../parts/time";
import bars from "../Bars.module.css";
import { PlotView } from "../plot/PlotView";
import { Switch } from "../Switch";
import { Detail } from "./Detail";
import styles from "./CompareRuns.module.css";
import { timingsPlot } from "./overlay";
import { type NodePair, pairsOf, type PortPair, type Verdict } from "./pairs";
import type { ComparedNode, CompareRunsProps } from "./types";
import { keyOf, useVerdicts, type Verdicts } from "./useVerdicts";

const TOLERANCES = [
  { value: 0, label: "exactly the same" },
  { value: 1e-9, label: "same to 1e-9" },
  { value: 1e-6, label: "same to 1e-6" },
  { value: 1e-3, label: "same to 1e-3" },
];

/** Two runs side by side: which outputs differ, by what, and how long everything took. */
export function CompareRuns(props: CompareRunsProps) {
  const { left, right } = props;
  const pairs = useMemo(() => pairsOf(left, right), [left, right]);
  const [tolerance, setTolerance] = useState(1e-9);
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const [shown, setShown] = useState<{ node: string; port: string } | "timings">();
  const verdicts = useVerdicts(props, pairs, tolerance);

  const nPorts = pairs.reduce((sum, { ports }) => sum + ports.length, 0);
  const isDifferent = (id: string, { port }: PortPair) => differs(verdicts.get(keyOf(id, port)));
  const first = pairs.flatMap(({ id, ports }) => ports.filter((pair) => isDifferent(id, pair)).map(({ port }) => ({ node: id, port })))[0];
  const chosen = shown ?? first;
  const place = typeof chosen === "object" ? chosen : undefined;
  const node = place && pairs.find(({ id }) => id === place.node);
  const port = place && node?.ports.find((one) => one.port === place.port);
  const times = useMemo(() => pairs.map(({ name, left: a, right: b }) => ({ name, left: a?.durationMs, right: b?.durationMs })), [pairs]);
  const plot = useMemo(() => timingsPlot(times, { left: left.label, right: right.label }), [times, left, right]);

  return (
    <div className={bars.frame}>
      <div className={bars.bar}>
        <span className={bars.state} role="status">
          {summaryText(verdicts, nPorts)}
        </span>
        <select aria-label="When numbers count as the same" value={tolerance} onChange={({ target }) => setTolerance(Number(target.value))}>
          {TOLERANCES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Switch on={onlyDifferent} onChange={setOnlyDifferent}>
          only differences
        </Switch>
        <Switch on={chosen === "timings"} onChange={(on) => setShown(on ? "timings" : undefined)}>
          timings
        </Switch>
      </div>
      <div className={styles.split}>
        <div className={styles.nodes} role="group" aria-label="Outputs of both runs">
          <p className={styles.sides}>
            <span>{left.label}</span>
            <span>{right.label}</span>
          </p>
          {pairs.map((pair) => (
            <Node
              key={pair.id}
              pair={pair}
              ports={onlyDifferent ? pair.ports.filter((one) => isDifferent(pair.id, one)) : pair.ports}
              hidden={onlyDifferent && !pair.ports.some((one) => isDifferent(pair.id, one)) && pair.left?.state === pair.right?.state}
              verdicts={verdicts}
              chosen={place}
              onChoose={setShown}
            />
          ))}
        </div>
        <div className={styles.detail}>
          {chosen === "timings" ? (
            <PlotView plot={plot} name="timings" />
          ) : node && port ? (
            <Detail key={keyOf(node.id, port.port)} {...props} node={node} port={port} verdict={verdicts.get(keyOf(node.id, port.port))} />
          ) : (
            <p className={styles.none}>Choose an output to see it of both runs</p>
          )}
        </div>
      </div>
    </div>
  );
}

type NodeProps = {
  pair: NodePair;
  ports: readonly PortPair[];
  hidden: boolean;
  verdicts: Verdicts;
  chosen: { node: string; port: string } | undefined;
  onChoose: (place: { node: string; port: string }) => void;
};

/** One node: how it ended in both runs, and its outputs. */
function Node({ pair: { id, name, left, right }, ports, hidden, verdicts, chosen, onChoose }: NodeProps) {
  if (hidden) return null;
  return (
    <section aria-label={name} className={styles.node}>
      <h3>{name}</h3>
      <p className={styles.sides}>
        <State node={left} />
        <State node={right} />
      </p>
      {ports.map((one) => {
        const verdict = verdicts.get(keyOf(id, one.port));
        return (
          <button
            key={one.port}
            type="button"
            className={styles.port}
            aria-pressed={chosen?.node === id && chosen.port === one.port}
            onClick={() => onChoose({ node: id, port: one.port })}
          >
            <span>{one.port}</span>
            <span data-verdict={verdict?.state}>{verdictText(verdict)}</span>
          </button>
        );
      })}
    </section>
  );
}

function State({ node }: { node: ComparedNode | undefined }) {
  if (!node) return <span className={styles.state}>not in this run</span>;
  return (
    <span className={styles.state} title={node.error}>
      <StatusMark status={shownStatus(node.state)} />
      <span className="visually-hidden">{node.state}</span>
      {node.durationMs === undefined ? node.state : duration(node.durationMs)}
    </span>
  );
}

function differs(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && verdict.state !== "same" && verdict.state !== "not-kept";
}

function verdictText(verdict: Verdict | undefined): string {
  switch (verdict?.state) {
    case undefined:
      return "comparing…";
    case "same":
      return "same";
    case "differs":
      return count(verdict.differences.length, "difference");
    case "unknown-difference":
      return "differs";
    case "left-only":
      return "only in the first run";
    case "right-only":
      return "only in the second run";
    case "not-kept":
      return "not kept";
  }
}

function summaryText(verdicts: Verdicts, nPorts: number): string {
  if (verdicts.size < nPorts) return `Comparing… ${verdicts.size} of ${nPorts}`;
  const n = [...verdicts.values()].filter(differs).length;
  if (nPorts === 0) return "Neither run has outputs";
  if (n === 0) return nPorts === 1 ? "The only output is the same" : `All ${count(nPorts, "output")} are the same`;
  return `${n} of ${count(nPorts, "output")} ${n === 1 ? "differs" : "differ"}`;
}
