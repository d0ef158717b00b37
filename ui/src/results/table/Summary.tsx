import { memo, useMemo } from "react";

import { formatNumber } from "../summary";
import type { Column } from "../value";
import { type ColumnKind, isNumeric, statsOf } from "./columns";
import styles from "./TableView.module.css";

type SummaryProps = {
  columns: readonly Column[];
  kinds: readonly ColumnKind[];
  order: Uint32Array | undefined;
  nRows: number;
  seen: readonly number[];
  place: (column: number) => { left: number; width: number };
  width: number;
};

/** The last line: what each column amounts to over the rows that are shown. */
export function Summary({ columns, kinds, order, nRows, seen, place, width }: SummaryProps) {
  return (
    <div className={styles.foot} style={{ width }}>
      {seen.map((at) => {
        const column = columns[at];
        const { left, width: wide } = place(at);
        return (
          column && (
            <Amount key={at} column={column} kind={kinds[at] ?? "empty"} order={order} nRows={nRows} left={left} width={wide} />
          )
        );
      })}
    </div>
  );
}

type AmountProps = {
  column: Column;
  kind: ColumnKind;
  order: Uint32Array | undefined;
  nRows: number;
  left: number;
  width: number;
};

const Amount = memo(function Amount({ column, kind, order, nRows, left, width }: AmountProps) {
  const stats = useMemo(() => statsOf(column, order, nRows), [column, order, nRows]);
  const short = (value: number) => formatNumber(Number(value.toPrecision(4)));
  const { numbers } = stats;
  const missing = stats.missing > 0 ? `${stats.missing.toLocaleString("en")} missing` : "";
  const main = numbers
    ? `${short(numbers.min)} … ${short(numbers.max)}`
    : stats.distinct === undefined
      ? "many values"
      : `${stats.distinct.toLocaleString("en")} different`;
  const whole = [numbers ? `least ${formatNumber(numbers.min)}, greatest ${formatNumber(numbers.max)}, mean ${formatNumber(numbers.mean)}` : main, missing];
  return (
    <span className={styles.amount} data-number={isNumeric(kind)} style={{ left, width }} title={whole.filter(Boolean).join(", ")}>
      {main}
      {numbers && <em> ⌀ {short(numbers.mean)}</em>}
      {missing && <em> · {missing}</em>}
    </span>
  );
});
