import { type KeyboardEvent, type PointerEvent } from "react";

import styles from "./Resizer.module.css";
import { useView } from "./useWorkbench";
import type { Sizes } from "./view";

type ResizerProps = { side: keyof Sizes; label: string; onMove: (size: number) => void };

const RANGE: Record<keyof Sizes, { min: number; max: number; fresh: number }> = {
  left: { min: 180, max: 480, fresh: 264 },
  right: { min: 220, max: 560, fresh: 312 },
  bottom: { min: 120, max: 720, fresh: 330 },
};
const STEP = 24;

/** A line between two panels that moves by pointer and by arrow keys; a double click folds and unfolds. */
export function Resizer({ side, label, onMove }: ResizerProps) {
  const size = useView((state) => state.sizes[side]);
  const { min, max, fresh } = RANGE[side];
  const upright = side !== "bottom";
  const move = (wanted: number) => onMove(wanted < min / 2 ? 0 : Math.round(Math.min(Math.max(wanted, min), max)));

  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { innerWidth, innerHeight } = globalThis;
    if (side === "left") move(event.clientX);
    else move(side === "right" ? innerWidth - event.clientX : innerHeight - event.clientY);
  };
  const key = (event: KeyboardEvent) => {
    const grow = { left: "ArrowRight", right: "ArrowLeft", bottom: "ArrowUp" }[side];
    const shrink = { left: "ArrowLeft", right: "ArrowRight", bottom: "ArrowDown" }[side];
    if (event.key === grow) move(Math.max(size, min - STEP) + STEP);
    else if (event.key === shrink) move(size <= min ? 0 : size - STEP);
    else if (event.key === "Enter") move(size === 0 ? fresh : 0);
    else return;
    event.preventDefault();
  };

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={upright ? "vertical" : "horizontal"}
      aria-valuenow={size}
      aria-valuemin={0}
      aria-valuemax={max}
      className={styles.resizer}
      data-side={side}
      onKeyDown={key}
      onDoubleClick={() => move(size === 0 ? fresh : 0)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    />
  );
}
