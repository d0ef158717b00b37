import { useCallback, useState } from "react";

import type { ProposalSummary } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { useReturn } from "../library/useReturn";
import type { PageProps } from "../pages/pages";
import { Failure } from "../parts/Failure";
import { Tabs } from "../parts/Tabs";
import { ProposalDetail } from "./ProposalDetail";
import { ProposalItems } from "./ProposalItems";
import styles from "./Review.module.css";

type Shelf = "open" | "decided";

/** Proposals that wait for a decision, and those that were decided. */
export function ReviewPage({ rest }: PageProps) {
  const { api } = useWorkbench();
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => api.listProposals(signal), [api]));
  useReturn(again);
  const [shelf, setShelf] = useState<Shelf>("open");
  const id = rest.at(-1);
  const volume = rest.slice(0, -1).join("/");
  const chosen = id && volume ? { volume, id } : null;
  const all = result.state === "ready" ? result.value.proposals : [];
  const open = all.filter(({ state }) => state === "open");
  const shown: readonly ProposalSummary[] = shelf === "open" ? open : all.filter(({ state }) => state !== "open");

  return (
    <div className={styles.review} data-chosen={chosen !== null}>
      <section className={styles.side} aria-label="Proposals">
        <h1 className={styles.title}>Review</h1>
        <Tabs
          label="Which proposals"
          tabs={[
            { id: "open", label: "Open", n: open.length },
            { id: "decided", label: "Decided", n: all.length - open.length },
          ]}
          chosen={shelf}
          onChoose={setShelf}
        />
        <div role="tabpanel" aria-label={shelf === "open" ? "Open" : "Decided"} className={styles.shelf}>
          {result.state === "loading" && <p role="status" className={styles.quiet}>Loading proposals…</p>}
          {result.state === "failed" && <Failure error={result.error} again={again} />}
          {result.state === "ready" && <ProposalItems proposals={shown} chosen={chosen} shelf={shelf} />}
        </div>
      </section>
      {chosen ? (
        <ProposalDetail key={`${chosen.volume}/${chosen.id}`} of={chosen} onDecided={again} />
      ) : (
        <div className={styles.empty}>
          <p>Choose a proposal to see what it changes and what its skill may do</p>
          <p>To propose one of your skills, select a node that uses it on the canvas and press “Propose to team…”</p>
        </div>
      )}
    </div>
  );
}
