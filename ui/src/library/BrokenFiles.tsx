import type { BrokenFile } from "../api/schema";
import { Prose } from "../parts/Prose";
import styles from "./BrokenFiles.module.css";

/** The files that cannot be used as they stand: where, what, and what to do. */
export function BrokenFiles({ files }: { files: readonly BrokenFile[] }) {
  return (
    <ul className={styles.files} aria-label="Files with mistakes">
      {files.map(({ volume, path, uncommitted, diagnostics }) => {
        const worst = diagnostics.find(({ severity }) => severity === "error") ?? diagnostics[0];
        const place = worst?.line ? `:${worst.line}` : "";
        return (
          <li key={`${volume}/${path}/${uncommitted ? "edit" : ""}`}>
            <code>{`${volume}/${path}${place}`}</code>
            {uncommitted && " edited, not committed"}
            <p>
              <Prose text={worst?.message ?? "cannot be read"} />
            </p>
            {worst?.hint && (
              <p className={styles.hint}>
                <Prose text={worst.hint} />
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
