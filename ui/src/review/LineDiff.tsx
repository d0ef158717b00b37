import type { ProposedFile } from "../api/schema";
import styles from "./LineDiff.module.css";

type Hunk = ProposedFile["hunks"][number];
type Line = Hunk["lines"][number];

const SIGNS = { same: " ", removed: "−", added: "+" } as const;
const WORDS = { same: "", removed: "Removed: ", added: "Added: " } as const;

/** Lines that are different, with some around them. What cannot be seen is shown by its name. */
export function LineDiff({ path, hunks }: { path: string; hunks: readonly Hunk[] }) {
  return (
    <div className={styles.diff} role="group" aria-label={`Lines of ${path}`} tabIndex={0}>
      {hunks.map((hunk, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- hunks have no other identity
        <ol key={at} className={styles.hunk}>
          {hunk.lines.map((line) => (
            <OneLine key={`${line.before ?? ""}:${line.after ?? ""}`} line={line} />
          ))}
        </ol>
      ))}
    </div>
  );
}

function OneLine({ line }: { line: Line }) {
  return (
    <li className={styles.line} data-change={line.change}>
      <span aria-hidden="true" className={styles.number}>
        {line.before ?? ""}
      </span>
      <span aria-hidden="true" className={styles.number}>
        {line.after ?? ""}
      </span>
      <span aria-hidden="true" className={styles.sign}>
        {SIGNS[line.change]}
      </span>
      <code className={styles.text}>
        <span className="visually-hidden">{WORDS[line.change]}</span>
        {line.pieces.map(({ text, hidden }, at) =>
          hidden ? (
            // oxlint-disable-next-line react/no-array-index-key -- pieces have no other identity
            <mark key={at} className={styles.hidden} title="A character that cannot be seen">
              {text}
            </mark>
          ) : (
            // oxlint-disable-next-line react/no-array-index-key -- pieces have no other identity
            <span key={at}>{text}</span>
          ),
        )}
        {line.long && <em className={styles.long}>long line, shown to its end</em>}
      </code>
    </li>
  );
}
