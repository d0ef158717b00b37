import { useMemo, useState } from "react";

import { Button } from "../parts/Button";
import { PortTypeTag } from "../parts/PortTypeTag";
import styles from "./Gallery.module.css";
import type { OutputRow } from "./outputs";
import { Thumb } from "./Thumb";

type GalleryProps = {
  rows: readonly OutputRow[];
  valueOf: (row: OutputRow) => unknown;
  onChoose: (row: OutputRow) => void;
};

const PAGE = 60;

/** All outputs of a run side by side; pressing one shows it in full. */
export function Gallery({ rows, valueOf, onChoose }: GalleryProps) {
  const [nShown, setShown] = useState(PAGE);
  return (
    <div className={styles.scroller}>
      <ul className={styles.grid} aria-label="Gallery of outputs">
        {rows.slice(0, nShown).map((row) => (
          <li key={`${row.node} ${row.port}`}>
            <Card row={row} value={valueOf(row)} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {nShown < rows.length && (
        <Button small onClick={() => setShown(nShown + PAGE)}>
          {`${Math.min(PAGE, rows.length - nShown)} more of ${rows.length.toLocaleString("en")}`}
        </Button>
      )}
    </div>
  );
}

function Card({ row, value, onChoose }: { row: OutputRow; value: unknown; onChoose: (row: OutputRow) => void }) {
  const picture = useMemo(() => <Thumb value={value} about={row} />, [value, row]);
  return (
    <button type="button" className={styles.card} aria-label={`${row.nodeName} ${row.port}`} onClick={() => onChoose(row)}>
      <span className={styles.picture}>{picture}</span>
      <span className={styles.caption}>
        <span className={styles.node}>{row.nodeName}</span>
        <span className={styles.port}>
          {row.port} <PortTypeTag type={row.type} />
        </span>
      </span>
    </button>
  );
}
