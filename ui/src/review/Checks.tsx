import type { ProposalView } from "../api/schema";
import { Icon } from "../parts/Icon";
import { Prose } from "../parts/Prose";
import styles from "./Review.module.css";

const OUTCOMES = {
  passed: { icon: "check", word: "Passed" },
  warned: { icon: "alert", word: "Look at it" },
  failed: { icon: "close", word: "In the way" },
} as const;

/** What was looked at, and how it came out: what stands in the way first. */
export function Checks({ checks }: { checks: ProposalView["checks"] }) {
  const order = ["failed", "warned", "passed"];
  const sorted = [...checks].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return (
    <section aria-label="Checks" className={styles.section}>
      <h3>Checks</h3>
      <ul className={styles.checks}>
        {sorted.map(({ code, outcome, text, hint }) => (
          <li key={code + text} data-outcome={outcome}>
            <Icon name={OUTCOMES[outcome].icon} size={15} />
            <p>
              <b>{OUTCOMES[outcome].word}: </b>
              <Prose text={text} />
              {hint && (
                <small>
                  <Prose text={hint} />
                </small>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
