import { Icon } from "../parts/Icon";
import styles from "./Chat.module.css";
import type { FoldRow } from "./rows";

/** Stands for exchanges that were replaced by an edited question. */
export function Fold({ row: { key, n, open }, onToggle }: { row: FoldRow; onToggle: (key: string) => void }) {
  const what = n === 1 ? "1 earlier exchange was" : `${n.toLocaleString("en")} earlier exchanges were`;
  return (
    <button type="button" className={styles.fold} aria-expanded={open} onClick={() => onToggle(key)}>
      <Icon name={open ? "minus" : "plus"} size={13} />
      <span>{what} replaced by what follows</span>
    </button>
  );
}
