import type { DecidedProposal, ProposalList, ProposalSummary, ProposalView, SavedSkill, TeamList } from "./schema";

/** A skill that goes one step up: one of the user's to a team, or one of a team's to the system volume. */
export type StepUp = {
  skillId: string;
  team: string;
  /** `system`; left out for the team's own volume. */
  to?: "system";
  reason: string;
};

/** What can be done with a proposal. */
export type Verdict = "approve" | "decline" | "revert";

/** Which proposal: its id and the volume that is asked. */
export type ProposalRef = { volume: string; id: string };

/** What goes with a verdict. */
export type Said = { reason: string; own?: boolean };

/** Proposes and promotes skills, and decides about proposals. */
export interface ReviewApi {
  listTeams(signal?: AbortSignal): Promise<TeamList>;
  listProposals(signal?: AbortSignal): Promise<ProposalList>;
  readProposal(ref: ProposalRef, signal?: AbortSignal): Promise<ProposalView>;
  decide(ref: ProposalRef, verdict: Verdict, said: Said): Promise<DecidedProposal>;
  propose(step: StepUp): Promise<ProposalSummary>;
  promote(step: StepUp): Promise<SavedSkill>;
}

/** How this part of the API asks the server. */
type Ask = {
  get<T>(path: string, params: Record<string, string>, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
};

/** The part of the API that is about proposals, over HTTP. */
export function httpReview({ get, post }: Ask): ReviewApi {
  const at = ({ id }: ProposalRef) => `/proposals/${encodeURIComponent(id)}`;
  const body = ({ skillId, team, to, reason }: StepUp) => ({ skill_id: skillId, team_id: team, to, reason });
  return {
    listTeams: (signal) => get("/teams", {}, signal),
    listProposals: (signal) => get("/proposals", {}, signal),
    readProposal: (ref, signal) => get(at(ref), { volume: ref.volume }, signal),
    decide: (ref, verdict, said) => post(`${at(ref)}/${verdict}`, { volume: ref.volume, ...said }),
    propose: (step) => post("/proposals", body(step)),
    promote: (step) => post("/skills/promote", body(step)),
  };
}
