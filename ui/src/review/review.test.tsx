import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { WorkbenchContext } from "../app/useWorkbench";
import { createWorkbench } from "../app/workbench";
import { type Asked, fakeReview, proposal } from "../test/fakeReview";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, skill } from "../test/fakes";
import { ProposeDialog } from "./ProposeDialog";
import { ReviewPage } from "./ReviewPage";

function show(rest: readonly string[], views = [proposal()], asked: Asked[] = []) {
  history.replaceState(null, "", "/review");
  const api = { ...fakeApi(), ...fakeReview(views, asked) };
  const workbench = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner() });
  render(
    <WorkbenchContext value={workbench}>
      <ReviewPage rest={rest} />
    </WorkbenchContext>,
  );
  return workbench;
}

const ID = proposal().id;
const detail = async () => within(await screen.findByRole("article", { name: "Proposal" }));

test("open and decided proposals are on shelves of their own, and each is a link", async () => {
  const decided = proposal({ id: "d".repeat(40), skill_id: "done", state: "approved" });
  const { places } = show([], [proposal(), decided]);
  const link = await screen.findByRole("link", { name: /plot/ });
  expect(link.getAttribute("href")).toBe(`/review/team/atlas/${ID}`);
  expect(screen.queryByRole("link", { name: /done/ })).toBeNull();
  await userEvent.click(link);
  expect(places.store.getState().page?.rest).toEqual(["team", "atlas", ID]);
  await userEvent.click(screen.getByRole("tab", { name: /Decided/ }));
  expect(screen.getByRole("link", { name: /done/ })).toBeDefined();
});

test("a reviewer reads what it may do, what was before, and what cannot be seen", async () => {
  show(["team", "atlas", ID]);
  const view = await detail();
  const facts = within(await view.findByRole("region", { name: "What it may do" }));
  expect(facts.getByText(/Look twice/)).toBeDefined();
  expect(facts.getByText("Before, it is stopped after 9 s")).toBeDefined();
  expect(view.getByText("U+202E").title).toBe("A character that cannot be seen");
  expect(view.getByRole("row", { name: /timeout_ms 9000 60000/ })).toBeDefined();
  expect(view.getByText("Added:")).toBeDefined();
});

test("declining needs a reason, and sends it", async () => {
  const asked: Asked[] = [];
  show(["team", "atlas", ID], [proposal()], asked);
  const view = await detail();
  const decline = await view.findByRole<HTMLButtonElement>("button", { name: "Decline" });
  expect(decline.disabled).toBe(true);
  await userEvent.type(view.getByLabelText("What you say to it"), "no labels");
  await userEvent.click(decline);
  expect(asked).toEqual([{ verdict: "decline", said: { reason: "no labels" } }]);
});

test("whoever approves their own has to say so", async () => {
  const asked: Asked[] = [];
  show(["team", "atlas", ID], [proposal({ own: true })], asked);
  const view = await detail();
  const approve = await view.findByRole<HTMLButtonElement>("button", { name: "Approve and merge" });
  expect(approve.disabled).toBe(true);
  await userEvent.click(view.getByRole("checkbox"));
  await userEvent.click(approve);
  expect(asked).toEqual([{ verdict: "approve", said: { reason: "", own: true } }]);
});

test("a failed check stands in the way, and whoever may not decide sees no form", async () => {
  const failed = proposal({ checks: [{ code: "own-files", outcome: "failed", text: "the branch also changes `x`", hint: null }] });
  show(["team", "atlas", ID], [failed]);
  const approve = await (await detail()).findByRole<HTMLButtonElement>("button", { name: "Approve and merge" });
  expect(approve.disabled).toBe(true);
});

test("nobody is offered a decision that is not theirs", async () => {
  show(["team", "atlas", ID], [proposal({ may_approve: false, may_decline: false })]);
  const view = await detail();
  await view.findByRole("region", { name: "Changes" });
  expect(view.queryByRole("form")).toBeNull();
});

test("what was merged is taken back by those whom the server lets", async () => {
  const asked: Asked[] = [];
  const merged = { state: "approved", may_approve: false, may_decline: false } as const;
  show(["team", "atlas", ID], [proposal({ ...merged, may_revert: true })], asked);
  const view = await detail();
  await userEvent.type(await view.findByLabelText("Why it is taken back"), "it broke");
  await userEvent.click(view.getByRole("button", { name: "Take it back" }));
  expect(asked).toEqual([{ verdict: "revert", said: { reason: "it broke" } }]);
});

test("nobody else is offered to take back what was merged", async () => {
  show(["team", "atlas", ID], [proposal({ state: "approved", may_approve: false, may_decline: false })]);
  const view = await detail();
  await view.findByRole("region", { name: "Changes" });
  expect(view.queryByRole("button", { name: "Take it back" })).toBeNull();
});

test("a skill is proposed with a team and a reason", async () => {
  const api = { ...fakeApi(), ...fakeReview() };
  const workbench = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner() });
  let closed = 0;
  render(
    <WorkbenchContext value={workbench}>
      <ProposeDialog skill={skill("plot", [], [], { name: "Plot", volume: "user/ana" })} onClose={() => (closed += 1)} />
    </WorkbenchContext>,
  );
  await act(async () => undefined);
  await userEvent.type(screen.getByLabelText("Team"), "atlas");
  await userEvent.type(screen.getByLabelText("Why others should have it"), "useful");
  await userEvent.click(screen.getByRole("button", { name: "Propose" }));
  expect(closed).toBe(1);
  expect(workbench.notices.store.getState().notices[0]?.message).toContain("is proposed for `team/atlas`");
});
