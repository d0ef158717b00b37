import type { Layout, PlacedPart, Wire } from "./layout";
import { labelX } from "./layout";
import { type PlacedPin, transformOf } from "./parts";
import styles from "./Schematic.module.css";
import type { Stroke } from "./symbols";

type SchematicProps = { layout: Layout; title: string; notes: readonly string[] };

const NOTE = 16;

/** A circuit as a drawing. */
export function Schematic({ layout, title, notes }: SchematicProps) {
  const longest = Math.max(0, ...notes.map((note) => note.length));
  const width = Math.max(layout.width, 32 + longest * 6.7, 160);
  const height = layout.height + (notes.length > 0 ? notes.length * NOTE + 12 : 0);
  /* oxlint-disable react/no-array-index-key -- strokes and lines are places in a drawing */
  return (
    <svg className={styles.schematic} xmlns="http://www.w3.org/2000/svg" role="img" aria-label={title} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {layout.wires.map((wire) => <WireLines key={wire.net} {...wire} />)}
      {layout.parts.map((placed, index) => <PartDrawing key={index} {...placed} />)}
      {notes.map((note, index) => (
        <text key={index} className={styles.note} x={16} y={layout.height + NOTE * (index + 0.6)}>{note}</text>
      ))}
    </svg>
  );
  /* oxlint-enable react/no-array-index-key */
}

function WireLines({ net, lines, dots, label }: Wire) {
  const d = lines.map((line) => `M${line.map(({ x, y }) => `${x} ${y}`).join("L")}`).join("");
  return (
    <g>
      <path className={styles.wire} d={d} />
      {dots.map(({ x, y }) => <circle key={`${x},${y}`} className={styles.dot} cx={x} cy={y} r={3} />)}
      {label && <text className={styles.net} x={label.x} y={label.y} textAnchor="middle">{net}</text>}
    </g>
  );
}

function PartDrawing({ part, x, y }: PlacedPart) {
  const { title, value, label, width, height, strokes, turn, pins } = part;
  /* oxlint-disable react/no-array-index-key -- strokes are places in a drawing */
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${title} ${value}`.trim()}</title>
      <g transform={transformOf(turn)}>{strokes.map((stroke, index) => <StrokeDrawing key={index} stroke={stroke} />)}</g>
      {pins.map((pin, index) => pin.mark && <MarkDrawing key={index} pin={pin} />)}
      {label === "right" ? (
        <>
          <text className={styles.name} x={labelX(part)} y={value === "" ? 4 : -3}>{title}</text>
          <text className={styles.value} x={labelX(part)} y={10}>{value}</text>
        </>
      ) : (
        <>
          <text className={styles.name} x={0} y={-height / 2 - (value === "" ? 6 : 18)} textAnchor="middle">{title}</text>
          <text className={styles.value} x={0} y={-height / 2 - 5} textAnchor="middle">{value}</text>
        </>
      )}
      <rect className={styles.hit} x={-width / 2} y={-height / 2} width={width} height={height} />
    </g>
  );
  /* oxlint-enable react/no-array-index-key */
}

function StrokeDrawing({ stroke }: { stroke: Stroke }) {
  if ("d" in stroke) return <path className={stroke.fill ? styles.solid : styles.stroke} d={stroke.d} />;
  const { text, x, y, small, anchor } = stroke;
  return <text className={small ? styles.pin : styles.value} x={x} y={y} textAnchor={anchor}>{text}</text>;
}

/** A ground sign, or a supply with its name, at the end of a pin. */
function MarkDrawing({ pin: { x, y, side, net, mark } }: { pin: PlacedPin }) {
  const aside = side === "W" ? -10 : side === "E" ? 10 : 0;
  const at = `translate(${x + aside} ${y})`;
  const bridge = aside === 0 ? "" : `M${-aside} 0H0`;
  if (mark === "ground") {
    const up = side === "N" ? -1 : 1;
    return <path className={styles.stroke} transform={`${at} scale(1,${up})`} d={`${bridge}M0 0V8M-10 8H10M-6 12H6M-2 16H2`} />;
  }
  const up = side === "S" || (side !== "N" && mark === "below") ? 1 : -1;
  return (
    <g transform={at}>
      <path className={styles.stroke} d={`${bridge}M0 0V${up * 8}M-9 ${up * 8}H9`} />
      <text className={styles.net} x={0} y={up < 0 ? -12 : 20} textAnchor="middle">{net}</text>
    </g>
  );
}
