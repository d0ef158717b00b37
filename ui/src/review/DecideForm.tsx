import { useId, useState } from "react";

import type { Verdict } from "../api/review";
import type { ProposalView } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import styles from "./Review.module.css";

type DecideFormProps = { view: ProposalView; onDecided: () => void };

type Sending = { state: "idle" } | { state: "sending"; verdict: Verdict } | { state: "failed"; error: unknown };

const DONE: Record<Verdict, string> = {
  approve: "is merged",
  decline: "is declined",
  revert: "is taken back",
};

/** Where a proposal is decided: approved, declined with a reason, or taken back once it was merged. */
export function DecideForm({ view, onDecided }: DecideFormProps) {
  const { api, notices } = useWorkbench();
  const [reason, setReason] = useState("");
  const [own, setOwn] = useState(false);
  const [sending, setSending] = useState<Sending>({ state: "idle" });
  const id = useId();
  if (!view.may_approve && !view.may_decline && !view.may_revert) return null;

  const send = async (verdict: Verdict) => {
    setSending({ state: "sending", verdict });
    try {
      const said = { reason, ...(verdict === "approve" && view.own && { own }) };
      await api.decide({ volume: view.volume, id: view.id }, verdict, said);
      setSending({ state: "idle" });
      notices.say({ tone: "info", message: `the proposal of \`${view.skill_id}\` ${DONE[verdict]}`, hint: null });
      onDecided();
    } catch (error) {
      setSending({ state: "failed", error });
    }
  };
  const busy = sending.state === "sending";
  const failed = view.checks.some(({ outcome }) => outcome === "failed");
  const needsReason = reason.trim() === "";

  return (
    <form
      className={styles.decide}
      aria-label="Decision"
      onSubmit={(event) => event.preventDefault()}
    >
      <label htmlFor={`${id}-reason`}>{view.may_revert ? "Why it is taken back" : "What you say to it"}</label>
      <textarea
        id={`${id}-reason`}
        rows={3}
        maxLength={2000}
        value={reason}
        aria-describedby={`${id}-about`}
        onChange={(event) => setReason(event.target.value)}
      />
      <p id={`${id}-about`} className={styles.quiet}>
        {view.may_revert ? "Needed; the commit keeps it" : "Needed to decline; the commit keeps it either way"}
      </p>
      {view.may_approve && view.own && (
        <label className={styles.own}>
          <input type="checkbox" checked={own} onChange={(event) => setOwn(event.target.checked)} />I approve my own proposal, and looked at
          all of it
        </label>
      )}
      {sending.state === "failed" && <Failure error={sending.error} />}
      <div className={styles.actions}>
        {view.may_revert && (
          <Button look="danger" disabled={busy || needsReason} onClick={() => void send("revert")}>
            Take it back
          </Button>
        )}
        {view.may_decline && (
          <Button look="danger" disabled={busy || needsReason} onClick={() => void send("decline")}>
            {view.own ? "Withdraw" : "Decline"}
          </Button>
        )}
        {view.may_approve && (
          <Button
            look="primary"
            icon="check"
            disabled={busy || failed || (view.own && !own)}
            title={failed ? "A check is in the way" : undefined}
            onClick={() => void send("approve")}
          >
            Approve and merge
          </Button>
        )}
      </div>
    </form>
  );
}
