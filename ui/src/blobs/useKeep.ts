import { useCallback } from "react";

import { explain } from "../api/api";
import { useWorkbench } from "../app/useWorkbench";
import type { DownloadFile } from "../results/download";
import { ownVolume } from "./volumes";

/** Keeps a file in the person's own volume, beside what is there, and says so. */
export function useKeep(): (file: DownloadFile) => void {
  const { api, notices, places, uploads } = useWorkbench();
  return useCallback(
    async ({ name, mime, parts }) => {
      notices.say({ tone: "info", message: `Saving \`${name}\` to Files…`, hint: null });
      try {
        const { path } = await uploads.keep(ownVolume(api), new File(parts, name, { type: mime }));
        const action = { label: "Open Files", run: () => places.show({ at: "page", page: "files", rest: [] }) };
        notices.say({ tone: "info", message: `\`${path ?? name}\` is in your volume`, hint: null, action });
      } catch (error) {
        notices.say({ tone: "error", ...explain(error) });
      }
    },
    [api, notices, places, uploads],
  );
}
