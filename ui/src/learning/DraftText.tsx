import { useId } from "react";

import { countUnseen, SafeText } from "../parts/SafeText";
import { count } from "../parts/time";
import styles from "./DraftDetail.module.css";

type DraftTextProps = {
  text: string;
  /** What somebody made of it; `null` while nobody edits. */
  edited: string | null;
  onEdit: (text: string) => void;
};

/** The text of a proposed skill: as it stands, nothing of it rendered, and what cannot be seen marked. */
export function DraftText({ text, edited, onEdit }: DraftTextProps) {
  const field = useId();
  const unseen = countUnseen(text);
  return (
    <section className={styles.text} aria-label="Proposed skill">
      {unseen > 0 && (
        <p className={styles.warning}>The text holds {count(unseen, "character")} that cannot be seen; they are marked here</p>
      )}
      {edited === null ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard
        <pre tabIndex={0} aria-label="Text of the skill">
          <SafeText text={text} />
        </pre>
      ) : (
        <>
          <label htmlFor={field}>Text of the skill</label>
          <textarea id={field} spellCheck={false} value={edited} onChange={(event) => onEdit(event.target.value)} />
        </>
      )}
    </section>
  );
}
