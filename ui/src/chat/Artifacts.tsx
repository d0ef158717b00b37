import type { SessionArtifact } from "../api/schema";
import { CodeBlock } from "../results/text/CodeBlock";
import styles from "./Chat.module.css";

/** What came of an answer, each with what it holds. */
export function Artifacts({ artifacts }: { artifacts: readonly SessionArtifact[] }) {
  return (
    <ul className={styles.artifacts} aria-label="Artifacts">
      {artifacts.map(({ kind, name, path, content }) => (
        <li key={`${kind}/${path ?? name}`}>
          {content ? (
            <details>
              <summary>
                {kind}: <b>{name}</b>
              </summary>
              <CodeBlock text={content} />
            </details>
          ) : (
            <span>
              {kind}: <b>{name}</b>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
