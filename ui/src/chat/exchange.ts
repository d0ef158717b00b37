import type {
  ChatAsk,
  ChatBudget,
  ChatCall,
  ChatDecision,
  ChatEdit,
  ChatEvent,
  ChatProposal,
  ChatSkill,
  ChatSubagent,
  ChatUsage,
  SessionArtifact,
} from "../api/schema";

/** An edit that was proposed, and what the person made of it. */
export type OfferedEdit = {
  edit: ChatEdit;
  fate: { at: "open" } | { at: "saving" } | { at: "saved"; commit: string } | { at: "dismissed" } | { at: "failed"; error: unknown };
};

/** A call of an outside tool that was put to the person, and what became of it. */
export type PutAsk = {
  ask: ChatAsk;
  fate: { at: "open" } | { at: "sending" } | { at: "failed"; error: unknown } | { at: ChatDecision };
};

/** A question and what became of it. */
export type Exchange = {
  id: number;
  /** The number of the question in its session; `null` before it is known. */
  number: number | null;
  /** Whether an edited question took its place: it stays, and no model is told of it. */
  replaced: boolean;
  prompt: string;
  state: "answering" | "done" | "stopped" | "failed";
  /** What answers, as `provider/model`; `null` where no model is connected. */
  model: string | null;
  traceId: string | null;
  skills: readonly ChatSkill[];
  text: string;
  proposals: readonly ChatProposal[];
  edits: readonly OfferedEdit[];
  /** What the person was asked to allow. */
  asks: readonly PutAsk[];
  /** What the model called, in order, and who works on parts of it. */
  calls: readonly ChatCall[];
  subagents: readonly ChatSubagent[];
  /** What the message took of what it may take. */
  budget: ChatBudget | null;
  /** What else came of it. */
  artifacts: readonly SessionArtifact[];
  /** What happens meanwhile, such as a pause or a workflow that the model mends. */
  notes: readonly string[];
  usage: ChatUsage | null;
  error: { message: string; hint: string | null } | null;
  feedback: "good" | "bad" | null;
};

/** A question that is asked now. */
export function fresh(id: number, prompt: string): Exchange {
  return {
    id,
    number: null,
    replaced: false,
    prompt,
    state: "answering",
    model: null,
    traceId: null,
    skills: [],
    text: "",
    proposals: [],
    edits: [],
    asks: [],
    calls: [],
    subagents: [],
    budget: null,
    artifacts: [],
    notes: [],
    usage: null,
    error: null,
    feedback: null,
  };
}

/** What an event changes. */
export function heard(one: Exchange, event: ChatEvent): Partial<Exchange> {
  const note = (text: string) => ({ notes: [...one.notes, text] });
  switch (event.type) {
    case "start":
      return { traceId: event.trace_id, model: event.model ?? null };
    case "skills":
      return { skills: event.skills };
    case "text":
      return { text: one.text + event.text };
    case "waiting":
      return note(`${event.reason}; trying again in ${Math.ceil(event.wait_ms / 1000)} s`);
    case "call":
      return { calls: [...one.calls, event.call] };
    case "ask":
      return { asks: [...one.asks, { ask: event.ask, fate: { at: "open" } }] };
    case "decided": {
      const { call, decision } = event;
      return { asks: one.asks.map((put) => (put.ask.call === call ? { ...put, fate: { at: decision } } : put)) };
    }
    case "returned": {
      const { call, state, result } = event;
      return { calls: one.calls.map((it) => (it.call === call ? { ...it, state, result } : it)) };
    }
    case "subagent":
      return { subagents: [...one.subagents, event.subagent] };
    case "edit":
      return { edits: [...one.edits, { edit: event.edit, fate: { at: "open" } }] };
    case "budget":
      return { budget: event.budget };
    case "proposal":
      return { proposals: [...one.proposals, event.proposal] };
    case "rejected":
      return note(
        `What the model proposes cannot be used: ${event.reasons.join("; ")}${event.again ? " – it tries again" : ""}`,
      );
    case "usage":
      return { usage: event.usage };
    case "note":
      return note(event.text);
    case "error":
      return { state: "failed", error: { message: event.detail, hint: event.hint } };
    case "end":
      return { traceId: event.trace_id };
  }
}

/** Whether nothing is decided over a question yet. */
export function isOpen({ fate }: PutAsk): boolean {
  return fate.at === "open" || fate.at === "sending" || fate.at === "failed";
}
