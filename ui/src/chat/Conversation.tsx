import { memo, useCallback, useMemo, useState } from "react";
import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { Windowed } from "../parts/Windowed";
import styles from "./Chat.module.css";
import { ExchangeView } from "./ExchangeView";
import { Hello } from "./Hello";
import { Fold } from "./Fold";
import { type Row, rowsOf } from "./rows";

/** What was said, the newest at the end; what was said long ago is read when somebody scrolls there. */
export const Conversation = memo(function Conversation({ onSettings }: { onSettings: () => void }) {
  const { talk } = useWorkbench();
  const exchanges = useStore(talk.store, (state) => state.exchanges);
  const session = useStore(talk.store, (state) => state.session?.id ?? "");
  const earlier = useStore(talk.store, (state) => state.earlier);
  const reading = useStore(talk.store, (state) => state.reading);
  const trouble = useStore(talk.store, (state) => state.trouble);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(exchanges, open), [exchanges, open]);
  const toggle = useCallback((key: string) => {
    setOpen((now) => {
      const next = new Set(now);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  const draw = useCallback(
    (row: Row) =>
      row.kind === "fold" ? (
        <div className={styles.row}>
          <Fold row={row} onToggle={toggle} />
        </div>
      ) : (
        <div className={styles.row} data-replaced={row.exchange.replaced}>
          <Drawn exchange={row.exchange} />
        </div>
      ),
    [toggle],
  );
  const readEarlier = useCallback(() => void talk.readEarlier(), [talk]);

  return (
    <>
      {earlier !== null && (
        <div className={styles.above}>
          <Button small icon="up" look="ghost" disabled={reading} onClick={readEarlier}>
            {reading ? "Reading earlier messages…" : "Show earlier messages"}
          </Button>
        </div>
      )}
      {trouble !== null && (
        <div className={styles.above}>
          <Failure error={trouble} />
        </div>
      )}
      {exchanges.length === 0 ? (
        <div className={styles.list} role="log" aria-label="Conversation">
          {reading ? <p role="status">Reading the session…</p> : trouble === null && <Hello onSettings={onSettings} />}
        </div>
      ) : (
        <Windowed
          key={session}
          label="Conversation"
          role="log"
          className={styles.window}
          items={rows}
          keyOf={keyOf}
          estimate={160}
          gap={24}
          fromEnd
          onStart={readEarlier}
        >
          {draw}
        </Windowed>
      )}
    </>
  );
});

const keyOf = ({ key }: Row) => key;

/** While one exchange grows, and while somebody writes, the others stay as they are drawn. */
const Drawn = memo(ExchangeView);
