import type { ProposalSummary } from "../api/schema";

/** Where a proposal is, in a word. */
export const STATES: Record<ProposalSummary["state"], string> = {
  open: "Open",
  approved: "Approved",
  declined: "Declined",
  reverted: "Reverted",
};
