import { type FormEvent, useId, useState } from "react";

import type { Decision } from "../api/learning";
import type { DraftSummary } from "../api/schema";
import { Button } from "../parts/Button";
import styles from "./DraftDetail.module.css";
import { shelfOf } from "./shelf";

type DraftActionsProps = {
  draft: DraftSummary;
  busy: boolean;
  editing: boolean;
  onEdit: () => void;
  onDecide: (decision: Decision) => void;
};

/** What can be done with a draft: accept it, edit it first, merge it into a skill that is there, or reject it for good. */
export function DraftActions({ draft, busy, editing, onEdit, onDecide }: DraftActionsProps) {
  const [merges, setMerges] = useState(false);
  const shelf = shelfOf(draft.status);
  if (shelf === "away") return null;
  if (merges) return <MergeForm busy={busy} onBack={() => setMerges(false)} onMerge={(into) => onDecide({ action: "merge", into })} />;
  return (
    <div className={styles.actions} role="group" aria-label="Decision">
      {(shelf === "waiting" || draft.update) && (
        <>
          <Button icon="check" look="primary" disabled={busy} onClick={() => onDecide({ action: "accept" })}>
            {editing ? "Accept as edited" : draft.update ? "Bring the skill up to date" : "Accept"}
          </Button>
          <Button icon="text" disabled={busy} onClick={onEdit}>
            {editing ? "Undo the edit" : "Edit first"}
          </Button>
        </>
      )}
      {shelf === "waiting" && (
        <>
          {draft.kind === "guide" && (
            <Button icon="from" disabled={busy} onClick={() => setMerges(true)}>
              Merge into…
            </Button>
          )}
          <Button icon="close" look="danger" disabled={busy} title="Its pattern makes no other draft" onClick={() => onDecide({ action: "reject" })}>
            Reject for good
          </Button>
        </>
      )}
      {draft.status === "accepted" && (
        <Button icon="down" disabled={busy} title="Its text is kept; the skill is no longer offered" onClick={() => onDecide({ action: "archive" })}>
          Archive the skill
        </Button>
      )}
    </div>
  );
}

function MergeForm({ busy, onMerge, onBack }: { busy: boolean; onMerge: (into: string) => void; onBack: () => void }) {
  const [into, setInto] = useState("");
  const field = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onMerge(into.trim());
  };
  return (
    <form className={styles.actions} onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && onBack()}>
      <label htmlFor={field}>Merge into the skill</label>
      <input
        id={field}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field is what the button before it asked for
        autoFocus
        value={into}
        placeholder="its id: python-coding"
        required
        onChange={(event) => setInto(event.target.value)}
      />
      <Button submit look="primary" disabled={busy}>
        Merge
      </Button>
      <Button look="ghost" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
