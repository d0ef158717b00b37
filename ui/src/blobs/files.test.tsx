import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { WorkbenchContext } from "../app/useWorkbench";
import { createWorkbench } from "../app/workbench";
import { Composer } from "../chat/Composer";
import { blobFile, fakeBlobs } from "../test/fakeBlobs";
import { fakeApi, fakeDrafts, fakeEngine, fakeRunner } from "../test/fakes";
import { FilesPage } from "./FilesPage";

function show(blobs = fakeBlobs(), page = <FilesPage />) {
  const api = { ...fakeApi(), ...blobs };
  const workbench = createWorkbench({ api, engine: fakeEngine(), drafts: fakeDrafts(), runner: async () => fakeRunner() });
  render(<WorkbenchContext value={workbench}>{page}</WorkbenchContext>);
  return workbench;
}

const own = () => screen.findByRole("region", { name: "Files of user/ana" });
const choose = async (...files: File[]) => userEvent.upload(await screen.findByLabelText("Files to upload"), files);

test("without files the page says what it is for", async () => {
  show();
  expect(await screen.findByText("No file is here yet")).toBeDefined();
  expect(screen.getByText(/up to 1\.0 GB each/)).toBeDefined();
  expect(screen.queryByRole("region", { name: "Files of system" })).toBeNull();
});

test("files are listed with what is known of them, and markup in a name is text", async () => {
  const name = "<img src=x onerror=alert(1)>.svg";
  show(fakeBlobs([blobFile(name, { size: 2048, media_type: "image/svg+xml" }), blobFile("gone", { is_here: false, may_change: false })]));
  const row = within(await own()).getByRole("row", { name: /onerror/ });
  expect(within(row).getByText(name)).toBeDefined();
  expect(row.querySelector("img")).toBeNull();
  expect(within(row).getByRole("link", { name: `Download ${name}` }).getAttribute("href")).toMatch(/^\/api\/blobs\/9f86.*download=true$/);
  const gone = within(await own()).getByRole("row", { name: /^gone/ });
  expect(within(gone).queryByRole("link")).toBeNull();
  await userEvent.click(within(gone).getByRole("button", { name: "More about gone" }));
  expect(screen.queryByRole("menuitem", { name: "Delete…" })).toBeNull();
});

test("a chosen file is uploaded and listed; one whose name is taken asks", async () => {
  const blobs = fakeBlobs();
  show(blobs);
  await choose(new File(["1"], "a.csv", { type: "text/csv" }));
  expect(await within(await own()).findByRole("button", { name: "a.csv" })).toBeDefined();
  expect(screen.getByText("1 of 1 file uploaded")).toBeDefined();
  await choose(new File(["22"], "a.csv", { type: "text/csv" }));
  expect(await screen.findByText("A file of this name is there already")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Keep both of a.csv" }));
  expect(await within(await own()).findByRole("button", { name: "2-a.csv" })).toBeDefined();
  expect(blobs.asked).toEqual(["files/a.csv.blob.md", "files/2-a.csv.blob.md"]);
  await userEvent.click(screen.getByRole("button", { name: "Clear finished" }));
  expect(screen.queryByRole("region", { name: "Uploads" })).toBeNull();
});

test("files that are dropped anywhere are uploaded, and a refusal is told with its hint", async () => {
  show();
  await screen.findByText("No file is here yet");
  fireEvent.drop(document.body, { dataTransfer: { types: ["Files"], files: [new File(["x".repeat(1001)], "large.bin")] } });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("It has more than 1000 bytesSend a smaller one");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss large.bin" }));
  expect(screen.queryByRole("region", { name: "Uploads" })).toBeNull();
});

test("deleting asks first, and says what stays", async () => {
  const blobs = fakeBlobs([blobFile("a.csv"), blobFile("b.csv")]);
  show(blobs);
  const remove = async () => {
    await userEvent.click(within(await own()).getByRole("button", { name: "More about a.csv" }));
    await userEvent.click(screen.getByRole("menuitem", { name: "Delete…" }));
    return within(await screen.findByRole("dialog"));
  };
  const kept = await remove();
  expect(kept.getByText(/Earlier commits still have it/)).toBeDefined();
  await userEvent.click(kept.getByRole("button", { name: "Keep" }));
  expect(blobs.kept).toHaveLength(2);
  await userEvent.click((await remove()).getByRole("button", { name: "Delete" }));
  await within(await own()).findByText(/^1 file,/);
  expect(within(await own()).queryByRole("button", { name: "a.csv" })).toBeNull();
});

test("a file opens by its name, with who brought it and what is in it", async () => {
  const file = blobFile("a.txt");
  show(fakeBlobs([file], { [file.path]: new TextEncoder().encode("hello") }));
  await userEvent.click(within(await own()).getByRole("button", { name: "a.txt" }));
  const dialog = within(await screen.findByRole("dialog", { name: "a.txt" }));
  expect(dialog.getByText("user/ana/files/a.txt.blob.md")).toBeDefined();
  expect(await dialog.findByText(/5 characters/)).toBeDefined();
});

test("asking about a file names it in the message, and opens the chat", async () => {
  const { talk, view } = show(fakeBlobs([blobFile("a.csv")]));
  talk.write("Look at");
  await userEvent.click(within(await own()).getByRole("button", { name: "More about a.csv" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Ask about it in the chat" }));
  expect(talk.store.getState().draft).toBe("Look at `files/a.csv.blob.md` of volume `user/ana` ");
  expect(view.store.getState().chat).toBe(true);
});

test("a file that is attached to a message is uploaded, and named in it", async () => {
  const blobs = fakeBlobs();
  const { talk } = show(blobs, <Composer />);
  await userEvent.upload(screen.getByLabelText("Files to attach"), new File(["1"], "a.csv", { type: "text/csv" }));
  await expect.poll(() => talk.store.getState().draft).toBe("`files/a.csv.blob.md` of volume `user/ana` ");
  expect(blobs.kept.map(({ name }) => name)).toEqual(["a.csv"]);
});
