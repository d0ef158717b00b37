import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { Gallery } from "./Gallery";
import type { OutputRow } from "./outputs";
import { Preview } from "./Preview";

const row = (node: string, port: string): OutputRow => ({ node, port, nodeName: node.toUpperCase(), type: "any", first: true });
const VALUES: Record<string, unknown> = { energy: -1.137, rows: { columns: [{ name: "city", values: ["Bern"] }] }, note: "hello there" };

test("a gallery shows every output in small, and leads to it", async () => {
  const chosen = vi.fn();
  const rows = Object.keys(VALUES).map((port) => row("vqe", port));
  render(<Gallery rows={rows} valueOf={({ port }) => VALUES[port]} onChoose={chosen} />);
  const card = screen.getByRole("button", { name: "VQE rows" });
  expect(within(card).getByText("Bern")).toBeDefined();
  expect(screen.getByText("-1.137")).toBeDefined();
  expect(screen.getByText("hello there")).toBeDefined();
  await userEvent.click(card);
  expect(chosen).toHaveBeenCalledWith(rows[1]);
});

test("a gallery of many outputs comes in pages", async () => {
  const rows = Array.from({ length: 150 }, (_, at) => row(`n${at}`, "value"));
  render(<Gallery rows={rows} valueOf={() => 1} onChoose={() => undefined} />);
  expect(screen.getAllByRole("listitem")).toHaveLength(60);
  await userEvent.click(screen.getByRole("button", { name: "60 more of 150" }));
  await userEvent.click(screen.getByRole("button", { name: "30 more of 150" }));
  expect(screen.getAllByRole("listitem")).toHaveLength(150);
});

test("the outputs of one node are tabs, and each opens large", async () => {
  const chosen = vi.fn();
  render(
    <Preview title="VQE › energy" about={{ port: "energy", type: "number" }} value={-1.137} ports={["energy", "history"]} onPort={chosen} />,
  );
  await userEvent.click(screen.getByRole("tab", { name: "history" }));
  expect(chosen).toHaveBeenCalledWith("history");
  await userEvent.click(screen.getByRole("button", { name: "Open large" }));
  const dialog = screen.getByRole("dialog", { name: "VQE › energy" });
  expect(within(dialog).getByText("-1.137")).toBeDefined();
  await userEvent.click(within(dialog).getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});
