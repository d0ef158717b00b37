import { createContext, useContext } from "react";
import { useStore } from "zustand";

import type { EditorState } from "../workflow/editor";
import type { FilesState } from "./filesState";
import type { PageRoute } from "./route";
import type { ViewState } from "./view";
import type { Workbench } from "./workbench";

/** The workbench that the components below stand on. */
export const WorkbenchContext = createContext<Workbench | undefined>(undefined);

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (!workbench) throw new Error("no workbench around this component");
  return workbench;
}

/** Reads a part of the open workflow; renders again when that part changes. */
export function useEditor<T>(read: (state: EditorState) => T): T {
  return useStore(useWorkbench().editor.store, read);
}

/** Reads what is in front. */
export function useView<T>(read: (state: ViewState) => T): T {
  return useStore(useWorkbench().view.store, read);
}

/** Reads where the open workflow lies and how saving goes. */
export function useFiles<T>(read: (state: FilesState) => T): T {
  return useStore(useWorkbench().files.store, read);
}

/** Reads which page is in front; `null` is the canvas. */
export function usePage(): PageRoute | null {
  return useStore(useWorkbench().places.store, (state) => state.page);
}
