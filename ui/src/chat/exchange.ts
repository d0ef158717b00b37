import type { ChatEvent, ChatProposal, ChatSkill, ChatUsage, SessionArtifact } from "../api/schema";

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
      return note(`The model calls \`${event.tool}\``);
    case "proposal":
      return { proposals: [...one.proposals, event.proposal] };
    case "rejected":
      return note(
        `A workflow of the model cannot be used: ${event.reasons.join("; ")}${event.again ? " – it tries again" : ""}`,
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
