import { useEffect, useId, useRef } from "react";

import type { ChatCall } from "../api/schema";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import styles from "./Ask.module.css";
import { isOpen, type PutAsk } from "./exchange";

type AskCardProps = {
  put: PutAsk;
  /** The call that it is about, once it is known. */
  call: ChatCall | undefined;
  /** Whether nobody waits for an answer any more. */
  over: boolean;
  onDecide: (allow: boolean) => void;
};

/** A call of an outside tool before it is made: all of it, and the person's yes or no to this one call. */
export function AskCard({ put, call, over, onDecide }: AskCardProps) {
  const { ask, fate } = put;
  const { server, place, tool, description, arguments: given, json } = ask;
  const card = useRef<HTMLElement>(null);
  const title = useId();
  const open = !over && isOpen(put);

  useEffect(() => {
    if (card.current && isIdle(card.current)) card.current.focus();
  }, []);
  const decide = (allow: boolean) => {
    // The buttons go away: whoever pressed one stays here.
    card.current?.focus();
    onDecide(allow);
  };

  return (
    <section className={styles.ask} ref={card} tabIndex={-1} aria-label={`Call of ${tool} on ${server}`} aria-describedby={title} data-open={open}>
      <header>
        <b id={title} role={open ? "alert" : undefined}>
          {open ? "Allow this call?" : "Call of an outside tool"}
        </b>
        <code>{tool}</code>
        <small>
          of the MCP server <b>{server}</b> ({place})
        </small>
      </header>
      {open && given.length > 0 && (
        <div className={styles.arguments} role="group" aria-label="Arguments" tabIndex={0}>
          <table>
            <tbody>
              {given.map(({ name, text, is_text }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td data-text={is_text}>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open && given.length === 0 && <p>Without arguments.</p>}
      <details>
        <summary>{open ? "As it is sent, in JSON" : "Its arguments"}</summary>
        <pre tabIndex={0}>{json}</pre>
      </details>
      {description && (
        <details>
          <summary>What the server says of this tool</summary>
          <blockquote>{description}</blockquote>
        </details>
      )}
      {fate.at === "failed" && open && <Failure error={fate.error} />}
      {open ? (
        <div className={styles.actions}>
          <Button small icon="check" look="primary" disabled={fate.at === "sending"} onClick={() => decide(true)}>
            Allow once
          </Button>
          <Button small disabled={fate.at === "sending"} onClick={() => decide(false)}>
            Decline
          </Button>
          <small>It may change or send things on that server.</small>
        </div>
      ) : (
        <p role="status">{outcome(fate.at, call)}</p>
      )}
    </section>
  );
}

/** Whether nobody is writing or reading elsewhere, so that the card may take the keyboard. */
function isIdle(card: HTMLElement): boolean {
  const active = document.activeElement;
  if (!active || active === document.body) return true;
  return active instanceof HTMLTextAreaElement && active.value === "" && card.closest("[aria-label='Chat']")?.contains(active) === true;
}

function outcome(fate: PutAsk["fate"]["at"], call: ChatCall | undefined): string {
  switch (fate) {
    case "declined":
      return "Declined: nothing was called";
    case "unanswered":
      return "Nobody answered in time: nothing was called";
    case "allowed":
      break;
    default:
      return "Withdrawn: nothing was called";
  }
  switch (call?.state) {
    case undefined:
      return "Allowed once: waiting for the server";
    case "done":
      return "Allowed once: the tool answered";
    case "cancelled":
      return "Allowed once, then stopped: what it did nobody knows";
    default:
      return "Allowed once: the call failed";
  }
}
