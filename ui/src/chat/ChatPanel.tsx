import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";

import { useView, useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { IconButton } from "../parts/IconButton";
import styles from "./Chat.module.css";
import { Composer } from "./Composer";
import { ExchangeView } from "./ExchangeView";
import { Hello } from "./Hello";
import { ModelDialog } from "./ModelDialog";
import { SessionBar } from "./SessionBar";
import { SessionList } from "./SessionList";

/** The conversation beside the canvas. */
export function ChatPanel() {
  const { view, talk } = useWorkbench();
  const exchanges = useStore(talk.store, (state) => state.exchanges);
  const { session, earlier, reading, trouble } = useStore(talk.store);
  const narrow = useView((state) => state.narrow);
  const [settings, setSettings] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const last = exchanges.at(-1);

  // Whoever reads at the end stays there; whoever scrolled up is left in peace.
  useEffect(() => {
    const element = list.current;
    if (element && element.scrollHeight - element.scrollTop - element.clientHeight < 160) {
      element.scrollTop = element.scrollHeight;
    }
  }, [last]);
  useEffect(() => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [last?.id]);
  useEffect(() => void talk.resume(), [talk]);

  return (
    <section
      className={styles.panel}
      aria-label="Chat"
      data-narrow={narrow}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !settings) view.set({ chat: false });
      }}
    >
      <header className={styles.head}>
        <h2>Chat</h2>
        <IconButton icon="list" label="Sessions" aria-pressed={choosing} onClick={() => setChoosing(!choosing)} />
        <IconButton
          icon="plus"
          label="Begin a new session"
          disabled={!session && exchanges.length === 0}
          onClick={() => {
            talk.begin();
            setChoosing(false);
          }}
        />
        <IconButton icon="settings" label="Model settings" onClick={() => setSettings(true)} />
        <IconButton icon="close" label="Close the chat" keys="Esc" onClick={() => view.set({ chat: false })} />
      </header>
      {session && !choosing && <SessionBar session={session} />}
      {choosing ? (
        <div className={styles.list}>
          <SessionList onDone={() => setChoosing(false)} />
        </div>
      ) : (
        <>
          <div ref={list} className={styles.list} role="log" aria-label="Conversation" tabIndex={0}>
            {earlier !== null && (
              <Button small disabled={reading} onClick={() => void talk.readEarlier()}>
                Show earlier messages
              </Button>
            )}
            {trouble !== null && <Failure error={trouble} />}
            {exchanges.length === 0 && (reading ? <p role="status">Reading the session…</p> : <Hello onSettings={() => setSettings(true)} />)}
            {exchanges.map((exchange) => (
              <ExchangeView key={exchange.id} exchange={exchange} />
            ))}
          </div>
          <Composer />
        </>
      )}
      {settings && <ModelDialog onClose={() => setSettings(false)} />}
    </section>
  );
}
