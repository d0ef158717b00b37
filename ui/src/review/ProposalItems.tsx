import type { ProposalRef } from "../api/review";
import type { ProposalSummary } from "../api/schema";
import { formatRoute, type PageRoute } from "../app/route";
import { useWorkbench } from "../app/useWorkbench";
import { moment } from "../parts/time";
import styles from "./Review.module.css";
import { STATES } from "./words";

type ProposalItemsProps = {
  proposals: readonly ProposalSummary[];
  chosen: ProposalRef | null;
  shelf: "open" | "decided";
};

/** The proposals of one shelf, each a link to all about it. */
export function ProposalItems({ proposals, chosen, shelf }: ProposalItemsProps) {
  const { places } = useWorkbench();
  if (proposals.length === 0) {
    return <p className={styles.quiet}>{shelf === "open" ? "No proposal waits for a decision" : "Nothing was decided yet"}</p>;
  }
  return (
    <ul aria-label={shelf === "open" ? "Open proposals" : "Decided proposals"} className={styles.items}>
      {proposals.map((one) => {
        const route: PageRoute = { at: "page", page: "review", rest: [...one.volume.split("/"), one.id] };
        return (
          <li key={`${one.volume}/${one.id}`}>
            <a
              href={formatRoute(route)}
              className={styles.item}
              aria-current={chosen?.id === one.id ? "true" : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                places.show(route);
              }}
            >
              <b>{one.skill_id}</b>
              <span className={styles.state} data-state={one.state}>
                {STATES[one.state]}
              </span>
              <small>
                {one.own ? "you" : one.user} → {one.volume}
              </small>
              <small>{moment(Date.parse(one.decision?.time ?? one.time))}</small>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
