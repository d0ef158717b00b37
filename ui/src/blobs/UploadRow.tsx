import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Prose } from "../parts/Prose";
import { bytes } from "../results/summary";
import styles from "./Uploads.module.css";
import type { Upload, Uploads } from "./uploads";

type UploadRowProps = { upload: Upload; uploads: Pick<Uploads, "answer" | "drop" | "again"> };

/** One file that is on its way. */
export function UploadRow({ upload, uploads }: UploadRowProps) {
  const { id, name, size, volume, phase } = upload;
  const over = phase.is === "done" || phase.is === "failed";
  return (
    <li className={styles.row} data-phase={phase.is}>
      <div className={styles.what}>
        <b>{name}</b>
        <small>
          {bytes(size)} into {volume}
        </small>
      </div>
      <State upload={upload} uploads={uploads} />
      {phase.is !== "asking" && (
        <IconButton small icon="close" label={over ? `Dismiss ${name}` : `Cancel ${name}`} onClick={() => uploads.drop(id)} />
      )}
    </li>
  );
}

function State({ upload: { id, name, size, phase }, uploads }: UploadRowProps) {
  switch (phase.is) {
    case "waiting":
      return <span className={styles.state}>Waiting</span>;
    case "sending": {
      // Of an empty file all is there.
      const part = size === 0 ? 1 : phase.sent / size;
      return (
        <span className={styles.state}>
          <progress max={1} value={part} aria-label={`Upload of ${name}`} />
          <span className={styles.percent}>{part < 1 ? `${Math.floor(part * 100)} %` : "Saving…"}</span>
        </span>
      );
    }
    case "done":
      return (
        <span className={styles.state}>
          <Icon name="check" size={14} /> Uploaded
        </span>
      );
    case "failed":
      return (
        <span className={styles.state} role="alert">
          <span>
            <Prose text={phase.message} />
            {phase.hint && (
              <small>
                <Prose text={phase.hint} />
              </small>
            )}
          </span>
          <Button small icon="retry" aria-label={`Try ${name} again`} onClick={() => uploads.again(id)}>
            Try again
          </Button>
        </span>
      );
    case "asking":
      return (
        <span className={styles.state} role="group" aria-label={`What becomes of ${name}`}>
          <span>A file of this name is there already</span>
          <span className={styles.choice}>
            <Button small aria-label={`Replace ${name}`} onClick={() => uploads.answer(id, "replace")}>
              Replace
            </Button>
            <Button small aria-label={`Keep both of ${name}`} onClick={() => uploads.answer(id, "both")}>
              Keep both
            </Button>
            <Button small look="ghost" aria-label={`Skip ${name}`} onClick={() => uploads.answer(id, "skip")}>
              Skip
            </Button>
          </span>
        </span>
      );
  }
}
