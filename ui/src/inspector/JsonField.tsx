import { useEffect, useState } from "react";

import styles from "./Fields.module.css";

type JsonFieldProps = {
  id: string;
  value: unknown;
  placeholder: string;
  describedBy: string | undefined;
  onChange: (value: unknown) => void;
};

/** A value written as JSON. What is not JSON yet stays in the field, and is not taken over. */
export function JsonField({ id, value, placeholder, describedBy, onChange }: JsonFieldProps) {
  const [text, setText] = useState(() => print(value));
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    setText((now) => (same(now, value) ? now : print(value)));
    setProblem(undefined);
  }, [value]);

  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      setProblem(undefined);
      onChange(undefined);
      return;
    }
    try {
      const parsed: unknown = JSON.parse(next);
      setProblem(undefined);
      onChange(parsed);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <>
      <textarea
        id={id}
        className={styles.code}
        value={text}
        placeholder={placeholder}
        rows={Math.min(10, text.split("\n").length + 1)}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={describedBy}
        onChange={(event) => change(event.target.value)}
      />
      {problem && (
        <p role="alert" className={styles.problem}>
          Not valid JSON: {problem}. Until then the value of before counts
        </p>
      )}
    </>
  );
}

function print(value: unknown): string {
  if (value === undefined) return "";
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : JSON.stringify(value, null, 2);
}

function same(text: string, value: unknown): boolean {
  if (text.trim() === "") return value === undefined;
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}
