import { Failure } from "../parts/Failure";
import styles from "./App.module.css";

/** The page when it cannot start. */
export function Broken({ error }: { error: unknown }) {
  return (
    <main className={styles.broken}>
      <h1>LLMos-Lite could not start</h1>
      <Failure error={error} again={() => location.reload()} />
    </main>
  );
}
