import type { ChatSkill } from "../api/schema";
import styles from "./Chat.module.css";

/** The skills that went along with a message, and why each of them did. */
export function SkillsUsed({ skills }: { skills: readonly ChatSkill[] }) {
  return (
    <details className={styles.skills}>
      <summary>
        {skills.length === 1 ? "1 skill" : `${skills.length} skills`}: {skills.map(({ name }) => name).join(", ")}
      </summary>
      <ul>
        {skills.map(({ skill_id, name, volume, why, told }) => (
          <li key={skill_id}>
            <b>{name}</b> <code>{volume}</code>
            <span>
              {why.map(({ field, terms }) => `${terms.join(", ")} in its ${field}`).join("; ")}
              {told === "beginning" && " (only its beginning had room)"}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
