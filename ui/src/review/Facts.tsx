import type { ProposalView } from "../api/schema";
import { Icon } from "../parts/Icon";
import styles from "./Review.module.css";

type FactsProps = { facts: ProposalView["facts"]; replaces: boolean };

/** What the skill is and may do; what differs from the skill that it replaces is said. */
export function Facts({ facts, replaces }: FactsProps) {
  if (facts.length === 0) return null;
  return (
    <section aria-label="What it may do" className={styles.section}>
      <h3>What it may do</h3>
      <ul className={styles.facts}>
        {facts.map(({ about, caution, text, before }) => (
          <li key={about} data-caution={caution}>
            <Icon name={caution ? "alert" : "info"} size={15} />
            <p>
              {caution && <span className="visually-hidden">Look twice: </span>}
              It {text}
              {replaces && before !== undefined && (
                <small>{before === "" ? "New: the skill as it is has nothing of the kind" : `Before, it ${before}`}</small>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
