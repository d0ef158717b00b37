import type { ChatProposal, SessionMessage } from "../api/schema";
import { type Exchange, fresh } from "./exchange";

/** The exchanges that these messages of a session are, each with an id of its own. */
export function exchangesOf(messages: readonly SessionMessage[], nextId: () => number): Exchange[] {
  const exchanges: Exchange[] = [];
  const change = (next: (one: Exchange) => Partial<Exchange>) => {
    const last = exchanges.pop() ?? { ...fresh(nextId(), ""), state: "done" as const };
    exchanges.push({ ...last, ...next(last) });
  };
  for (const { number, role, content, traces, artifacts, replaced = false } of messages) {
    const traceId = traces.find((id) => id.startsWith("chat-")) ?? null;
    if (role === "user") {
      exchanges.push({ ...fresh(nextId(), content), number, replaced, state: "done" });
    } else if (role === "assistant") {
      const proposals = artifacts.flatMap(({ workflow }): ChatProposal[] =>
        workflow ? [{ workflow, covers: [], reasons: [], findings: [] }] : [],
      );
      const named = artifacts.filter(({ workflow }) => !workflow);
      change((one) => ({
        replaced,
        text: one.text ? `${one.text}\n\n${content}` : content,
        traceId: traceId ?? one.traceId,
        proposals: [...one.proposals, ...proposals],
        artifacts: [...one.artifacts, ...named],
      }));
    } else {
      change((one) => ({ replaced, state: "failed", error: { message: content, hint: null }, traceId: traceId ?? one.traceId }));
    }
  }
  return exchanges;
}
