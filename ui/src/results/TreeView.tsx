import { useState } from "react";

import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { formatNumber, summarise } from "./summary";
import styles from "./TreeView.module.css";
import { isList } from "./value";

const PAGE = 100;

/** A value as a tree that is built only where somebody looks. */
export function TreeView({ value }: { value: object }) {
  return (
    <div className={styles.tree}>
      <Children value={value} />
    </div>
  );
}

function Children({ value }: { value: object }) {
  const [shown, setShown] = useState(PAGE);
  const keys = isList(value) ? undefined : Object.keys(value);
  const total = keys?.length ?? (value as ArrayLike<unknown>).length;
  const entries = Array.from({ length: Math.min(shown, total) }, (_, at) => {
    const key = keys?.[at] ?? String(at);
    return [key, (value as Record<string, unknown>)[key]] as const;
  });

  if (total === 0) return <p className={styles.more}>empty</p>;
  return (
    <ul className={styles.list}>
      {entries.map(([key, one]) => (
        <Entry key={key} name={key} value={one} open={total === 1} />
      ))}
      {shown < total && (
        <li className={styles.more}>
          <Button small look="ghost" onClick={() => setShown(shown + PAGE)}>
            {Math.min(PAGE, total - shown)} more of {total.toLocaleString("en")}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value, open: startOpen }: { name: string; value: unknown; open: boolean }) {
  const [open, setOpen] = useState(startOpen);
  if (typeof value !== "object" || value === null) {
    return (
      <li className={styles.entry}>
        <span className={styles.key}>{name}</span>
        <Leaf value={value} />
      </li>
    );
  }
  return (
    <li>
      <button type="button" className={styles.entry} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="chevron" size={11} />
        <span className={styles.key}>{name}</span>
        <span className={styles.summary}>{summarise(value)}</span>
      </button>
      {open && <Children value={value} />}
    </li>
  );
}

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? "null" : typeof value;
  const text =
    typeof value === "string" ? summarise(value) : typeof value === "number" ? formatNumber(value) : String(value);
  return (
    <span className={styles.leaf} data-kind={kind}>
      {kind === "string" ? `"${text}"` : text}
    </span>
  );
}
