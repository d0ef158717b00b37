import { useCallback } from "react";

import type { Change, FileDiff, Hunk } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Failure } from "../parts/Failure";
import { Prose } from "../parts/Prose";
import styles from "./SkillHistory.module.css";

type CommitChangesProps = { volume: string; path: string; commit: string };

/** What a commit changed in a file: by field, then by line. */
export function CommitChanges({ volume, path, commit }: CommitChangesProps) {
  const { api } = useWorkbench();
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => api.compareFile({ volume, path, to: commit }, signal), [api, volume, path, commit]),
  );
  if (result.state === "loading") return <p role="status">Comparing…</p>;
  if (result.state === "failed") return <Failure error={result.error} again={again} />;
  const { files } = result.value;
  if (files.length === 0) return <p className={styles.quiet}>Nothing is different</p>;
  return files.map((file) => <OneFile key={file.path} file={file} />);
}

function OneFile({ file }: { file: FileDiff }) {
  const changes = file.changes ?? [];
  const lines = file.lines ?? [];
  return (
    <>
      {changes.length > 0 && <Fields changes={changes} />}
      {lines.length > 0 && <Lines path={file.path} hunks={lines} />}
    </>
  );
}

function Fields({ changes }: { changes: readonly Change[] }) {
  return (
    <table className={styles.fields}>
      <caption className="visually-hidden">Fields that are different</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.key}>
            <th scope="row">
              <Prose text={change.words} />
            </th>
            <td>{change.old == null ? <i>not there</i> : <pre>{short(change.old)}</pre>}</td>
            <td>{change.new == null ? <i>gone</i> : <pre>{short(change.new)}</pre>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SIGNS = { same: " ", old: "−", new: "+" } as const;
const WORDS = { same: "", old: "Removed: ", new: "Added: " } as const;

function Lines({ path, hunks }: { path: string; hunks: readonly Hunk[] }) {
  return (
    <div className={styles.lines} role="group" aria-label={`Lines of ${path}`} tabIndex={0}>
      {hunks.map((hunk) => (
        <ol key={`${hunk.old_start}:${hunk.new_start}`}>
          {hunk.lines.map(({ kind, text }, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines have no other identity
            <li key={at} data-kind={kind}>
              <span aria-hidden="true">{SIGNS[kind]}</span>
              <code>
                <span className="visually-hidden">{WORDS[kind]}</span>
                {text}
              </code>
            </li>
          ))}
        </ol>
      ))}
    </div>
  );
}

/** The lines below have all of it. */
function short(text: string): string {
  const lines = text.split("\n");
  return lines.length > 6 ? `${lines.slice(0, 6).join("\n")}\n… ${lines.length - 6} more lines, see below` : text;
}
