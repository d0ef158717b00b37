import type { AnimationEvent } from "react";

import type { ShownStatus } from "../execution/board";
import styles from "./StatusMark.module.css";

const DRAWING: Record<Exclude<ShownStatus, "running">, string> = {
  idle: "M8 8h.01",
  success: "m4.5 8.3 2.3 2.3 4.7-5",
  error: "m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4",
  skipped: "M5 8h6",
  cached: "M9 3.5 5 8.7h3L7 12.5l4-5.2H8z",
};

/** Has all marks turn in step: however many there are, the page is painted four times a second. */
function inStep(event: AnimationEvent<SVGElement>) {
  for (const turning of event.currentTarget.getAnimations()) turning.startTime = 0;
}

/** A state as a mark: its shape tells it apart without colour. */
export function StatusMark({ status }: { status: ShownStatus }) {
  return (
    <svg className={styles.mark} data-mark={status} aria-hidden="true" viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="7" />
      {status === "running" ? <path className={styles.spin} d="M8 3a5 5 0 0 1 5 5" onAnimationStart={inStep} /> : <path d={DRAWING[status]} />}
    </svg>
  );
}
