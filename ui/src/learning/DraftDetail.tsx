import { useCallback, useId, useState } from "react";

import type { Decision, DraftsApi } from "../api/learning";
import type { DraftSummary } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { Failure } from "../parts/Failure";
import { Prose } from "../parts/Prose";
import { SafeText } from "../parts/SafeText";
import { DraftActions } from "./DraftActions";
import styles from "./DraftDetail.module.css";
import { DraftEvidence } from "./DraftEvidence";
import { DraftGain } from "./DraftGain";
import { DraftText } from "./DraftText";
import { DraftTraces } from "./DraftTraces";

type DraftDetailProps = {
  api: DraftsApi;
  draft: DraftSummary;
  onTrace: (id: string) => void;
  onDecided: () => void;
};

const WORD: Record<string, string> = { proposed: "to decide", unproven: "not proved" };

/** One draft: what was seen, what speaks for it, its text, and what to do with it. */
export function DraftDetail({ api, draft, onTrace, onDecided }: DraftDetailProps) {
  const title = useId();
  const [edited, setEdited] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => api.readDraft(draft, signal), [api, draft]));
  const text = result.state === "ready" ? result.value.text : null;

  const decide = async (decision: Decision) => {
    setBusy(true);
    setError(null);
    try {
      const changed = decision.action === "accept" && edited !== null && edited !== text;
      const version = changed ? (await api.editDraft(draft, edited)).version : draft.version;
      await api.decideDraft({ ...draft, version }, decision);
    } catch (fault) {
      setError(fault);
    }
    setBusy(false);
    onDecided();
  };

  return (
    <article aria-labelledby={title} className={styles.detail}>
      <header className={styles.head}>
        <h3 id={title}>
          <SafeText text={draft.title} />
        </h3>
        <p className={styles.sub}>
          <span className={styles.tag}>{WORD[draft.status] ?? draft.status}</span>
          {result.state === "ready" && (
            <>
              {" "}
              <code>{result.value.path}</code> in {draft.volume}
            </>
          )}
        </p>
      </header>
      {[draft.stale, result.state === "ready" ? result.value.problem : null, ...draft.warnings].map(
        (warning) =>
          warning && (
            <p key={warning} className={styles.warning}>
              <Prose text={warning} />
            </p>
          ),
      )}
      <DraftEvidence draft={draft} />
      {draft.gain && <DraftGain gain={draft.gain} />}
      {result.state === "loading" && <p role="status">Loading the draft…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && (
        <>
          <DraftTraces traces={result.value.traces} onTrace={onTrace} />
          <DraftText text={result.value.text} edited={edited} onEdit={setEdited} />
        </>
      )}
      {error !== null && <Failure error={error} />}
      {text !== null && (
        <DraftActions
          draft={draft}
          busy={busy}
          editing={edited !== null}
          onEdit={() => setEdited(edited === null ? text : null)}
          onDecide={(decision) => void decide(decision)}
        />
      )}
    </article>
  );
}
