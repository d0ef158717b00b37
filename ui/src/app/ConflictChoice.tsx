import type { Conflict, Take } from "../api/schema";
import { Prose } from "../parts/Prose";
import styles from "./Dialogs.module.css";

const NAMES: Record<Take, string> = { mine: "Mine", theirs: "Theirs", both: "Both" };

type ConflictChoiceProps = {
  conflict: Conflict;
  chosen: Take | undefined;
  onChoose: (take: Take) => void;
};

/** One thing that two people changed: what it was, and what each of them made of it. */
export function ConflictChoice({ conflict, chosen, onChoose }: ConflictChoiceProps) {
  const { key, words, base, mine, theirs, takes } = conflict;
  const sides: Record<Take, string | undefined> = { mine, theirs, both: "yours gets another id" };

  return (
    <fieldset className={styles.conflict}>
      <legend>
        <Prose text={words} />
      </legend>
      <p className={styles.base}>
        Before: <Side text={base} />
      </p>
      {takes.map((take) => (
        <label key={take}>
          <input
            type="radio"
            name={key}
            checked={chosen === take}
            onChange={() => onChoose(take)}
          />
          <span>
            <b>{NAMES[take]}</b> <Side text={sides[take]} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Side({ text }: { text: string | undefined }) {
  if (text === undefined || text === "") return <i>nothing</i>;
  return text.includes("\n") ? <pre>{text}</pre> : <code>{text}</code>;
}
