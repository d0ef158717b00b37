import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import styles from "./Fields.module.css";
import { pickFile } from "./pickFile";

type TextFieldProps = {
  id: string;
  value: unknown;
  placeholder: string;
  describedBy: string | undefined;
  onChange: (value: string | undefined) => void;
};

const MAX_IN_FIELD = 20_000;

/** A text, typed or read from a file. */
export function TextField({ id, value, placeholder, describedBy, onChange }: TextFieldProps) {
  const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  const long = text.length > MAX_IN_FIELD;
  const lines = long ? 8 : text.split("\n").length;

  return (
    <div className={styles.withTool}>
      <textarea
        id={id}
        className={lines > 1 ? styles.code : styles.input}
        value={long ? `${text.slice(0, MAX_IN_FIELD)}…` : text}
        readOnly={long}
        rows={Math.min(8, lines)}
        placeholder={placeholder}
        spellCheck={false}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      />
      <IconButton
        small
        icon="open"
        label="Read from a file"
        onClick={() => void pickFile("").then(async (file) => file && onChange(await file.text()))}
      />
      {long && (
        <div className={styles.aside}>
          <span>{text.length.toLocaleString("en")} characters, the start is shown</span>
          <Button small look="ghost" onClick={() => onChange(undefined)}>
            Clear
          </Button>
        </div>
      )}
    </div>
  );
}
