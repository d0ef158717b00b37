import { useCallback, useEffect, useRef } from "react";

import type { ProposalRef } from "../api/review";
import type { ProposalView } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Failure } from "../parts/Failure";
import { IconButton } from "../parts/IconButton";
import { Prose } from "../parts/Prose";
import { moment } from "../parts/time";
import { Checks } from "./Checks";
import { DecideForm } from "./DecideForm";
import { ExampleRun } from "./ExampleRun";
import { Facts } from "./Facts";
import { FileChanges } from "./FileChanges";
import styles from "./Review.module.css";
import { STATES } from "./words";

type ProposalDetailProps = { of: ProposalRef; onDecided: () => void };

/** All about one proposal, and the decision. */
export function ProposalDetail({ of, onDecided }: ProposalDetailProps) {
  const { api, places } = useWorkbench();
  const { volume, id } = of;
  const { result, again } = useLoad(
    useCallback((signal: AbortSignal) => api.readProposal({ volume, id }, signal), [api, volume, id]),
  );
  return (
    <article className={styles.detail} aria-label="Proposal" aria-busy={result.state === "loading"}>
      <div className={styles.back}>
        <IconButton icon="undo" label="All proposals" onClick={() => places.show({ at: "page", page: "review", rest: [] })} />
      </div>
      {result.state === "loading" && <p role="status" className={styles.quiet}>Loading the proposal…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && (
        <Loaded
          view={result.value}
          onDecided={() => {
            again();
            onDecided();
          }}
        />
      )}
    </article>
  );
}

function Loaded({ view, onDecided }: { view: ProposalView; onDecided: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever chose it by keyboard goes on here.
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {view.name}
          <span className={styles.state} data-state={view.state}>
            {STATES[view.state]}
          </span>
        </h2>
        <p className={styles.who}>
          <b>{view.own ? "You" : view.user}</b> {view.own ? "ask" : "asks"} <code>{view.volume}</code> to{" "}
          {view.replaces ? "replace its skill" : "take the skill"} <code>{view.skill_id}</code>, {moment(Date.parse(view.time))}
        </p>
        {view.reason && <blockquote className={styles.reason}>{view.reason}</blockquote>}
        <Provenance view={view} />
        {view.decision && (
          <p className={styles.decision} data-state={view.state}>
            {STATES[view.state]} by <b>{view.decision.by}</b>, {moment(Date.parse(view.decision.time))}, in commit{" "}
            <code>{view.decision.commit.slice(0, 10)}</code>
            {view.decision.reason && view.decision.reason !== view.reason && <q>{view.decision.reason}</q>}
          </p>
        )}
      </header>
      <Facts facts={view.facts} replaces={view.replaces} />
      {view.checks.length > 0 && <Checks checks={view.checks} />}
      {view.example && <ExampleRun skill={view.example} />}
      <FileChanges files={view.files} />
      <DecideForm view={view} onDecided={onDecided} />
    </>
  );
}

function Provenance({ view }: { view: ProposalView }) {
  const from = view.provenance;
  if (!from) {
    return (
      <p className={styles.caution}>
        <Prose text={`pushed as branch \`${view.branch}\`; nothing says where the skill comes from`} />
      </p>
    );
  }
  return (
    <p className={styles.provenance}>
      From <code>{from.from}</code>, version <code>{from.version.slice(0, 10)}</code>
      {from.commit && (
        <>
          {" "}
          as of commit <code>{from.commit.slice(0, 10)}</code>
        </>
      )}
      , brought by <b>{from.author}</b>
    </p>
  );
}
