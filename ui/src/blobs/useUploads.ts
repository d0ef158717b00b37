import { useEffect } from "react";
import { useStore } from "zustand";

import { useWorkbench } from "../app/useWorkbench";
import type { Upload } from "./uploads";

/** The files that are on their way; `onDone` is called whenever one more has come. */
export function useUploads(onDone?: () => void): readonly Upload[] {
  const { uploads } = useWorkbench();
  const list = useStore(uploads.store, (state) => state.uploads);
  const n = list.filter(({ phase }) => phase.is === "done").length;
  useEffect(() => {
    if (n > 0) onDone?.();
  }, [n, onDone]);
  return list;
}
