import { useEffect, useRef } from "react";
import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import styles from "./Chat.module.css";

/** Where a question is written. */
export function Composer() {
  const { talk } = useWorkbench();
  const draft = useStore(talk.store, (state) => state.draft);
  const answering = useStore(talk.store, (state) => state.exchanges.at(-1)?.state === "answering");
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 220)}px`;
  }, [draft]);

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void talk.ask(draft);
      }}
    >
      <textarea
        ref={field}
        rows={2}
        aria-label="Message"
        placeholder="What do you want to know or build?"
        value={draft}
        onChange={(event) => talk.write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            if (!answering) void talk.ask(draft);
          }
        }}
      />
      {answering ? (
        <Button icon="cancel" look="danger" onClick={talk.stop}>
          Stop
        </Button>
      ) : (
        <Button submit look="primary" disabled={draft.trim() === ""}>
          Send
        </Button>
      )}
    </form>
  );
}
