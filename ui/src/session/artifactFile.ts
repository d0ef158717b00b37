import type { SessionArtifact } from "../api/schema";
import type { DownloadFile } from "../results/download";

const MIMES: Readonly<Record<string, string>> = {
  csv: "text/csv",
  html: "text/plain",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  py: "text/x-python",
  svg: "image/svg+xml",
};

const ENDINGS: Readonly<Record<string, string>> = { skill: "md", workflow: "md", plot: "svg", data: "json" };

/** An artifact as a file to save: under the name that a commit gives it, or one that can be a file's. */
export function fileOf({ kind, name, path }: SessionArtifact, content: string): DownloadFile {
  const base = path?.split("/").at(-1) ?? plain(name, kind);
  const ending = base.split(".").at(-1)?.toLowerCase() ?? "";
  return { name: base, mime: MIMES[ending] ?? "text/plain", parts: [content] };
}

function plain(name: string, kind: string): string {
  const base = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/, "") || kind;
  return /\.[a-z0-9]{1,8}$/i.test(base) ? base : `${base}.${ENDINGS[kind] ?? "txt"}`;
}
