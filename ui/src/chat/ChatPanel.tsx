import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";

import { useView, useWorkbench } from "../app/useWorkbench";
import { IconButton } from "../parts/IconButton";
import styles from "./Chat.module.css";
import { Composer } from "./Composer";
import { ExchangeView } from "./ExchangeView";
import { Hello } from "./Hello";
import { ModelDialog } from "./ModelDialog";

/** The conversation beside the canvas. */
export function ChatPanel() {
  const { view, talk } = useWorkbench();
  const exchanges = useStore(talk.store, (state) => state.exchanges);
  const narrow = useView((state) => state.narrow);
  const [settings, setSettings] = useState(false);
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
  }, [exchanges.length]);

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
        <IconButton icon="settings" label="Model settings" onClick={() => setSettings(true)} />
        <IconButton icon="trash" label="Begin a new conversation" disabled={exchanges.length === 0} onClick={talk.clear} />
        <IconButton icon="close" label="Close the chat" keys="Esc" onClick={() => view.set({ chat: false })} />
      </header>
      <div ref={list} className={styles.list} role="log" aria-label="Conversation" tabIndex={0}>
        {exchanges.length === 0 ? (
          <Hello onSettings={() => setSettings(true)} />
        ) : (
          exchanges.map((exchange) => <ExchangeView key={exchange.id} exchange={exchange} />)
        )}
      </div>
      <Composer />
      {settings && <ModelDialog onClose={() => setSettings(false)} />}
    </section>
  );
}
