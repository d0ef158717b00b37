import { type PointerEvent, useRef } from "react";

import { type ColumnKind, isNumeric } from "./columns";
import styles from "./TableView.module.css";

type HeadProps = {
  index: number;
  name: string;
  kind: ColumnKind;
  place: { left: number; width: number };
  /** How the rows are sorted by it, if they are. */
  down: boolean | undefined;
  onSort: () => void;
  /** A new width; without one, that which fits. */
  onWidth: (width?: number) => void;
};

const LEAST = 44;
const STEP = 16;

/** The name and type of a column. Pressing it sorts by it; its edge changes its width. */
export function Head({ index, name, kind, place, down, onSort, onWidth }: HeadProps) {
  const press = useRef<{ from: number; width: number } | null>(null);
  const start = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture?.(event.pointerId);
    press.current = { from: event.clientX, width: place.width };
  };
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={down === undefined ? "none" : down ? "descending" : "ascending"}
      className={styles.headCell}
      style={place}
    >
      <button type="button" data-number={isNumeric(kind)} title={`${name}, ${kind}: press to sort`} onClick={onSort}>
        <span className={styles.name}>
          {name}
          <span aria-hidden="true">{down === undefined ? "" : down ? " ↓" : " ↑"}</span>
        </span>
        <small aria-hidden="true">{kind}</small>
      </button>
      <span
        className={styles.edge}
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${name}`}
        aria-valuenow={Math.round(place.width)}
        tabIndex={0}
        onPointerDown={start}
        onPointerMove={({ clientX }) => press.current && onWidth(Math.max(press.current.width + clientX - press.current.from, LEAST))}
        onPointerUp={() => (press.current = null)}
        onPointerCancel={() => (press.current = null)}
        onDoubleClick={() => onWidth()}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          onWidth(Math.max(place.width + by, LEAST));
        }}
      />
    </div>
  );
}
