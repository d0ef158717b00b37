import { memo } from "react";

import type { SessionMessage } from "../api/schema";
import { Icon } from "../parts/Icon";
import { moment } from "../parts/time";
import { MarkdownView } from "../results/text/MarkdownView";
import { ArtifactList } from "./ArtifactList";
import styles from "./Message.module.css";

/** Who says something, as people call them. */
export const SPEAKERS = { user: "Question", assistant: "Answer", system: "Note" } as const;

/** A message of a session, to be read. It knows no workbench. */
export const MessageView = memo(function MessageView({ message }: { message: SessionMessage }) {
  const { number, role, content, timestamp, artifacts } = message;
  return (
    <article className={styles.message} data-role={role} aria-label={`${SPEAKERS[role]}, message ${number}`}>
      <header>
        <b>{SPEAKERS[role]}</b>
        <time dateTime={timestamp}>{moment(Date.parse(timestamp))}</time>
      </header>
      {role === "user" && <p className={styles.prompt}>{content}</p>}
      {role === "assistant" && content && (
        <div className={styles.answer}>
          <MarkdownView text={content} label={`Answer, message ${number}`} />
        </div>
      )}
      {role === "system" && (
        <p className={styles.note}>
          <Icon name="info" size={15} />
          <span>{content}</span>
        </p>
      )}
      {artifacts.length > 0 && <ArtifactList artifacts={artifacts} />}
    </article>
  );
});
