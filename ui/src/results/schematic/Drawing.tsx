import { type KeyboardEvent, type PointerEvent, type ReactNode, type WheelEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import { saveFile } from "../download";
import styles from "./Drawing.module.css";
import { drawingPng, drawingSvg } from "./export";

type DrawingProps = {
  /** What is drawn, for those who do not see it. */
  label: string;
  /** The name of saved files, without ending. */
  name: string;
  /** More to choose in the toolbar. */
  tools?: ReactNode;
  /** The drawing: it contains one `svg`. A new `key` shows it whole again. */
  children: ReactNode;
};

type View = { x: number; y: number; scale: number };

const STEP = 1.25;
const LARGEST = 8;
const SHIFT = 40;
/** A small drawing is not blown up beyond this when it is fitted. */
const FIT_LARGEST = 1.5;
const PADDING = 12;

/** A drawing that can be shifted and zoomed with mouse and keys, and saved. */
export function Drawing({ label, name, tools, children }: DrawingProps) {
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const [moved, setMoved] = useState(false);
  const [failed, setFailed] = useState<string>();

  const fit = useCallback(() => {
    const svg = content.current?.querySelector("svg");
    const box = frame.current;
    if (!svg || !box) return;
    const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
    const scale = Math.min((box.clientWidth - 2 * PADDING) / width, (box.clientHeight - 2 * PADDING) / height, FIT_LARGEST);
    if (!(scale > 0) || !Number.isFinite(scale)) return;
    setView({ scale, x: (box.clientWidth - width * scale) / 2, y: (box.clientHeight - height * scale) / 2 });
    setMoved(false);
  }, []);

  useLayoutEffect(fit, [fit, children]);
  useEffect(() => {
    if (moved || !frame.current) return undefined;
    const observer = new ResizeObserver(fit);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [fit, moved]);

  const zoom = (factor: number, at?: { x: number; y: number }): void => {
    const box = frame.current;
    const centre = at ?? { x: (box?.clientWidth ?? 0) / 2, y: (box?.clientHeight ?? 0) / 2 };
    setMoved(true);
    setView(({ x, y, scale }) => {
      const next = Math.min(Math.max(scale * factor, 0.05), LARGEST);
      const ratio = next / scale;
      return { scale: next, x: centre.x - (centre.x - x) * ratio, y: centre.y - (centre.y - y) * ratio };
    });
  };
  const shift = (dx: number, dy: number): void => {
    setMoved(true);
    setView(({ x, y, scale }) => ({ scale, x: x + dx, y: y + dy }));
  };
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), "0": fit,
      ArrowLeft: () => shift(SHIFT, 0), ArrowRight: () => shift(-SHIFT, 0), ArrowUp: () => shift(0, SHIFT), ArrowDown: () => shift(0, -SHIFT),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const turn = (event: WheelEvent<HTMLDivElement>): void => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * 0.0015), { x: event.clientX - left, y: event.clientY - top });
  };
  const begin = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    drag.current = { x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (!drag.current) return;
    shift(event.clientX - drag.current.x, event.clientY - drag.current.y);
    drag.current = { x: event.clientX, y: event.clientY };
  };
  const save = async (make: typeof drawingPng | typeof drawingSvg): Promise<void> => {
    const svg = content.current?.querySelector("svg");
    if (!svg) return;
    try {
      saveFile(await make(svg, name));
      setFailed(undefined);
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <div className={styles.drawing}>
      <div className={styles.bar}>
        {failed && <span className={styles.failed} role="alert">{failed}</span>}
        {tools}
        <IconButton small icon="minus" label="Smaller" keys="-" onClick={() => zoom(1 / STEP)} />
        <IconButton small icon="plus" label="Larger" keys="+" onClick={() => zoom(STEP)} />
        <IconButton small icon="fit" label="Show all" keys="0" onClick={fit} />
        <Button small look="ghost" icon="down" onClick={() => void save(drawingPng)}>PNG</Button>
        <Button small look="ghost" icon="down" onClick={() => void save(drawingSvg)}>SVG</Button>
      </div>
      <div
        ref={frame}
        className={styles.frame}
        role="group"
        aria-label={`${label}. Arrow keys shift it, + and - change its size, 0 shows all`}
        tabIndex={0}
        onKeyDown={press}
        onWheel={turn}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={() => (drag.current = null)}
        onPointerCancel={() => (drag.current = null)}
      >
        <div ref={content} className={styles.content} style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}>
          {children}
        </div>
      </div>
    </div>
  );
}
