import type { RunPhase } from "../execution/board";
import { useBoard } from "../execution/useBoard";
import { PageNav } from "../pages/PageNav";
import { PAGES } from "../pages/pages";
import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import { isDirty } from "../workflow/editor";
import { formatRoute } from "./route";
import { chooseTheme, useTheme } from "./theme";
import styles from "./TopBar.module.css";
import { useEditor, useFiles, usePage, useView, useWorkbench } from "./useWorkbench";

/** Where one is, where one can go, and what can be done with all of what is open. */
export function TopBar() {
  const { files, view } = useWorkbench();
  const page = usePage();
  const chat = useView((state) => state.chat);

  return (
    <header className={styles.bar}>
      <a
        href="/"
        className={styles.brand}
        aria-label="LLMos-Lite, start page"
        onClick={(event) => {
          event.preventDefault();
          void files.go({ at: "new" });
        }}
      >
        <span aria-hidden="true" className={styles.prompt}>
          ❯_
        </span>
        <span className={styles.word}>LLMos-Lite</span>
      </a>
      <PageNav />
      {page ? <p className={styles.where}>{PAGES[page.page].label}</p> : <OpenWorkflow />}
      <div className={styles.tools}>
        <Button small icon="chat" look="ghost" aria-pressed={chat} title="Ask for skills and workflows (Ctrl+J)" onClick={() => view.set({ chat: !chat })}>
          Chat
        </Button>
        {!page && <EditTools />}
        <span className={styles.wide}>
          <ThemeButton />
        </span>
      </div>
      {!page && <RunButtons />}
    </header>
  );
}

function EditTools() {
  const { editor, files, view } = useWorkbench();
  const canUndo = useEditor((state) => state.past.length > 0);
  const canRedo = useEditor((state) => state.future.length > 0);
  return (
    <>
      <IconButton icon="undo" label="Undo" keys="Ctrl+Z" disabled={!canUndo} onClick={editor.undo} />
      <span className={styles.wide}>
        <IconButton icon="redo" label="Redo" keys="Ctrl+Shift+Z" disabled={!canRedo} onClick={editor.redo} />
      </span>
      <span className={styles.extra}>
        <IconButton icon="plus" label="New workflow" onClick={() => void files.go({ at: "new" })} />
        <IconButton icon="keyboard" label="Keyboard shortcuts" keys="?" onClick={() => view.set({ dialog: "keys" })} />
      </span>
    </>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <IconButton icon={theme === "dark" ? "sun" : "moon"} label={`Use the ${other} theme`} onClick={() => chooseTheme(other)} />
  );
}

function OpenWorkflow() {
  const { files } = useWorkbench();
  const trail = useFiles((state) => state.trail);
  const name = useEditor((state) => state.doc.name);
  const origin = useEditor((state) => state.origin);
  const dirty = useEditor(isDirty);
  const saving = useFiles((state) => state.saving);
  const commit = useFiles((state) => state.savedCommit);
  const state = saving ? "Saving…" : dirty ? "Unsaved changes" : commit ? `Saved ${commit.slice(0, 7)}` : null;

  return (
    <div className={styles.open}>
      {trail.map((one, depth) => (
        <button key={formatRoute(one.route)} type="button" className={styles.crumb} title={`Back to ${one.name}`} onClick={() => void files.leave(depth)}>
          {one.name} ›
        </button>
      ))}
      <h1 title={name}>{name || "Untitled workflow"}</h1>
      <span className={styles.volume}>{origin.kind === "stored" ? origin.volume : "new"}</span>
      {state && (
        <span className={styles.saved} data-dirty={dirty} title={dirty ? "Kept as a draft on this machine" : undefined}>
          {state}
        </span>
      )}
    </div>
  );
}

function RunButtons() {
  const { board, files, runs, view } = useWorkbench();
  const busy = useBoard(board, (now) => now.isBusy());
  const stopping = useBoard(board, (now) => isStopping(now.phase()));
  const saving = useFiles((state) => state.saving);
  const dirty = useEditor(isDirty);
  const isNew = useEditor((state) => state.origin.kind === "new");
  const empty = useEditor((state) => state.doc.nodes.length === 0);
  const readOnly = useEditor((state) => state.readOnly);

  return (
    <div className={styles.run} data-busy={busy}>
      <Button icon="save" disabled={saving || readOnly || (isNew && empty && !dirty)} title="Save (Ctrl+S)" onClick={() => void files.save()}>
        Save
      </Button>
      <Button icon="cancel" look={busy ? "danger" : "plain"} disabled={!busy || stopping} title="Stop the run" onClick={runs.cancel}>
        {stopping ? "Stopping…" : "Cancel"}
      </Button>
      <Button
        icon="play"
        look="primary"
        disabled={busy || empty || readOnly}
        title="Run (Ctrl+Enter)"
        onPointerEnter={runs.warm}
        onFocus={runs.warm}
        onClick={() => {
          view.set({ bottom: "results", shown: null });
          void runs.run();
        }}
      >
        Run
      </Button>
    </div>
  );
}

function isStopping(phase: RunPhase): boolean {
  return phase.phase === "running" && phase.stopping === true;
}
