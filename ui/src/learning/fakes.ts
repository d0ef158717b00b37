/** Crons and drafts of plain data, for tests. */
import type { CronRun, CronView, DraftSummary, DraftView } from "../api/schema";

export function cron(more: Partial<CronView> = {}): CronView {
  return {
    id: "user-ana",
    volume: "user/ana",
    schedule: { pattern: "0 3 * * *", zone: "UTC", phrase: "At 03:00" },
    next_at: "2026-11-21T03:00:00Z",
    since: "2026-11-20T03:00:00Z",
    seconds_left: 21_600,
    state: "waiting",
    progress: null,
    last: null,
    may_run: true,
    may_not_because: null,
    ...more,
  };
}

export function run(more: Partial<CronRun> = {}): CronRun {
  return {
    run: 7,
    asked_by: null,
    attempt: 1,
    server: "4-0a1b2c3d",
    started_at: "2026-11-20T03:00:00Z",
    ended_at: "2026-11-20T03:00:02Z",
    outcome: "done",
    report: { status: "ok", traces_analyzed: 12, patterns_detected: 2, drafts: [{}], patterns: [] },
    error: null,
    ...more,
  };
}

export function draft(more: Partial<DraftSummary> = {}): DraftSummary {
  return {
    draft_id: "task-0a1b2c3d",
    kind: "guide",
    status: "proposed",
    skill_id: "draw-a-circuit",
    title: "Draw a circuit",
    count: 7,
    n_success: 6,
    success_rate: 6 / 7,
    confidence: 0.487,
    users: { ana: 7 },
    n_held_back: 3,
    n_passed: 3,
    warnings: [],
    edited: false,
    update: false,
    volume: "user/ana",
    version: "v1",
    ...more,
  };
}

export function view(more: Partial<DraftView> = {}): DraftView {
  return {
    ...draft(),
    text: "---\nname: Draw a circuit\n---\n\n# Draw a circuit\n\nodd \u202e text\n",
    path: "skills/draw-a-circuit.md",
    traces: ["run-20261120-153000-0a1b2c3d", "chat-20261120-153000-0a1b2c3d"],
    problem: null,
    source: "",
    ...more,
  };
}
