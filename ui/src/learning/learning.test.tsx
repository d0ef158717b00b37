import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { CronsApi, Decision, DraftsApi, SeenDraft } from "../api/learning";
import { CronCard } from "./CronCard";
import { DraftInbox } from "./DraftInbox";
import { cron, draft, run, view } from "./fakes";

const CRONS: CronsApi = {
  listCrons: async () => ({ now: "2026-11-20T21:00:00Z", runs_here: true, crons: [cron()] }),
  runCron: async () => cron(),
  cronHistory: async (id) => ({ id, runs: [run({ run: 8 }), run({ run: 7, outcome: "failed", error: "the disk is full" })] }),
};

describe("a cron card", () => {
  it("counts down, says how the last run ended, and starts another", async () => {
    const onRun = vi.fn();
    const last = run({ asked_by: "ana", report: { traces_analyzed: 12, patterns_detected: 1, drafts: [{}], patterns: [{ description: "draw circuits", count: 5, success_rate: 0.8 }] } });
    render(<CronCard api={CRONS} cron={cron({ last })} elapsed={60} runsHere onRun={onRun} />);
    expect(screen.getByRole("timer").textContent).toBe("5 h 59 min");
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("75");
    expect(screen.getByText("12 traces, 1 pattern, 1 draft begun or changed")).toBeTruthy();
    expect(screen.getByRole("list", { name: "Patterns" }).textContent).toBe("draw circuits 5×, 80 %");
    await userEvent.click(screen.getByRole("button", { name: "Run now" }));
    expect(onRun).toHaveBeenCalledWith("user-ana");
    await userEvent.click(screen.getByRole("button", { name: "History" }));
    await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(3));
  });

  it("shows how far a run is", () => {
    const running = cron({ state: "running", progress: { share: 0.4, phase: "reading traces" } });
    render(<CronCard api={CRONS} cron={running} elapsed={0} runsHere onRun={() => undefined} />);
    expect(screen.getByText("reading traces")).toBeTruthy();
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("40");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Run now" }).disabled).toBe(true);
  });

  it("says why it cannot be started", () => {
    const refused = cron({ may_run: false, may_not_because: "`ana` may not start the cron of volume `system`" });
    render(<CronCard api={CRONS} cron={refused} elapsed={0} runsHere onRun={() => undefined} />);
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Run now" });
    expect(button.disabled).toBe(true);
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toContain("may not start the cron");
  });
});

function inbox(drafts = [draft()]) {
  const decided: [SeenDraft["version"], Decision][] = [];
  const edits: string[] = [];
  const onTrace = vi.fn();
  const api: DraftsApi = {
    listDrafts: async () => ({ drafts, n_proposed: drafts.length, n_stale: 0 }),
    readDraft: async ({ draft_id }) => view({ draft_id }),
    editDraft: async (seen, text) => {
      edits.push(text);
      return { ...DONE, draft_id: seen.draft_id, version: "v2" };
    },
    decideDraft: async (seen, decision) => {
      decided.push([seen.version, decision]);
      return DONE;
    },
  };
  const shown = <DraftInbox api={api} drafts={drafts} chosen={undefined} onChoose={() => undefined} onTrace={onTrace} onDecided={() => undefined} />;
  render(shown);
  return { decided, edits, onTrace };
}

const DONE = { draft_id: "d", status: "accepted", skill_id: "s", volume: "user/ana", path: null, version: "v3", commit: "c" };

describe("the inbox of drafts", () => {
  it("shows what speaks for a draft, and opens its traces", async () => {
    const { onTrace } = inbox();
    expect(screen.getByText("86 %")).toBeTruthy();
    expect(screen.getByText("6 of 7, as measured; above 49 % for certain")).toBeTruthy();
    expect((await screen.findByLabelText("Text of the skill")).textContent).toContain("# Draw a circuit");
    expect(document.querySelector("mark")?.textContent).toBe("U+202E");
    await userEvent.click(screen.getByRole("button", { name: /^Open trace/ }));
    expect(onTrace).toHaveBeenCalledWith("run-20261120-153000-0a1b2c3d");
  });

  it("accepts a draft as it is, on the text that was seen", async () => {
    const { decided, edits } = inbox();
    await userEvent.click(await screen.findByRole("button", { name: "Accept" }));
    expect([edits, decided]).toEqual([[], [["v1", { action: "accept" }]]]);
  });

  it("keeps an edit before it accepts it", async () => {
    const { decided, edits } = inbox();
    await userEvent.click(await screen.findByRole("button", { name: "Edit first" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Text of the skill" }), "More.");
    await userEvent.click(screen.getByRole("button", { name: "Accept as edited" }));
    expect(edits[0]?.endsWith("More.")).toBe(true);
    expect(decided).toEqual([["v2", { action: "accept" }]]);
  });

  it("merges and rejects", async () => {
    const { decided } = inbox();
    await userEvent.click(await screen.findByRole("button", { name: "Merge into…" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Merge into the skill" }), "circuits{Enter}");
    expect(decided).toEqual([["v1", { action: "merge", into: "circuits" }]]);
    await userEvent.click(screen.getByRole("button", { name: "Back" }));
    await userEvent.click(screen.getByRole("button", { name: "Reject for good" }));
    expect(decided[1]).toEqual(["v1", { action: "reject" }]);
  });

  it("shows how a learned skill does", async () => {
    const gain = { before: 7, before_success: 6, since: 4, since_success: 4, used: 3, used_success: 3 };
    inbox([draft({ status: "accepted", gain, stale: "nobody used it for 60 days" })]);
    expect(screen.getByText(/Nothing waits for a decision/)).toBeTruthy();
    await userEvent.click(screen.getByRole("tab", { name: /Learned/ }));
    expect(screen.getByRole("table", { name: "Use and success, as measured" }).textContent).toContain("The task, since4100 %");
    expect(screen.getByText("Nobody used it for 60 days")).toBeTruthy();
  });
});
