import { useEffect } from "react";
import { useStore } from "zustand";

import type { CommitView } from "../api/schema";
import { useEditor, useFiles, useWorkbench } from "../app/useWorkbench";
import styles from "../history/History.module.css";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { Prose } from "../parts/Prose";
import { moment } from "../parts/time";
import { fileOf } from "./looking";
import { useVersions } from "./useVersions";
import own from "./Versions.module.css";

/** How many changes of a commit are named. */
const NAMED = 4;

/** The versions of the open workflow: who changed what, and a look at each on the canvas. */
export function VersionList() {
  const origin = useEditor((state) => state.origin);
  const id = useEditor((state) => state.doc.workflow_id);
  if (origin.kind !== "stored") {
    return <p className={styles.note}>This workflow is not saved yet: its versions appear here once it is</p>;
  }
  return <Stored volume={origin.volume} id={id} version={origin.version} />;
}

function Stored({ volume, id, version }: { volume: string; id: string; version: string }) {
  const { api, looking } = useWorkbench();
  const saved = useFiles((state) => state.savedCommit);
  const list = useVersions(api, volume, fileOf(id), `${version} ${saved ?? ""}`);
  const { commit, opening, problem } = useStore(looking.store);
  // Whoever goes elsewhere goes back to the workflow first.
  useEffect(() => looking.back, [looking]);

  return (
    <div className={styles.history}>
      {problem && (
        <p role="alert" className={styles.problem}>
          <Prose text={problem.message} />
          {problem.hint && <small><Prose text={problem.hint} /></small>}
        </p>
      )}
      {list.state === "failed" && <Failure error={list.error} again={list.again} />}
      {list.state === "loading" && <p role="status" className={styles.note}>Loading versions…</p>}
      <ul aria-label="Versions" className={styles.list}>
        {list.commits.map((one) => (
          <li key={one.commit} className={own.row}>
            <button
              type="button"
              className={own.version}
              aria-current={commit?.commit === one.commit}
              aria-busy={opening === one.commit}
              disabled={!one.version}
              title={`${one.commit}\n${one.message}`}
              onClick={() => void looking.open(one)}
            >
              <span className={own.head}>
                <b>{moment(Date.parse(one.time), true)}</b>
                <span>{one.author}</span>
              </span>
              <Changes commit={one} />
            </button>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <div className={styles.more}>
          <Button small look="ghost" onClick={list.more}>
            Older versions
          </Button>
        </div>
      )}
    </div>
  );
}

function Changes({ commit: { words, subject } }: { commit: CommitView }) {
  const all = words && words.length > 0 ? words : [subject];
  const more = all.length - NAMED;
  return (
    <span className={own.words}>
      {all.slice(0, NAMED).map((one) => (
        <span key={one}>
          <Prose text={one} />
        </span>
      ))}
      {more > 0 && <span>and {more} more</span>}
    </span>
  );
}
