import { Suspense, useMemo, useState } from "react";

import { Boundary } from "../parts/Boundary";
import { Button } from "../parts/Button";
import { PortTypeTag } from "../parts/PortTypeTag";
import { saveFile } from "./download";
import { naturalFile } from "./naturalFile";
import type { About } from "./viewer";
import { viewersOf } from "./viewers";
import styles from "./Views.module.css";

type PreviewProps = {
  /** The node and port, as people read them. */
  title: string;
  about: About;
  value: unknown;
};

/** One output, in the form that suits its value; where several do, one can choose. */
export function Preview({ title, about, value }: PreviewProps) {
  const viewers = useMemo(() => viewersOf(value, about), [value, about]);
  const [asked, setAsked] = useState<string>();
  const chosen = viewers.find(({ id }) => id === asked) ?? viewers[0];
  const file = naturalFile(value, about.port);
  return (
    <article className={styles.preview} aria-label={title}>
      <header className={styles.title}>
        <h2>{title}</h2>
        <PortTypeTag type={about.type} />
        {viewers.length > 1 && (
          <div className={styles.views} role="group" aria-label="View as">
            {viewers.map(({ id, title: word }) => (
              <button key={id} type="button" aria-pressed={id === chosen?.id} onClick={() => setAsked(id)}>
                {word}
              </button>
            ))}
          </div>
        )}
        {file && (
          <Button small look="ghost" icon="down" aria-label={`Download ${file.name}`} onClick={() => saveFile(file.make())}>
            Download
          </Button>
        )}
      </header>
      <div className={styles.body}>
        <Boundary key={chosen?.id}>
          <Suspense fallback={<p className={styles.note}>Loading preview…</p>}>
            {chosen && <chosen.component value={value} about={about} />}
          </Suspense>
        </Boundary>
      </div>
    </article>
  );
}
