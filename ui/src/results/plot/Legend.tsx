import type { PlotModel } from "./model";
import { type Palette, traceColour } from "./palette";
import styles from "./PlotView.module.css";

type LegendProps = {
  model: PlotModel;
  palette: Palette;
  hidden: ReadonlySet<number>;
  onHide: (hidden: ReadonlySet<number>) => void;
};

/** The series by name and colour. Pressing one hides or shows it; pressing it twice shows it alone, and again all. */
export function Legend({ model, palette, hidden, onHide }: LegendProps) {
  const toggle = (at: number) => {
    const next = new Set(hidden);
    if (!next.delete(at)) next.add(at);
    onHide(next);
  };
  const alone = (at: number) => {
    const others = model.traces.map((_, index) => index).filter((index) => index !== at);
    const isAlone = !hidden.has(at) && others.every((index) => hidden.has(index));
    onHide(new Set(isAlone ? [] : others));
  };
  return (
    <ul className={styles.legend} aria-label="Series">
      {model.traces.map(({ name }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- series may share a name
        <li key={at}>
          <button
            type="button"
            aria-pressed={!hidden.has(at)}
            title="Press to hide or show, twice to show it alone"
            onClick={() => toggle(at)}
            onDoubleClick={() => alone(at)}
          >
            <span style={{ background: traceColour(palette, at) }} />
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
