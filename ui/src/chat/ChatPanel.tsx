import { useCallback, useEffect, useState } from "react";
import { useStore } from "zustand";

import { useView, useWorkbench } from "../app/useWorkbench";
import { IconButton } from "../parts/IconButton";
import styles from "./Chat.module.css";
import { Composer } from "./Composer";
import { ContextPanel } from "./ContextPanel";
import { Conversation } from "./Conversation";
import { ModelDialog } from "./ModelDialog";
import { SessionBar } from "./SessionBar";
import { SessionList } from "./SessionList";

/** The conversation beside the canvas. */
export function ChatPanel() {
  const { view, talk } = useWorkbench();
  const session = useStore(talk.store, (state) => state.session);
  const said = useStore(talk.store, (state) => state.exchanges.length > 0);
  const narrow = useView((state) => state.narrow);
  const [settings, setSettings] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [context, setContext] = useState(false);
  const openSettings = useCallback(() => setSettings(true), []);
  useEffect(() => void talk.resume(), [talk]);

  return (
    <section
      className={styles.panel}
      aria-label="Chat"
      data-narrow={narrow}
      onKeyDown={(event) => {
        // A dialog closes by the same key, and alone.
        const inDialog = event.target instanceof Element && event.target.closest("dialog") !== null;
        if (event.key === "Escape" && !inDialog) view.set({ chat: false });
      }}
    >
      <header className={styles.head}>
        <h2>Chat</h2>
        <IconButton icon="list" label="Sessions" aria-pressed={choosing} onClick={() => setChoosing(!choosing)} />
        <IconButton
          icon="plus"
          label="Begin a new session"
          disabled={!session && !said}
          onClick={() => {
            talk.begin();
            setChoosing(false);
          }}
        />
        <IconButton icon="info" label="What goes to the model" aria-pressed={context} onClick={() => setContext(!context)} />
        <IconButton icon="settings" label="Model settings" onClick={openSettings} />
        <IconButton icon="close" label="Close the chat" keys="Esc" onClick={() => view.set({ chat: false })} />
      </header>
      {session && !choosing && <SessionBar session={session} />}
      {choosing ? (
        <div className={styles.list}>
          <SessionList onDone={() => setChoosing(false)} />
        </div>
      ) : (
        <>
          <Conversation onSettings={openSettings} />
          {context && <ContextPanel />}
          <Composer />
        </>
      )}
      {settings && <ModelDialog onClose={() => setSettings(false)} />}
    </section>
  );
}
