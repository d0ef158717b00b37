import { useMemo, useState } from "react";

import type { DraftsApi } from "../api/learning";
import type { DraftSummary } from "../api/schema";
import { Tabs } from "../parts/Tabs";
import { DraftDetail } from "./DraftDetail";
import styles from "./DraftInbox.module.css";
import { DraftRow } from "./DraftRow";
import { type Shelf, shelfOf } from "./shelf";

type DraftInboxProps = {
  api: DraftsApi;
  drafts: readonly DraftSummary[];
  /** The draft that the address names. */
  chosen: string | undefined;
  onChoose: (id: string) => void;
  onTrace: (id: string) => void;
  onDecided: () => void;
};

const EMPTY: Record<Shelf, string> = {
  waiting: "Nothing waits for a decision. A draft comes once a task has come up often enough and has proved itself.",
  learned: "Nothing was accepted yet",
  away: "Nothing was rejected or archived",
};

/** What should become a skill, what has, and what will not: a list, and one of them in full. */
export function DraftInbox({ api, drafts, chosen, onChoose, onTrace, onDecided }: DraftInboxProps) {
  const named = drafts.find(({ draft_id }) => draft_id === chosen);
  const [shelf, setShelf] = useState<Shelf>(named ? shelfOf(named.status) : "waiting");
  const on = useMemo(() => {
    const of = (one: Shelf) => drafts.filter(({ status }) => shelfOf(status) === one);
    return { waiting: of("waiting"), learned: of("learned"), away: of("away") };
  }, [drafts]);
  const shown = on[shelf];
  const draft = shown.find(({ draft_id }) => draft_id === chosen) ?? shown[0];

  return (
    <div className={styles.inbox}>
      <div className={styles.list}>
        <Tabs
          label="Drafts"
          tabs={[
            { id: "waiting", label: "To decide", n: on.waiting.length },
            { id: "learned", label: "Learned", n: on.learned.length },
            { id: "away", label: "Put away", n: on.away.length },
          ]}
          chosen={shelf}
          onChoose={setShelf}
        />
        {shown.length === 0 ? (
          <p className={styles.empty}>{EMPTY[shelf]}</p>
        ) : (
          <ul aria-label="Drafts" className={styles.rows}>
            {shown.map((one) => (
              <li key={one.draft_id}>
                <DraftRow draft={one} current={one === draft} onChoose={() => onChoose(one.draft_id)} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {draft && (
        // What somebody began to write belongs to one text of one draft.
        <DraftDetail key={`${draft.draft_id} ${draft.version}`} api={api} draft={draft} onTrace={onTrace} onDecided={onDecided} />
      )}
    </div>
  );
}
