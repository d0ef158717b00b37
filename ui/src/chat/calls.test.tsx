import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { ApiError } from "../api/api";
import type { ChatEdit, ChatEvent } from "../api/schema";
import { fakeApi } from "../test/fakes";
import { fakeSessions } from "../test/fakeSessions";
import { CallList } from "./CallList";
import { EditCard } from "./EditCard";
import { fresh, heard } from "./exchange";
import { createTalk } from "./talk";

const EDIT: ChatEdit = {
  skill_id: "notes",
  name: "Notes",
  volume: "user/ana",
  base_version: "5716ca5987cbf97d6bb54920bea6adde242d87e6",
  reason: "It is shorter",
  source: "new",
  file: {
    path: "skills/notes.md",
    text: true,
    fields: [],
    hunks: [
      {
        lines: [
          { change: "removed", before: 1, pieces: [{ text: "old", hidden: false }], long: false },
          { change: "added", after: 1, pieces: [{ text: "new", hidden: false }], long: false },
        ],
      },
    ],
  },
};

const EVENTS: readonly ChatEvent[] = [
  { type: "call", call: { call: 1, tool: "delegate", arguments: { tasks: [] }, result: "" } },
  { type: "subagent", subagent: { number: 1, call: 1, title: "Spectrum", skills: [] } },
  { type: "call", call: { call: 2, tool: "read_skill", arguments: { skill_id: "fft" }, subagent: 1, result: "" } },
  { type: "returned", call: 2, state: "done", result: "all about it" },
  { type: "budget", budget: { spent: { rounds: 3, calls: 2, tokens: 1234, seconds: 4 }, most: { rounds: 24, calls: 40, tokens: 300000, seconds: 300 } } },
];

test("calls are shown with their state, those of a subagent below it, and what they took", () => {
  const exchange = EVENTS.reduce((one, event) => ({ ...one, ...heard(one, event) }), fresh(1, "hi"));
  render(<CallList exchange={exchange} />);
  const list = screen.getByRole("list", { name: "Calls of the model" });
  expect(within(list).getByText("running")).toBeTruthy();
  const subagent = within(screen.getByRole("region", { name: "Subagent 1" }));
  expect(subagent.getByText("read_skill")).toBeTruthy();
  expect(subagent.getByText("skill_id: fft")).toBeTruthy();
  expect(subagent.getByText("done")).toBeTruthy();
  expect(screen.getByText("3 of 24 requests · 2 of 40 calls · 1,234 of 300,000 tokens · 4 of 300 s")).toBeTruthy();
});

test("a call that was not over when the answer was is shown as stopped", () => {
  const [call] = EVENTS;
  const exchange = call ? { ...fresh(1, "hi"), ...heard(fresh(1, "hi"), call), state: "stopped" as const } : fresh(1, "hi");
  render(<CallList exchange={exchange} />);
  expect(screen.getByText("stopped")).toBeTruthy();
});

test("an edit shows its lines and is decided by the person", async () => {
  const done: string[] = [];
  const card = (fate: Parameters<typeof EditCard>[0]["offered"]["fate"]) => (
    <EditCard offered={{ edit: EDIT, fate }} onAccept={() => done.push("accept")} onDismiss={() => done.push("dismiss")} />
  );
  const { rerender } = render(card({ at: "open" }));
  expect(screen.getByRole("group", { name: "Lines of skills/notes.md" }).textContent).toContain("Removed: old");
  await userEvent.click(screen.getByRole("button", { name: "Accept edit" }));
  expect(done).toEqual(["accept"]);
  rerender(card({ at: "saved", commit: "c0ffee00c0ffee00" }));
  expect(screen.getByRole("status").textContent).toBe("Saved in user/ana as commit c0ffee00");
  expect(screen.queryByRole("button")).toBeNull();
});

test("accepting saves once, and what collides is told and can be tried again", async () => {
  const saved: ChatEdit[] = [];
  let collides = true;
  const api = {
    ...fakeApi(),
    ...fakeSessions(),
    chat: async function* (): AsyncGenerator<ChatEvent> {
      yield { type: "edit", edit: EDIT };
      yield { type: "end", trace_id: "chat-1", outcome: "success" };
    },
    acceptEdit: async (edit: ChatEdit) => {
      if (collides) throw new ApiError({ type: "about:blank", code: "conflict", title: "", status: 409, detail: "both changed it", hint: "look again" });
      saved.push(edit);
      return { commit: "c0ffee00" };
    },
  };
  const talk = createTalk(api, { read: () => null, write: () => {} });
  await talk.ask("shorten it");
  const id = talk.store.getState().exchanges[0]?.id ?? 0;
  const fate = () => talk.store.getState().exchanges[0]?.edits[0]?.fate;
  await talk.accept(id, 0);
  expect(fate()).toMatchObject({ at: "failed", error: { message: "both changed it" } });
  collides = false;
  await talk.accept(id, 0);
  await talk.accept(id, 0);
  expect([fate(), saved.length]).toEqual([{ at: "saved", commit: "c0ffee00" }, 1]);
});
