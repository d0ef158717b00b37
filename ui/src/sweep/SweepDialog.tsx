import { useState } from "react";
import { useStore } from "zustand";

import type { PortRef } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { count } from "../parts/time";
import { portLabel } from "../workflow/connecting";
import { edgeInto, findNode } from "../workflow/edits";
import { nodeSkill } from "../workflow/uses";
import { AxisFields, keyOf, type Sweepable } from "./AxisFields";
import { type AxisDraft, countRuns, draftFor, MAX_RUNS, readAxis, type SweepSpec } from "./spec";
import styles from "./Sweep.module.css";

/** Asks which inputs take which values, says how many runs that makes, and starts them. */
export function SweepDialog({ onClose }: { onClose: () => void }) {
  const { sweeps, view } = useWorkbench();
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const { form } = useStore(sweeps.store);
  const inputs = doc.nodes.flatMap((node): Sweepable[] =>
    (nodeSkill(node, skills)?.inputs ?? [])
      .map(({ name, type }) => ({ ref: { node: node.id, port: name }, label: portLabel(doc, skills, { node: node.id, port: name }), type }))
      .filter(({ ref }) => !edgeInto(doc, ref)),
  );
  const fresh = (ref: PortRef): AxisDraft => {
    const node = findNode(doc, ref.node);
    const port = node && nodeSkill(node, skills)?.inputs.find(({ name }) => name === ref.port);
    return draftFor(ref, port, node?.inputs[ref.port]);
  };
  const [axes, setAxes] = useState<readonly AxisDraft[]>(() => {
    const known = form.axes.filter((axis) => inputs.some(({ ref }) => keyOf(ref) === keyOf(axis)));
    const asked = form.asked && !known.some((axis) => keyOf(axis) === keyOf(form.asked as PortRef)) ? [fresh(form.asked)] : [];
    // An input that was asked for by name comes alone: the ones before it were another question.
    const start = asked.length > 0 ? asked : known;
    const number = inputs.find(({ type }) => type === "number" || type === "integer") ?? inputs[0];
    return start.length > 0 || !number ? start : [fresh(number.ref)];
  });
  const [mode, setMode] = useState<SweepSpec["mode"]>(form.mode);
  const typeOf = (ref: PortRef) => inputs.find((one) => keyOf(one.ref) === keyOf(ref))?.type ?? "any";
  const readings = axes.map((axis) => readAxis(axis, typeOf(axis)));
  const good = readings.flatMap((reading) => (reading.ok ? [reading] : []));
  const sound = good.length === readings.length && good.length > 0;
  const nRuns = sound ? countRuns(good.map(({ count: n }) => n), mode) : 0;
  const unequal = mode === "zip" && new Set(good.map(({ count: n }) => n)).size > 1;
  const left = inputs.filter(({ ref }) => !axes.some((axis) => keyOf(axis) === keyOf(ref)));

  const start = () => {
    onClose();
    sweeps.remember({ axes, mode, asked: null });
    view.set({ bottom: "sweep", narrow: "results" });
    void sweeps.start({ axes: good.map(({ axis }) => axis), mode });
  };

  return (
    <Dialog title="Sweep over values" wide onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        {inputs.length === 0 && <p>No input of this workflow takes a value of its own</p>}
        {axes.map((axis, at) => (
          <AxisFields
            key={keyOf(axis)}
            draft={axis}
            type={typeOf(axis)}
            inputs={inputs.filter(({ ref }) => keyOf(ref) === keyOf(axis) || left.some((one) => keyOf(one.ref) === keyOf(ref)))}
            reading={readings[at] ?? { ok: false, message: "" }}
            onChange={(next) => setAxes(axes.with(at, next))}
            onInput={(ref) => setAxes(axes.with(at, fresh(ref)))}
            onRemove={axes.length > 1 ? () => setAxes(axes.toSpliced(at, 1)) : undefined}
          />
        ))}
        <div className={styles.formFoot}>
          {left[0] && (
            <Button small icon="plus" onClick={() => left[0] && setAxes([...axes, fresh(left[0].ref)])}>
              Another input
            </Button>
          )}
          {axes.length > 1 && (
            <select aria-label="How the inputs meet" value={mode} onChange={(event) => setMode(event.target.value === "zip" ? "zip" : "product")}>
              <option value="product">each with each</option>
              <option value="zip">side by side</option>
            </select>
          )}
        </div>
        {unequal && <p role="alert" className={styles.bad}>Side by side, every input needs as many values as the others</p>}
        {nRuns > MAX_RUNS && <p role="alert" className={styles.bad}>At most {MAX_RUNS.toLocaleString("en")} runs: take fewer values</p>}
        <div className={styles.formActions}>
          <span role="status" aria-label="Number of runs">{count(nRuns, "run")}</span>
          <Button onClick={onClose}>Not now</Button>
          <Button submit look="primary" icon="play" disabled={!sound || unequal || nRuns === 0 || nRuns > MAX_RUNS}>
            Run the sweep
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
