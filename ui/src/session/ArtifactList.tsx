import { useState } from "react";

import type { SessionArtifact } from "../api/schema";
import { Button } from "../parts/Button";
import { saveFile } from "../results/download";
import { CodeBlock } from "../results/text/CodeBlock";
import { MarkdownView } from "../results/text/MarkdownView";
import { fileOf } from "./artifactFile";
import styles from "./Message.module.css";

/** The lines around the summary that a workflow's file has of its graph: they are for programs. */
const SUMMARY_MARKS = /^<!-- (?:summary of the graph, written anew on each save|end of the summary) -->$/gm;

/** What came of a message: each can be looked at and saved. */
export function ArtifactList({ artifacts }: { artifacts: readonly SessionArtifact[] }) {
  return (
    <ul className={styles.artifacts} aria-label="Artifacts">
      {artifacts.map((artifact) => (
        <li key={`${artifact.kind}/${artifact.path ?? artifact.name}`} className={styles.artifact}>
          <ArtifactView artifact={artifact} />
        </li>
      ))}
    </ul>
  );
}

/** One artifact; what it holds is laid out when somebody opens it. */
export function ArtifactView({ artifact }: { artifact: SessionArtifact }) {
  const { kind, name, content } = artifact;
  const [open, setOpen] = useState(false);
  const title = (
    <>
      <span className={styles.kind}>{kind}:</span> <b>{name}</b>
    </>
  );
  if (content === undefined) return <p className={styles.plain}>{title}</p>;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <ArtifactBody artifact={artifact} content={content} />}
    </details>
  );
}

/** What an artifact holds, with a button that saves it. */
export function ArtifactBody({ artifact, content }: { artifact: SessionArtifact; content: string }) {
  return (
    <div className={styles.body}>
      <Preview artifact={artifact} content={content} />
      <div>
        <Button small icon="down" onClick={() => saveFile(fileOf(artifact, content))}>
          Save
        </Button>
      </div>
    </div>
  );
}

function Preview({ artifact, content }: { artifact: SessionArtifact; content: string }) {
  const { name, mime } = fileOf(artifact, content);
  switch (mime) {
    case "image/svg+xml":
      // A picture in an `img` runs nothing and loads nothing.
      return <img alt={name} src={`data:image/svg+xml,${encodeURIComponent(content)}`} />;
    case "text/markdown":
      return <MarkdownView text={content.replace(SUMMARY_MARKS, "")} label={name} />;
    default:
      return <CodeBlock text={content} />;
  }
}
