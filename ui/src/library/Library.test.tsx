import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import type { SkillQuery } from "../api/api";
import { fakeApi, problem, SKILLS } from "../test/fakes";
import { Library } from "./Library";

function show(api = fakeApi()) {
  const asked: SkillQuery[] = [];
  const { listExecutable } = api;
  api.listExecutable = (query, signal) => {
    asked.push(query);
    return listExecutable(query, signal);
  };
  const onAdd = vi.fn();
  render(<Library api={api} onAdd={onAdd} onFound={vi.fn()} />);
  return { asked, onAdd };
}

const entry = (name: RegExp) => screen.findByRole("button", { name });

test("the server is asked for the words, once they are typed", async () => {
  const { asked } = show();
  await entry(/^Number/);
  for (const value of ["s", "su", "sum"]) fireEvent.change(screen.getByRole("searchbox"), { target: { value } });
  expect(await screen.findByText("1 skill")).toBeDefined();
  expect(screen.queryByRole("button", { name: /^Number/ })).toBeNull();
  expect(asked.map(({ q }) => q)).toEqual(["", "sum"]);
});

test.each([
  [3, 0, 3, "3 skills"],
  [1, 2, 3, "1 skill, 2 workflows"],
  [0, 1, 1, "1 workflow"],
  [2, 1, 9000, "9,000 skills and workflows"],
])("%i skills and %i workflows of %i are counted as what they are", async (nSkills, nWorkflows, total, words) => {
  const api = fakeApi();
  const one = (type: string, at: number) => ({ ...(SKILLS[0] as (typeof SKILLS)[number]), skill_id: `${type}-${at}`, type });
  const skills = [
    ...Array.from({ length: nSkills }, (_, at) => one("javascript", at)),
    ...Array.from({ length: nWorkflows }, (_, at) => one("workflow", at)),
  ];
  api.listExecutable = ({ offset }) => (offset ? new Promise(() => undefined) : Promise.resolve({ skills, total }));
  show(api);
  expect(await screen.findByText(words)).toBeDefined();
});

test("a category is asked for, with its count on it", async () => {
  const { asked } = show();
  await userEvent.click(await entry(/^data 3$/));
  await vi.waitFor(() => expect(asked.at(-1)).toMatchObject({ category: "data" }));
  expect(screen.getByRole("button", { name: "data 3" }).getAttribute("aria-pressed")).toBe("true");
});

test("Enter with another key held is for the workflow: the search adds nothing", async () => {
  const { onAdd } = show();
  await userEvent.type(await screen.findByRole("searchbox"), "sum{Control>}{Enter}{/Control}{Shift>}{Enter}{/Shift}");
  expect(await screen.findByText("1 skill")).toBeDefined();
  expect(onAdd).not.toHaveBeenCalled();
  await userEvent.keyboard("{Enter}");
  expect(onAdd).toHaveBeenCalledOnce();
});

test("Enter and a double click add a skill", async () => {
  const { onAdd } = show();
  const button = await entry(/^Number/);
  button.focus();
  await userEvent.keyboard("{Enter}");
  expect(onAdd).toHaveBeenLastCalledWith(SKILLS[0]);
  await userEvent.dblClick(await entry(/^Sum/));
  expect(onAdd).toHaveBeenLastCalledWith(SKILLS[2]);
  expect(screen.getByText("Sum added to the canvas")).toBeDefined();
});

test("arrow keys go from skill to skill", async () => {
  show();
  (await entry(/^Number/)).focus();
  await userEvent.keyboard("{ArrowDown}");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-skill-id")).toBe("text"));
});

test("Enter in the search box adds the best hit of the words as they stand", async () => {
  const { onAdd } = show();
  await entry(/^Number/);
  await userEvent.type(screen.getByRole("searchbox"), "sum{Enter}");
  await vi.waitFor(() => expect(onAdd).toHaveBeenCalledTimes(1));
  expect(onAdd).toHaveBeenCalledWith(SKILLS[2]);
});

test("a failure is told and can be tried again", async () => {
  const api = fakeApi();
  const { listExecutable } = api;
  api.listExecutable = async () => {
    throw problem(500, "the volume cannot be read", { hint: "see the log of the server" });
  };
  show(api);
  expect((await screen.findByRole("alert")).textContent).toContain("The volume cannot be read");
  expect(screen.getByText("Not up to date")).toBeDefined();
  api.listExecutable = listExecutable;
});

test("nothing found leads back to all skills", async () => {
  show();
  await entry(/^Number/);
  await userEvent.type(screen.getByRole("searchbox"), "zzz");
  await userEvent.click(await screen.findByRole("button", { name: "Show all skills" }));
  expect(await entry(/^Number/)).toBeDefined();
});

test("what was committed elsewhere is there when the reader comes back", async () => {
  const api = fakeApi();
  const { listExecutable } = api;
  api.listExecutable = async () => ({ skills: [], total: 0 });
  show(api);
  await screen.findByText("No skill matches");
  api.listExecutable = listExecutable;
  fireEvent.focus(window);
  expect(await entry(/^Number/)).toBeDefined();
});

test("a file with a mistake is named, with its line and what to do", async () => {
  const api = fakeApi();
  const place = { line: 8, column: 1 };
  api.brokenSkills = async () => [
    {
      volume: "user/ana",
      path: "skills/off.md",
      diagnostics: [
        { severity: "warning", code: "unknown-port-type", ...place, message: "unknown port type", hint: null },
        { severity: "error", code: "no-code", ...place, line: 13, message: "there is no code block", hint: "add one" },
      ],
    },
  ];
  show(api);
  expect(await screen.findByText("1 file with mistakes")).toBeDefined();
  const [item] = screen.getByRole("list", { name: "Files with mistakes" }).children;
  expect(item?.textContent).toBe("user/ana/skills/off.md:13There is no code blockAdd one");
});
