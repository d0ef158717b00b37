import type { BlobFile } from "../api/schema";
import type { IconName } from "../parts/Icon";

/** What of a file says of which kind it is. */
export type Named = Pick<BlobFile, "name" | "media_type">;

/** The drawing for a kind of file. */
export function iconOf({ name, media_type }: Named): IconName {
  if (media_type.startsWith("image/")) return "image";
  if (/\/(csv|tab-separated-values)$/.test(media_type) || /\.(csv|tsv)$/i.test(name)) return "table";
  if (/\/json$/.test(media_type) || /\.json$/i.test(name)) return "json";
  return media_type.startsWith("text/") ? "text" : "file";
}
