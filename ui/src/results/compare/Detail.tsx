import { useEffect, useMemo, useState } from "react";

import { Tabs } from "../../parts/Tabs";
import { Failure } from "../../parts/Failure";
import { PlotView } from "../plot/PlotView";
import { Shown } from "../Preview";
import { TableView } from "../table/TableView";
import { viewersOf } from "../viewers";
import styles from "./CompareRuns.module.css";
import { differenceTable, overlay } from "./overlay";
import type { NodePair, PortPair, Verdict } from "./pairs";
import type { CompareRunsProps } from "./types";

type DetailProps = CompareRunsProps & { node: NodePair; port: PortPair; verdict: Verdict | undefined };

type Loaded = { state: "loading" } | { state: "failed"; error: unknown } | { state: "ready"; a: unknown; b: unknown };

type Way = "overlay" | "differences" | "both";

/** One output of both runs: over each other, place by place, or side by side. */
export function Detail({ left, right, node, port, verdict }: DetailProps) {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  const [asked, setAsked] = useState<Way>();
  const names = useMemo(() => ({ left: left.label, right: right.label }), [left, right]);

  useEffect(() => {
    let gone = false;
    const of = (side: typeof left, there: unknown) => (there ? side.value(node.id, port.port) : Promise.resolve(undefined));
    Promise.all([of(left, port.left), of(right, port.right)]).then(
      ([a, b]) => gone || setLoaded({ state: "ready", a, b }),
      (error: unknown) => gone || setLoaded({ state: "failed", error }),
    );
    return () => {
      gone = true;
    };
  }, [left, right, node, port]);

  const plot = useMemo(() => (loaded.state === "ready" ? overlay(loaded.a, loaded.b, names) : undefined), [loaded, names]);
  const table = useMemo(() => (verdict?.state === "differs" ? differenceTable(verdict.differences, names) : undefined), [verdict, names]);
  if (loaded.state === "loading") return <p className={styles.none}>Loading both values…</p>;
  if (loaded.state === "failed") return <Failure error={loaded.error} />;

  const ways: { id: Way; label: string; n?: number }[] = [];
  if (plot) ways.push({ id: "overlay", label: "Overlaid" });
  if (table) ways.push({ id: "differences", label: "Differences", n: table.columns[0]?.values.length ?? 0 });
  ways.push({ id: "both", label: "Side by side" });
  const way = ways.find(({ id }) => id === asked)?.id ?? ways[0]?.id ?? "both";
  return (
    <div className={styles.filled}>
      <Tabs label={`${node.name} › ${port.port}`} tabs={ways} chosen={way} onChoose={setAsked} />
      <div className={styles.body}>
        {way === "overlay" && plot && <PlotView plot={plot} name={port.port} />}
        {way === "differences" && table && <TableView table={table} name={`${port.port}-differences`} />}
        {way === "both" && (
          <div className={styles.both}>
            <Side label={names.left} value={loaded.a} port={port} />
            <Side label={names.right} value={loaded.b} port={port} />
          </div>
        )}
      </div>
    </div>
  );
}

function Side({ label, value, port: { port, type } }: { label: string; value: unknown; port: PortPair }) {
  const about = useMemo(() => ({ port, type }), [port, type]);
  const [viewer] = viewersOf(value, about);
  return (
    <section aria-label={label} className={styles.side}>
      <h4>{label}</h4>
      {value === undefined ? (
        <p className={styles.none}>This run does not have it, or its trace did not keep it</p>
      ) : (
        <div className={styles.body}>
          <Shown viewer={viewer} value={value} about={about} />
        </div>
      )}
    </section>
  );
}
