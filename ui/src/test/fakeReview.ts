/** A stand-in for the part of the server that is about proposals. */
import type { ReviewApi, Said, Verdict } from "../api/review";
import type { ProposalSummary, ProposalView } from "../api/schema";

/** A proposal that waits for a decision. */
export function proposal(more: Partial<ProposalView> = {}): ProposalView {
  return {
    id: "c0ffee".padEnd(40, "0"),
    volume: "team/atlas",
    branch: "pr/bob/plot",
    user: "bob",
    skill_id: "plot",
    state: "open",
    reason: "we all draw these",
    provenance: {
      from: "user/bob",
      version: "a".repeat(40),
      commit: "b".repeat(40),
      reason: "we all draw these",
      author: "bob",
      time: "2026-11-20T15:30:00Z",
      brought_by: "c0ffee".padEnd(40, "0"),
    },
    time: "2026-11-20T15:30:00Z",
    decision: null,
    may_approve: true,
    may_decline: true,
    may_revert: false,
    own: false,
    name: "Plot",
    replaces: true,
    facts: [
      { about: "runs", caution: false, text: "runs Python code" },
      { about: "packages", caution: true, text: "loads the packages numpy", before: "" },
      { about: "time limit", caution: false, text: "is stopped after 60 s", before: "is stopped after 9 s" },
    ],
    checks: [
      { code: "reads", outcome: "passed", text: "it is a skill without mistakes", hint: null },
      { code: "shadowing", outcome: "warned", text: "it hides another", hint: "ask for another id" },
    ],
    files: [
      {
        path: "skills/plot.md",
        text: true,
        bytes_before: 10,
        bytes_after: 12,
        fields: [{ field: "fields/timeout_ms", name: "`timeout_ms`", before: "9000", after: "60000" }],
        hunks: [
          {
            lines: [
              { change: "removed", before: 3, after: null, pieces: [{ text: "old" }], long: false },
              { change: "added", before: null, after: 3, pieces: [{ text: "a" }, { text: "U+202E", hidden: true }, { text: "b" }], long: false },
            ],
          },
        ],
      },
    ],
    diagnostics: [],
    ...more,
  };
}

/** What was asked of a {@link fakeReview}. */
export type Asked = { verdict: Verdict; said: Said };

/** Proposals in memory; whatever is decided is noted. */
export function fakeReview(views: ProposalView[] = [], asked: Asked[] = []): ReviewApi {
  const summary = (view: ProposalView): ProposalSummary => view;
  return {
    listTeams: async () => ({ kept: false, teams: [{ team_id: "atlas", name: null, role: null }] }),
    listProposals: async () => ({ proposals: views.map(summary) }),
    readProposal: async ({ id }) => views.find((view) => view.id === id) ?? proposal({ id }),
    decide: async ({ volume, id }, verdict, said) => {
      asked.push({ verdict, said });
      return { id, state: "approved", volume, skill_id: "plot", commit: "d".repeat(40) };
    },
    propose: async ({ skillId }) => proposal({ skill_id: skillId }),
    promote: async ({ skillId }) => ({ skill_id: skillId, volume: "team/atlas", path: `skills/${skillId}.md`, version: "v", commit: "c" }),
  };
}
