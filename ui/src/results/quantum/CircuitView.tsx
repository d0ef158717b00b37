import { useLayoutEffect, useRef, useState } from "react";

import { draw } from "qdk/circuit-vis/index.ts";
import "qdk/qsharp-circuit.css";

import { Drawing } from "../schematic/Drawing";
import type { ViewerProps } from "../viewer";
import styles from "./Quantum.module.css";

/** A quantum circuit, drawn by the QDK. */
export function CircuitView({ value, about }: ViewerProps) {
  const { text } = value as { text: string };
  const [failed, setFailed] = useState<string>();
  if (failed !== undefined) {
    return <p className={styles.note} role="alert">{`This circuit cannot be drawn: ${failed}`}</p>;
  }
  return (
    <Drawing key={text} label="Quantum circuit" name={about.port}>
      <Circuit text={text} onFail={setFailed} />
    </Drawing>
  );
}

function Circuit({ text, onFail }: { text: string; onFail: (reason: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const container = place.current;
    if (!container) return undefined;
    try {
      draw(JSON.parse(text), container);
      const svg = container.querySelector("svg");
      svg?.setAttribute("role", "img");
      svg?.setAttribute("aria-label", "Quantum circuit");
    } catch (error) {
      onFail(error instanceof Error ? error.message : String(error));
    }
    return () => container.replaceChildren();
  }, [text, onFail]);
  return <div ref={place} className={`qs-circuit ${styles.qdk}`} />;
}
