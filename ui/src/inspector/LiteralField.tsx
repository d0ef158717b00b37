import type { Port } from "../api/schema";
import styles from "./Fields.module.css";
import { FileField } from "./FileField";
import { JsonField } from "./JsonField";
import { NumberField } from "./NumberField";
import { TextField } from "./TextField";

type LiteralFieldProps = {
  id: string;
  port: Port;
  /** What the node says; `undefined` when it says nothing. */
  value: unknown;
  describedBy: string | undefined;
  onChange: (value: unknown) => void;
};

/** The field that suits the type of an input. */
export function LiteralField({ id, port, value, describedBy, onChange }: LiteralFieldProps) {
  const placeholder = port.default === undefined ? "" : preview(port.default);
  const common = { id, value, describedBy, onChange };

  switch (port.type) {
    case "number":
    case "integer":
      return <NumberField {...common} placeholder={placeholder} integer={port.type === "integer"} />;
    case "boolean":
      return (
        <label className={styles.switch}>
          <input
            id={id}
            type="checkbox"
            role="switch"
            checked={Boolean(value ?? port.default ?? false)}
            aria-describedby={describedBy}
            onChange={(event) => onChange(event.target.checked)}
          />
          {(value ?? port.default ?? false) ? "true" : "false"}
        </label>
      );
    case "string":
      return <TextField {...common} placeholder={placeholder} />;
    case "file":
    case "image":
      return <FileField id={id} value={value} image={port.type === "image"} onChange={onChange} />;
    case "bytes":
      return <p className={styles.note}>Bytes come from another node</p>;
    default:
      return <JsonField {...common} placeholder={placeholder || example(port.type)} />;
  }
}

function preview(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function example(type: string): string {
  if (type === "array") return "[1, 2, 3]";
  if (type === "any") return '"text", 1.5, [1, 2] or {"a": 1}';
  return type === "table" ? '{"columns": [{"name": "x", "values": [1, 2]}]}' : '{"a": 1}';
}
