import { Suspense, useEffect, useMemo, useRef, useState } from "react";

import { Boundary } from "../parts/Boundary";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { IconButton } from "../parts/IconButton";
import { PortTypeTag } from "../parts/PortTypeTag";
import { Tabs } from "../parts/Tabs";
import { type DownloadFile, saveFile } from "./download";
import { naturalFile } from "./naturalFile";
import type { About, Viewer } from "./viewer";
import { viewersOf } from "./viewers";
import styles from "./Views.module.css";

type PreviewProps = {
  /** The node and port, as people read them. */
  title: string;
  about: About;
  value: unknown;
  /** The outputs of the same node, and what brings one of them here. */
  ports?: readonly string[];
  onPort?: (port: string) => void;
  /** Keeps the value as a file of a volume. */
  onKeep?: (file: DownloadFile) => void;
};

/** One output, in the form that suits its value; where several do, one can choose. */
export function Preview({ title, about, value, ports, onPort, onKeep }: PreviewProps) {
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => keepInView(strip.current), [about.port]);
  const viewers = useMemo(() => viewersOf(value, about), [value, about]);
  const [asked, setAsked] = useState<string>();
  const [large, setLarge] = useState(false);
  const chosen = viewers.find(({ id }) => id === asked) ?? viewers[0];
  const nodeName = title.split(" › ", 1)[0] ?? title;
  const file = useMemo(() => naturalFile(value, about.port), [value, about.port]);
  const choice = viewers.length > 1 && <Choice viewers={viewers} chosen={chosen} onChoose={setAsked} />;
  return (
    <article className={styles.preview} aria-label={title}>
      <header className={styles.title}>
        <h2>{ports && ports.length > 1 ? nodeName : title}</h2>
        {ports && ports.length > 1 && onPort && (
          <div ref={strip} className={styles.ports}>
            <Tabs label={`Outputs of ${nodeName}`} tabs={ports.map((id) => ({ id, label: id }))} chosen={about.port} onChoose={onPort} />
          </div>
        )}
        <PortTypeTag type={about.type} />
        {choice}
        <span className={styles.tools}>
          {file && (
            <Button small look="ghost" icon="down" aria-label={`Download ${file.name}`} onClick={() => saveFile(file.make())}>
              Download
            </Button>
          )}
          {file && onKeep && <IconButton small icon="save" label={`Save ${file.name} to Files`} onClick={() => onKeep(file.make())} />}
          <IconButton small icon="large" label="Open large" onClick={() => setLarge(true)} />
        </span>
      </header>
      <div className={styles.body}>{!large && <Shown viewer={chosen} value={value} about={about} />}</div>
      {large && (
        <Dialog title={title} full onClose={() => setLarge(false)}>
          <div className={styles.large}>
            {choice && <header className={styles.title}>{choice}</header>}
            <div className={styles.body}>
              <Shown viewer={chosen} value={value} about={about} />
            </div>
          </div>
        </Dialog>
      )}
    </article>
  );
}

/** Moves a strip of tabs as far as the chosen one needs it, and nothing else of the page. */
function keepInView(strip: HTMLElement | null): void {
  const tab = strip?.querySelector<HTMLElement>('[aria-selected="true"]');
  if (!strip || !tab) return;
  const [from, to] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()];
  strip.scrollLeft += Math.min(0, to.left - from.left) + Math.max(0, to.right - from.right);
}

type ChoiceProps = { viewers: readonly Viewer[]; chosen: Viewer | undefined; onChoose: (id: string) => void };

/** The views of one value, to choose from. */
export function Choice({ viewers, chosen, onChoose }: ChoiceProps) {
  return (
    <div className={styles.views} role="group" aria-label="View as">
      {viewers.map(({ id, title }) => (
        <button key={id} type="button" aria-pressed={id === chosen?.id} onClick={() => onChoose(id)}>
          {title}
        </button>
      ))}
    </div>
  );
}

type ShownProps = { viewer: Viewer | undefined; value: unknown; about: About };

/** A value as one viewer shows it. */
export function Shown({ viewer, value, about }: ShownProps) {
  return (
    <Boundary key={viewer?.id}>
      <Suspense fallback={<p className={styles.note}>Loading preview…</p>}>
        {viewer && <viewer.component value={value} about={about} />}
      </Suspense>
    </Boundary>
  );
}
