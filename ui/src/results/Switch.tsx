import styles from "./Bars.module.css";

type SwitchProps = { on: boolean; onChange: (on: boolean) => void; title?: string; children: string };

/** Something about a view that is on or off. */
export function Switch({ on, onChange, title, children }: SwitchProps) {
  return (
    <button type="button" className={styles.switch} aria-pressed={on} title={title} onClick={() => onChange(!on)}>
      {children}
    </button>
  );
}
