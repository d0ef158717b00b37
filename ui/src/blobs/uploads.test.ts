import { expect, test, vi } from "vitest";

import { UnreachableError } from "../api/api";
import type { BlobsApi } from "../api/blobs";
import { blobFile, fakeBlobs } from "../test/fakeBlobs";
import { createUploads, type Uploads } from "./uploads";

const file = (name: string, text = "text") => new File([text], name, { type: "text/plain" });
const phases = ({ store }: Uploads) => store.getState().uploads.map(({ name, phase }) => `${name}: ${phase.is}`);

test("several files go up, each to the place that the server names", async () => {
  const api = fakeBlobs();
  const uploads = createUploads(api);
  uploads.add("user/ana", [file("a.csv"), file("b.csv"), file("c.csv")]);
  expect(phases(uploads)).toEqual(["a.csv: sending", "b.csv: sending", "c.csv: waiting"]);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["a.csv: done", "b.csv: done", "c.csv: done"]));
  expect(api.asked.toSorted()).toEqual(["files/a.csv.blob.md", "files/b.csv.blob.md", "files/c.csv.blob.md"]);
  uploads.tidy();
  expect(phases(uploads)).toEqual([]);
});

test("a name that is taken waits for an answer, and holds up nobody", async () => {
  const taken = ["a", "b", "c"].map((name) => blobFile(name));
  const api = fakeBlobs(taken);
  const uploads = createUploads(api);
  uploads.add("user/ana", [file("a"), file("b"), file("c"), file("d")]);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["a: asking", "b: asking", "c: asking", "d: done"]));
  const [a, b, c] = uploads.store.getState().uploads.map(({ id }) => id);
  uploads.answer(a ?? 0, "replace");
  uploads.answer(b ?? 0, "both");
  uploads.answer(c ?? 0, "skip");
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["a: done", "b: done", "d: done"]));
  expect(api.asked).toEqual(["files/d.blob.md", "files/a.blob.md in place", "files/2-b.blob.md"]);
});

test("of two files of one name the second is asked about", async () => {
  const uploads = createUploads(fakeBlobs());
  uploads.add("user/ana", [file("a"), file("a"), file("b")]);
  expect(phases(uploads)).toEqual(["a: sending", "a: waiting", "b: sending"]);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["a: done", "a: asking", "b: done"]));
});

test("what is refused says why, and can be tried again", async () => {
  const uploads = createUploads(fakeBlobs());
  uploads.add("user/ana", [file("large", "x".repeat(1001))]);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["large: failed"]));
  const [one] = uploads.store.getState().uploads;
  expect(one?.phase).toEqual({ is: "failed", message: "it has more than 1000 bytes", hint: "send a smaller one" });
  uploads.again(one?.id ?? 0);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["large: failed"]));
  uploads.drop(one?.id ?? 0);
  expect(phases(uploads)).toEqual([]);
});

test("a folder is told apart from a file before anything is sent", async () => {
  const api = fakeBlobs();
  const uploads = createUploads(api);
  const folder = file("folder");
  folder.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("it is a folder", "NotFoundError")) }) as unknown as Blob;
  uploads.add("user/ana", [folder]);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["folder: failed"]));
  expect(uploads.store.getState().uploads[0]?.phase).toMatchObject({ message: "`folder` cannot be read" });
  expect(api.asked).toEqual([]);
});

/** An upload that goes on until it is cancelled or the connection breaks. */
function stuck(): { api: BlobsApi; cut: () => void } {
  let cut = () => {};
  const uploadFile: BlobsApi["uploadFile"] = (_file, _to, { signal, onProgress }) =>
    new Promise((_done, fail) => {
      onProgress(2);
      signal.addEventListener("abort", () => fail(signal.reason));
      cut = () => fail(new UnreachableError("LLMos-Lite did not take the file"));
    });
  return { api: { ...fakeBlobs(), uploadFile }, cut: () => cut() };
}

test("an upload that is cancelled is forgotten, and the next one begins", async () => {
  const { api } = stuck();
  const uploads = createUploads(api);
  uploads.add("user/ana", [file("a"), file("b"), file("c")]);
  await vi.waitFor(() => expect(uploads.store.getState().uploads[0]?.phase).toEqual({ is: "sending", sent: 2 }));
  uploads.drop(1);
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["b: sending", "c: sending"]));
});

test("a connection that breaks is told with what to do", async () => {
  const { api, cut } = stuck();
  const uploads = createUploads(api);
  uploads.add("user/ana", [file("a")]);
  await vi.waitFor(() => expect(uploads.store.getState().uploads[0]?.phase).toEqual({ is: "sending", sent: 2 }));
  cut();
  await vi.waitFor(() => expect(phases(uploads)).toEqual(["a: failed"]));
});

test("what is kept by the page itself never replaces anything, and is not left in the list", async () => {
  const api = fakeBlobs([blobFile("plot.json")]);
  const uploads = createUploads(api);
  const kept = await uploads.keep("user/ana", file("plot.json"));
  expect(kept.path).toBe("files/2-plot.json.blob.md");
  expect(phases(uploads)).toEqual([]);
  await expect(uploads.keep("user/ana", file("large", "x".repeat(1001)))).rejects.toThrow("it has more than 1000 bytes");
  expect(phases(uploads)).toEqual([]);
});
