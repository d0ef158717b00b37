import type { ChatBudget, ChatCall, ChatSubagent } from "../api/schema";
import type { ShownStatus } from "../execution/board";
import { StatusMark } from "../parts/StatusMark";
import { count } from "../parts/time";
import styles from "./Calls.module.css";
import { type Exchange, isOpen } from "./exchange";

const MARKS = { done: "success", failed: "error", refused: "skipped", declined: "skipped", cancelled: "skipped", running: "running", asks: "idle" } as const;
const WORDS = { done: "done", failed: "failed", refused: "refused", declined: "declined", cancelled: "stopped", running: "running", asks: "waits for you" } as const;

/** What the model called to answer, as it happens, and what that took of its budget. */
export function CallList({ exchange: { calls, subagents, budget, asks, state } }: { exchange: Exchange }) {
  const over = state !== "answering";
  const own = calls.filter(({ subagent }) => subagent === undefined);

  return (
    <details className={styles.calls} open>
      <summary>
        {count(calls.length, "call")}
        {subagents.length > 0 && `, ${count(subagents.length, "subagent")}`}
      </summary>
      <ol aria-label="Calls of the model">
        {own.map((call) => (
          <li key={call.call}>
            <OneCall call={call} over={over} asks={asks.some((put) => put.ask.call === call.call && isOpen(put))} />
            {subagents
              .filter((one) => one.call === call.call)
              .map((one) => (
                <Subagent key={one.number} subagent={one} calls={calls} over={over} />
              ))}
          </li>
        ))}
      </ol>
      {budget && <p className={styles.budget}>{budgetText(budget)}</p>}
    </details>
  );
}

type OneCallProps = { call: ChatCall; over: boolean; asks?: boolean };

function OneCall({ call: { tool, arguments: given, state, result }, over, asks = false }: OneCallProps) {
  const now = state ?? (over ? "cancelled" : asks ? "asks" : "running");
  const mark: ShownStatus = MARKS[now];
  const brief = briefly(given);

  return (
    <details className={styles.call} data-state={now}>
      <summary>
        <StatusMark status={mark} />
        <code>{tool}</code>
        <span className={styles.brief}>{brief}</span>
        <small>{WORDS[now]}</small>
      </summary>
      <dl>
        <dt>Arguments</dt>
        <dd>
          <pre>{typeof given === "string" ? given : JSON.stringify(given, null, 2)}</pre>
        </dd>
        {result && (
          <>
            <dt>Result</dt>
            <dd>
              <pre>{result}</pre>
            </dd>
          </>
        )}
      </dl>
    </details>
  );
}

function Subagent({ subagent, calls, over }: { subagent: ChatSubagent; calls: readonly ChatCall[]; over: boolean }) {
  const { number, title, skills } = subagent;
  const own = calls.filter((call) => call.subagent === number);
  return (
    <section className={styles.subagent} aria-label={`Subagent ${number}`}>
      <p>
        <b>
          Subagent {number}: {title}
        </b>
        {skills.length > 0 && <small>with {skills.map(({ name }) => name).join(", ")}</small>}
      </p>
      <ol>
        {own.map((call) => (
          <li key={call.call}>
            <OneCall call={call} over={over} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The arguments in one line. */
function briefly(given: unknown): string {
  if (typeof given !== "object" || given === null) return String(given ?? "").slice(0, 120);
  const parts = Object.entries(given).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return parts.join(", ").slice(0, 120);
}

function budgetText({ spent, most }: ChatBudget): string {
  const part = (name: "rounds" | "calls" | "tokens" | "seconds", word: string) =>
    `${spent[name].toLocaleString("en")} of ${most[name].toLocaleString("en")} ${word}`;
  return [part("rounds", "requests"), part("calls", "calls"), part("tokens", "tokens"), part("seconds", "s")].join(" · ");
}
