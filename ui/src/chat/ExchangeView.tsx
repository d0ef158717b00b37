import { useWorkbench } from "../app/useWorkbench";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Prose } from "../parts/Prose";
import { count } from "../parts/time";
import { MarkdownView } from "../results/text/MarkdownView";
import type { ChatUsage } from "../api/schema";
import { Artifacts } from "./Artifacts";
import { AskCard } from "./AskCard";
import styles from "./Chat.module.css";
import { CallList } from "./CallList";
import { EditCard } from "./EditCard";
import { ProposalCard } from "./ProposalCard";
import { SkillsUsed } from "./SkillsUsed";
import type { Exchange } from "./exchange";

/** A question and its answer. */
export function ExchangeView({ exchange }: { exchange: Exchange }) {
  const { talk } = useWorkbench();
  const { id, prompt, state, text, edits, asks, calls, artifacts, notes, skills, error, usage, model, traceId } = exchange;
  const over = state !== "answering";

  return (
    <article className={styles.exchange} aria-label={prompt.slice(0, 80) || "Earlier answer"}>
      {prompt && (
        <div className={styles.prompt}>
          <p>{prompt}</p>
          <IconButton small icon="text" label="Edit this message and send it again" onClick={() => talk.edit(id)} />
        </div>
      )}
      {skills.length > 0 && <SkillsUsed skills={skills} />}
      {calls.length > 0 && <CallList exchange={exchange} />}
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- notes have no other identity
            <li key={at}>
              <Prose text={note} />
            </li>
          ))}
        </ul>
      )}
      {text && (
        <div className={styles.answer}>
          <MarkdownView text={text} label="Answer" />
        </div>
      )}
      {asks.map((put) => (
        <AskCard
          key={put.ask.ask_id}
          put={put}
          call={calls.find(({ call }) => call === put.ask.call)}
          over={over}
          onDecide={(allow) => void talk.decide(id, put.ask.ask_id, allow)}
        />
      ))}
      {!over && !text && (
        <p role="status" className={styles.waiting}>
          {model ? `${model} thinks…` : "Looking through the skills…"}
        </p>
      )}
      <Proposals exchange={exchange} />
      {edits.map((offered, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- edits are only ever added
        <EditCard key={at} offered={offered} onAccept={() => void talk.accept(id, at)} onDismiss={() => talk.dismiss(id, at)} />
      ))}
      {artifacts.length > 0 && <Artifacts artifacts={artifacts} />}
      {error && (
        <div role="alert" className={styles.error}>
          <Icon name="alert" size={15} />
          <p>
            <Prose text={error.message} />
            {error.hint && (
              <small>
                <Prose text={error.hint} />
              </small>
            )}
          </p>
        </div>
      )}
      {over && (
        <footer className={styles.foot}>
          <Verdict exchange={exchange} />
          <span className={styles.facts}>
            {state === "stopped" && <span>Stopped</span>}
            {model && <span title="What answered">{model}</span>}
            {usage && <span title={costTitle(usage)}>{usageText(usage)}</span>}
            {traceId && <span title="The trace of this exchange, kept in your volume">{traceId}</span>}
          </span>
        </footer>
      )}
    </article>
  );
}

/** The workflows that were proposed. Without a model they are ways to the same end: all but the best are folded. */
function Proposals({ exchange: { proposals, model } }: { exchange: Exchange }) {
  const cards = proposals.map((proposal, at) => (
    // oxlint-disable-next-line react/no-array-index-key -- proposals are only ever added
    <ProposalCard key={at} proposal={proposal} best={at === 0} />
  ));
  const [best, ...others] = cards;
  if (model !== null || others.length === 0) return cards;
  return (
    <>
      {best}
      <details className={styles.others}>
        <summary>{count(others.length, "other workflow")} that may fit</summary>
        <div>{others}</div>
      </details>
    </>
  );
}

/** Whether the answer helped: the system learns from it. */
function Verdict({ exchange: { id, feedback, traceId, text } }: { exchange: Exchange }) {
  const { talk } = useWorkbench();
  return (
    <span className={styles.verdict}>
      <IconButton
        small
        icon="thumbUp"
        label="This helped"
        aria-pressed={feedback === "good"}
        disabled={!traceId || !text}
        onClick={() => void talk.judge(id, feedback === "good" ? null : "good")}
      />
      <IconButton
        small
        icon="thumbDown"
        label="This did not help"
        aria-pressed={feedback === "bad"}
        disabled={!traceId || !text}
        onClick={() => void talk.judge(id, feedback === "bad" ? null : "bad")}
      />
      <IconButton small icon="retry" label="Ask again" onClick={() => void talk.again(id)} />
    </span>
  );
}

function usageText(usage: ChatUsage): string {
  const read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  const cost = usage.cost_usd === null ? "cost unknown" : `$${usage.cost_usd.toFixed(4)}`;
  return `${read} + ${usage.output_tokens} tokens, ${cost}`;
}

function costTitle(usage: ChatUsage): string {
  return `${usage.input_tokens} read, ${usage.cache_read_tokens} from what the provider kept, ${usage.cache_write_tokens} newly kept, ${usage.output_tokens} written; cost: ${usage.cost_source}`;
}
