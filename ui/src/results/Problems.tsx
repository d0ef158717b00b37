import type { Finding } from "../api/schema";
import { Icon } from "../parts/Icon";
import { Prose } from "../parts/Prose";
import styles from "./Results.module.css";

type ProblemsProps = {
  findings: readonly Finding[];
  nameOf: (node: string) => string;
  /** Brings a node into view. */
  onShow: (node: string) => void;
};

/** What the engine finds wrong with the open workflow, as it is being built. */
export function Problems({ findings, nameOf, onShow }: ProblemsProps) {
  if (findings.length === 0) return <p className={styles.empty}>No problems found</p>;
  return (
    <ul className={styles.problems} aria-label="Problems">
      {findings.map((finding) => {
        const node = finding.node ?? finding.path?.[0];
        return (
          <li key={[finding.code, finding.node, finding.port, finding.message].join(" ")} data-severity={finding.severity}>
            <Icon name="alert" size={14} />
            <p>
              <span className="visually-hidden">{finding.severity}: </span>
              <Prose text={finding.message} />
              {finding.hint && (
                <small>
                  <Prose text={finding.hint} />
                </small>
              )}
            </p>
            {node !== undefined && (
              <button type="button" onClick={() => onShow(node)}>
                {nameOf(node)}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
