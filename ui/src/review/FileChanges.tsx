import type { ProposedFile } from "../api/schema";
import { count } from "../parts/time";
import { LineDiff } from "./LineDiff";
import styles from "./Review.module.css";

/** What is different, file by file: by field, then by line. */
export function FileChanges({ files }: { files: readonly ProposedFile[] }) {
  return (
    <section aria-label="Changes" className={styles.section}>
      <h3>Changes</h3>
      {files.length === 0 && <p className={styles.quiet}>Nothing is different</p>}
      {files.map((file) => (
        <section key={file.path} aria-label={file.path} className={styles.file}>
          <h4>
            <code>{file.path}</code>
            <small>{whatHappens(file)}</small>
          </h4>
          {(file.fields ?? []).length > 0 && <Fields file={file} />}
          {file.hunks.length > 0 && <LineDiff path={file.path} hunks={file.hunks} />}
          {!file.text && <p className={styles.quiet}>Not text: its content is not shown</p>}
        </section>
      ))}
    </section>
  );
}

function whatHappens({ bytes_before: before, bytes_after: after }: ProposedFile): string {
  if (before == null) return `new, ${count(after ?? 0, "byte")}`;
  if (after == null) return "would be gone";
  return `${count(before, "byte")} before, ${count(after, "byte")} after`;
}

function Fields({ file }: { file: ProposedFile }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.fields}>
        <caption className="visually-hidden">Fields of {file.path} that are different</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {(file.fields ?? []).map(({ field, name, before, after }) => (
            <tr key={field}>
              <th scope="row">{name.replaceAll("`", "")}</th>
              <td>{before == null ? <i>not there</i> : <pre>{short(before)}</pre>}</td>
              <td>{after == null ? <i>gone</i> : <pre>{short(after)}</pre>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The lines below have all of it. */
function short(text: string): string {
  const lines = text.split("\n");
  return lines.length > 6 ? `${lines.slice(0, 6).join("\n")}\n… ${lines.length - 6} more lines, see below` : text;
}
