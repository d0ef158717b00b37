import styles from "./PortTypeTag.module.css";

/** The colour of a port type; a name that nobody knows counts as `any`. */
export function typeColour(type: string): string {
  return `var(--type-${type}, var(--type-any))`;
}

/** The type of a port, in its colour and in words. */
export function PortTypeTag({ type }: { type: string }) {
  return (
    <span className={styles.tag} style={{ color: typeColour(type) }}>
      {type}
    </span>
  );
}
