import { useEffect, useMemo, useState } from "react";

import { readNetlist } from "../../runtimes/spice/netlist";
import { Switch } from "../Switch";
import type { ViewerProps } from "../viewer";
import { Drawing } from "./Drawing";
import styles from "./SchematicView.module.css";
import { newElk } from "./elk";
import { type Layout, layOut, PART_LIMIT } from "./layout";
import { partsOf } from "./parts";
import { Schematic } from "./Schematic";

/** Statements that a schematic shows as text. */
const SHOWN = /^\.(tran|ac|dc|op|noise|tf|ic|param|meas|measure|output)\b/i;
const NOTES = 8;

type State = { layout: Layout } | { failed: string } | null;

/** A netlist as a schematic: parts, wires, and what is simulated. */
export function SchematicView({ value, about }: ViewerProps) {
  const { text } = value as { text: string };
  const netlist = useMemo(() => readNetlist(text), [text]);
  const [scope, setScope] = useState("");
  const [ansi, setAnsi] = useState(false);
  const parts = useMemo(() => partsOf(netlist, scope, ansi ? "ansi" : "iec"), [netlist, scope, ansi]);
  const [state, setState] = useState<State>(null);

  useEffect(() => {
    if (parts.length > PART_LIMIT || parts.length === 0) return undefined;
    let current = true;
    const elk = newElk();
    layOut(parts, elk)
      .then((layout) => current && setState({ layout }))
      .catch((error: unknown) => current && setState({ failed: error instanceof Error ? error.message : String(error) }))
      .finally(() => elk.terminateWorker());
    return () => {
      current = false;
    };
  }, [parts]);

  if (parts.length === 0) return <p className={styles.note}>This netlist has no parts to draw</p>;
  if (parts.length > PART_LIMIT) {
    return <p className={styles.note}>{`This circuit has ${parts.length} parts; circuits of up to ${PART_LIMIT} are drawn. See it as text`}</p>;
  }
  if (!state) return <p className={styles.note} role="status">Drawing…</p>;
  if ("failed" in state) return <p className={styles.note} role="alert">{`The schematic could not be drawn: ${state.failed}`}</p>;

  const couplings = netlist.elements.filter((element) => element.letter === "K" && element.scope === scope).map((element) => element.text);
  const statements = scope === "" ? netlist.dots.filter((card) => card.scope === "" && SHOWN.test(card.text)).map((card) => card.text) : [];
  const title = netlist.title.replace(/^\s*(\*|\.title\b)\s*/i, "").trim() || about.port;
  const tools = (
    <>
      <span className={styles.title} title={title}>{title}</span>
      {netlist.subcircuits.length > 0 && (
        <select className={styles.scope} aria-label="Circuit to draw" value={scope} onChange={({ target }) => setScope(target.value)}>
          <option value="">circuit</option>
          {netlist.subcircuits.map(({ name, pins }) => <option key={name} value={name}>{`${name} (${pins.join(", ")})`}</option>)}
        </select>
      )}
      <Switch on={ansi} onChange={setAnsi} title="Draw resistors as zigzag lines">ANSI</Switch>
    </>
  );
  return (
    <Drawing label={`Schematic of ${title}`} name={about.port} tools={tools}>
      <Schematic layout={state.layout} title={`Schematic of ${title}`} notes={[...couplings, ...statements].slice(0, NOTES)} />
    </Drawing>
  );
}
