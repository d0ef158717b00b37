import { useCallback, useEffect, useState } from "react";
import { useStore } from "zustand";

import type { ChatContext } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Failure } from "../parts/Failure";
import { count } from "../parts/time";
import styles from "./Context.module.css";

/** How long nobody types before it is looked again, in milliseconds. */
const PAUSE = 400;

const PARTS: Readonly<Record<string, string>> = {
  instructions: "what the model is told of this workbench",
  tools: "what it may call",
  skills: "skills",
  messages: "earlier messages",
  message: "your message",
};

/** What would go to the model with the message that stands in the field. */
export function ContextPanel() {
  const { api, talk } = useWorkbench();
  const session = useStore(talk.store, (state) => state.session);
  const draft = useStore(talk.store, (state) => state.draft);
  const editing = useStore(talk.store, (state) => state.exchanges.find(({ id }) => id === state.editing)?.number ?? null);
  const message = useQuiet(draft);
  const { result, again } = useLoad(
    useCallback(
      (signal: AbortSignal) => api.chatContext({ message, session, replaces: editing }, signal),
      [api, message, session, editing],
    ),
  );

  return (
    <section className={styles.context} aria-label="What goes to the model">
      <h3>What goes to the model</h3>
      {result.state === "loading" && <p role="status">Looking…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && <Facts context={result.value} />}
    </section>
  );
}

function Facts({ context: { model, skills, message_count, tokens, parts } }: { context: ChatContext }) {
  return (
    <>
      <p>
        {model ?? "No model is connected: nothing goes anywhere."}{" "}
        {model && (
          <>
            gets about <b>{tokens.toLocaleString("en")}</b> tokens, with {count(message_count, "earlier message")}.
          </>
        )}
      </p>
      <dl>
        {parts.map(({ name, tokens: n }) => (
          <div key={name}>
            <dt>{PARTS[name] ?? name}</dt>
            <dd>{n.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      {skills.length === 0 ? (
        <p>No skill goes along with this message.</p>
      ) : (
        <ul>
          {skills.map(({ skill_id, name, volume, told }) => (
            <li key={skill_id}>
              <b>{name}</b> <small>{volume}</small> {told === "beginning" && <small>its beginning</small>}
              {told === "nothing" && model && <small>no room for it</small>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A text as it was when nobody had changed it for a while. */
function useQuiet(text: string): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return quiet;
}
