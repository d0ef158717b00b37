import { useMemo } from "react";

import { markdownElements } from "./markdown";
import { TextView } from "./TextView";
import styles from "./TextView.module.css";

/** Markdown as people read it; what is too large to be laid out is shown as its text. */
export function MarkdownView({ text, label = "Document" }: { text: string; label?: string }) {
  const laidOut = useMemo(() => markdownElements(text), [text]);
  if (laidOut === undefined) {
    return (
      <div className={styles.plain}>
        <p>This document is too large to be laid out; here is its text</p>
        <TextView text={text} label={label} />
      </div>
    );
  }
  return (
    // A scrolling region must be reachable with the keyboard.
    <div className={styles.prose} role="group" aria-label={label} tabIndex={0}>
      {laidOut}
    </div>
  );
}
