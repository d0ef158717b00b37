import { useEffect, useState } from "react";

import styles from "./Fields.module.css";

type NumberFieldProps = {
  id: string;
  value: unknown;
  placeholder?: string;
  integer?: boolean;
  describedBy?: string | undefined;
  onChange: (value: number | undefined) => void;
};

/** A number. What is not one yet stays in the field, and is not taken over. */
export function NumberField({ id, value, placeholder, integer, describedBy, onChange }: NumberFieldProps) {
  const [text, setText] = useState(() => print(value));
  const bad = text.trim() !== "" && read(text) === undefined;

  useEffect(() => {
    setText((now) => (read(now) === value ? now : print(value)));
  }, [value]);

  return (
    <>
      <input
        id={id}
        className={styles.input}
        inputMode={integer ? "numeric" : "decimal"}
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        aria-invalid={bad}
        aria-describedby={describedBy}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          const number = read(next);
          if (number !== undefined || next.trim() === "") onChange(number);
        }}
      />
      {bad && (
        <p role="alert" className={styles.problem}>
          Not a number: write it like {integer ? "42" : "0.735 or 1e-6"}.{" "}
          {print(value) === "" ? "Until then it is not set" : `Until then it is ${print(value)}`}
        </p>
      )}
    </>
  );
}

function read(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}

function print(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
