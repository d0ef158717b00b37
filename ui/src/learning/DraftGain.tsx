import type { Gain } from "../api/schema";
import styles from "./DraftDetail.module.css";
import { percent, rate } from "./gain";

/** How the task went before there was the skill, how it goes since, and how often the skill itself was used. */
export function DraftGain({ gain }: { gain: Gain }) {
  const rows: [string, number, number][] = [
    ["The task, before", gain.before, gain.before_success],
    ["The task, since", gain.since, gain.since_success],
    ["The skill", gain.used, gain.used_success],
  ];
  return (
    <table className={styles.gain}>
      <caption>Use and success, as measured</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Times</th>
          <th scope="col">Succeeded</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([what, all, successes]) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td>{all.toLocaleString("en")}</td>
            <td>{percent(rate(successes, all))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
