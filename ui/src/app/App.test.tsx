import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";

import type { Finding } from "../api/schema";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner, sumWorkflow } from "../test/fakes";
import { App } from "./App";
import { loadingText } from "./LoadingPill";
import { createWorkbench } from "./workbench";

const FINDING: Finding = { severity: "error", code: "missing", message: "`b` has no value", hint: "give one", node: "total", port: "b" };

async function show(path: string, findings: Finding[] = []) {
  history.replaceState(null, "", path);
  const workbench = createWorkbench({
    api: fakeApi({ "system/sums": sumWorkflow() }),
    engine: fakeEngine(() => findings),
    drafts: fakeDrafts(),
    runner: async () => fakeRunner(),
  });
  render(<App workbench={workbench} />);
  await act(() => workbench.places.follow());
  return workbench;
}

/** Files of their own may take a while to come. */
const PATIENT = { timeout: 10_000 };

const region = (name: string) => within(screen.getByRole("region", { name }));
const node = (id: string) => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`);

beforeEach(() => localStorage.clear());

test("the screen has its regions and its buttons", async () => {
  await show("/");
  for (const name of ["Node library", "Canvas", "Inspector", "Results"]) {
    expect(screen.getByRole("region", { name })).toBeDefined();
  }
  for (const name of ["Run", "Cancel", "Save"]) expect(screen.getByRole("button", { name })).toBeDefined();
  expect(await screen.findByRole("button", { name: /Sums/ })).toBeDefined();
});

test("a deep link opens its workflow; each node has its name and its state", async () => {
  await show("/workflows/system/sums");
  await screen.findByRole("heading", { name: "Sums" });
  await act(async () => undefined);
  expect(node("first")?.getAttribute("aria-label")).toBe("Number");
  expect(node("first")?.dataset).toMatchObject({ status: "idle", nodeId: "first" });
});

test("a run sets the states, shows the outputs and names the commit", async () => {
  await show("/workflows/system/sums");
  await userEvent.click(await screen.findByRole("button", { name: "Run" }));
  expect(await screen.findByText("run-20261120-120000-00000001")).toBeDefined();
  expect(region("Results").getByRole("status", { name: "Outcome" }).textContent).toContain("commit 1234567");
  expect(node("total")?.dataset["status"]).toBe("success");
  expect(region("Results").getAllByRole("button", { name: /total 5$/ })).toHaveLength(2);
  await userEvent.click(region("Results").getByRole("tab", { name: /^Log/ }));
  expect(region("Results").getByText("total says hello")).toBeDefined();
});

test("selecting a node opens its form, and typing changes the workflow", async () => {
  const { editor } = await show("/workflows/system/sums");
  act(() => editor.select(["first"]));
  const field = region("Inspector").getByLabelText("value");
  await userEvent.clear(field);
  await userEvent.type(field, "7");
  expect(editor.store.getState().doc.nodes[0]?.inputs).toEqual({ value: 7 });
  expect(screen.getByText("Unsaved changes")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(editor.store.getState().doc.nodes[0]?.inputs).toEqual({ value: 2 });
});

test("problems are listed and lead to their node", async () => {
  const { editor } = await show("/workflows/system/sums", [FINDING]);
  act(() => editor.check());
  await userEvent.click(region("Results").getByRole("tab", { name: /^Problems 1/ }));
  expect(region("Results").getByText(/has no value/)).toBeDefined();
  await userEvent.click(region("Results").getByRole("button", { name: "Sum" }));
  expect([...editor.store.getState().selection]).toEqual(["total"]);
});

test("Save asks for a name when the workflow is an example", async () => {
  const { editor } = await show("/workflows/system/sums");
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  const dialog = within(await screen.findByRole("dialog", {}, PATIENT));
  await userEvent.clear(dialog.getByLabelText("Id"));
  await userEvent.type(dialog.getByLabelText("Id"), "mine");
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved abcdef1")).toBeDefined();
  expect(editor.store.getState().origin).toMatchObject({ volume: "user/ana" });
});

test("pages are reached by links and by their address, and the canvas keeps what was open", async () => {
  const { editor, places } = await show("/workflows/system/sums");
  act(() => editor.edit((doc) => ({ ...doc, name: "Mine" })));
  const pages = within(screen.getByRole("navigation", { name: "Pages" }));
  await userEvent.click(pages.getByRole("link", { name: "Review" }));
  expect(location.pathname).toBe("/review");
  expect(await screen.findByRole("heading", { level: 1, name: "Review" }, PATIENT)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Run" })).toBeNull();
  expect(pages.getByRole("link", { name: "Review" }).getAttribute("aria-current")).toBe("page");
  // No key reaches the canvas behind the page.
  await userEvent.keyboard("{Control>}z{/Control}");
  await userEvent.click(pages.getByRole("link", { name: "Canvas" }));
  expect(location.pathname).toBe("/workflows/system/sums");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Mine");

  history.replaceState(null, "", "/review");
  await act(() => places.follow());
  expect(await screen.findByRole("heading", { name: "Review" })).toBeDefined();
  await userEvent.click(pages.getByRole("button", { name: "Pages" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Canvas" }));
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Mine");
});

test.each([
  [{ runtime: "python", stage: "download", loaded: 45, total: 100 } as const, "Loading Python 45 %"],
  [{ runtime: "javascript", stage: "download", loaded: 45, total: 0 } as const, "Loading JavaScript"],
  [{ runtime: "python", stage: "start", loaded: 1, total: 1 } as const, "Starting Python"],
])("loading is told in words", (progress, words) => expect(loadingText(progress)).toBe(words));
