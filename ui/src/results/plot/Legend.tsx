import { type Palette, traceColour } from "./chart";
import type { PlotModel } from "./model";
import styles from "./PlotView.module.css";

type LegendProps = {
  model: PlotModel;
  palette: Palette;
  hidden: ReadonlySet<number>;
  onToggle: (trace: number) => void;
};

/** The series by name and colour; pressing one hides or shows it. */
export function Legend({ model, palette, hidden, onToggle }: LegendProps) {
  return (
    <ul className={styles.legend} aria-label="Series">
      {model.traces.map(({ name }, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- series may share a name
        <li key={at}>
          <button type="button" aria-pressed={!hidden.has(at)} onClick={() => onToggle(at)}>
            <span style={{ background: traceColour(palette, at) }} />
            {name}
          </button>
        </li>
      ))}
    </ul>
  );
}
