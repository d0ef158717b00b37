import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";

import { useTheme } from "../../app/theme";
import { Button } from "../../parts/Button";
import { canvasPen } from "./canvasPen";
import { drawPlot, type Layout, layOut, type Picture } from "./draw";
import { Hover, spoken } from "./Hover";
import { nextPlace, readAt } from "./reading";
import { describePlot, type PlotModel } from "./model";
import { type Palette, readPalette } from "./palette";
import styles from "./PlotView.module.css";
import { useZoom } from "./useZoom";

type ChartProps = {
  model: PlotModel;
  hidden: ReadonlySet<number>;
  palette: Palette | undefined;
  onPalette: (palette: Palette) => void;
  /** Told what is on screen, so that it can be saved. */
  onShown: (shown: { picture: Picture; width: number; height: number }) => void;
};

type Place = { left: number; top: number; byKey?: boolean };

const PAN_SHARE = 0.15;
const ZOOM_STEP = 0.7;

/** The chart itself: drawn on a canvas, moved with pointer, wheel and keys. */
export function Chart({ model, hidden, palette, onPalette, onShown }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layout = useRef<Layout | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [place, setPlace] = useState<Place | null>(null);
  const theme = useTheme();
  const zoom = useZoom(model, layout, element);
  const { view } = zoom;

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    onPalette(readPalette(target));
    const measure = () => setSize({ width: Math.max(target.clientWidth, 120), height: Math.max(target.clientHeight, 90) });
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [theme, onPalette]);

  const picture = useMemo(
    () => palette && { model, view, hidden, palette },
    // oxlint-disable-next-line react/exhaustive-deps -- a view is its four numbers
    [model, hidden, palette, view.x.min, view.x.max, view.y.min, view.y.max],
  );
  const { width, height } = size;
  const placed = useMemo(() => (picture && width > 0 ? layOut(picture, width, height) : null), [picture, width, height]);

  useEffect(() => {
    layout.current = placed;
    const target = canvas.current;
    const ctx = target?.getContext("2d");
    if (!target || !ctx || !picture || !placed) return;
    const fineness = devicePixelRatio || 1;
    target.width = Math.round(width * fineness);
    target.height = Math.round(height * fineness);
    drawPlot(canvasPen(ctx, fineness, picture.palette.font), picture, placed);
    onShown({ picture, width, height });
  }, [picture, placed, width, height, onShown]);

  const reading = place && placed && !zoom.drag && !zoom.panning ? readAt(model, placed, hidden, place.left, place.top) : null;
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !placed) return;
    const act = keyAction(event, { model, hidden, placed, place, zoom, setPlace });
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <div
      ref={element}
      className={styles.chart}
      role="application"
      aria-roledescription="chart"
      aria-label={describePlot(model)}
      // The keys of a chart need the focus to be on it.
      tabIndex={0}
      data-panning={zoom.panning}
      {...zoom.handlers}
      onPointerMove={(event) => {
        zoom.handlers.onPointerMove(event);
        const { left, top } = event.currentTarget.getBoundingClientRect();
        setPlace({ left: event.clientX - left, top: event.clientY - top });
      }}
      onPointerLeave={() => setPlace(null)}
      onDoubleClick={zoom.reset}
      onKeyDown={press}
      onBlur={() => setPlace(null)}
    >
      <canvas ref={canvas} className={styles.canvas} aria-hidden="true" />
      {zoom.drag && <span className={styles.drag} style={zoom.drag} />}
      {reading && placed && palette && <Hover reading={reading} palette={palette} box={placed.box} plain={model.heat !== undefined} />}
      {zoom.isZoomed && (
        <span className={styles.reset} onPointerDown={(event) => event.stopPropagation()} onDoubleClick={(event) => event.stopPropagation()}>
          <Button small icon="fit" title="Show everything (0, or double-click)" onClick={zoom.reset}>
            Reset zoom
          </Button>
        </span>
      )}
      <p className="visually-hidden" aria-live="polite">
        {reading && place?.byKey ? spoken(reading) : ""}
      </p>
    </div>
  );
}

type KeyContext = {
  model: PlotModel;
  hidden: ReadonlySet<number>;
  placed: Layout;
  place: Place | null;
  zoom: ReturnType<typeof useZoom>;
  setPlace: (place: Place | null) => void;
};

/** What a key does on a chart, if anything. */
function keyAction(event: KeyboardEvent, { model, hidden, placed, place, zoom, setPlace }: KeyContext): (() => void) | undefined {
  const { box } = placed;
  const at = place ?? { left: box.left - 3, top: box.top + box.height / 2 };
  const read = (left: number, top = at.top) => () => setPlace({ left, top, byKey: true });
  const row = model.heat ? box.height / Math.max(model.heat.ys.length, 1) : box.height / 20;
  const within = (top: number) => Math.min(Math.max(top, box.top + 1), box.top + box.height - 1);
  switch (event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key) {
    case "ArrowRight":
      return read(nextPlace(model, placed, hidden, at.left, 1));
    case "ArrowLeft":
      return read(nextPlace(model, placed, hidden, place ? at.left : box.left + box.width, -1));
    case "ArrowUp":
      return read(at.left, within(at.top - row));
    case "ArrowDown":
      return read(at.left, within(at.top + row));
    case "Home":
      return read(box.left);
    case "End":
      return read(box.left + box.width);
    case "Shift+ArrowRight":
      return () => zoom.pan(PAN_SHARE, 0);
    case "Shift+ArrowLeft":
      return () => zoom.pan(-PAN_SHARE, 0);
    case "Shift+ArrowUp":
      return () => zoom.pan(0, PAN_SHARE);
    case "Shift+ArrowDown":
      return () => zoom.pan(0, -PAN_SHARE);
    case "+":
    case "=":
      return () => zoom.zoom(ZOOM_STEP, place ?? undefined);
    case "-":
      return () => zoom.zoom(1 / ZOOM_STEP, place ?? undefined);
    case "0":
      return zoom.reset;
    case "Escape":
      return place?.byKey ? () => setPlace(null) : undefined;
    default:
      return undefined;
  }
}
