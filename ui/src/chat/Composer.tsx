import { useEffect, useRef } from "react";
import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import { Attach } from "../blobs/Attach";
import { Button } from "../parts/Button";
import styles from "./Chat.module.css";

/** Where a question is written. */
export function Composer() {
  const { talk } = useWorkbench();
  const draft = useStore(talk.store, (state) => state.draft);
  const editing = useStore(talk.store, (state) => state.editing !== null);
  const answering = useStore(talk.store, (state) => state.exchanges.at(-1)?.state === "answering");
  const asked = useStore(talk.store, (state) => state.exchanges.length);
  const mayTalk = useStore(talk.store, (state) => state.session?.may_talk !== false);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => field.current?.focus(), [editing]);
  // Whoever pressed a sample that is gone now goes on here.
  useEffect(() => {
    if (asked > 0 && document.activeElement === document.body) field.current?.focus();
  }, [asked]);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 220)}px`;
  }, [draft]);

  if (!mayTalk) return <p className={styles.closed}>You can read this session, and say nothing in it.</p>;
  return (
    <form
      className={styles.composer}
      data-editing={editing}
      onSubmit={(event) => {
        event.preventDefault();
        void talk.ask(draft);
      }}
    >
      {editing && (
        <p className={styles.editing} role="status">
          <span>This takes the place of an earlier message. What was said from there on stays in the session, folded.</span>
          <Button small onClick={talk.leaveEdit}>
            Leave it
          </Button>
        </p>
      )}
      <Attach onDone={() => field.current?.focus()} />
      <textarea
        ref={field}
        rows={2}
        aria-label="Message"
        placeholder="What do you want to know or build?"
        value={draft}
        onChange={(event) => talk.write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && editing) {
            event.stopPropagation();
            talk.leaveEdit();
          }
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
