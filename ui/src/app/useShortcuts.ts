import { useEffect } from "react";

import { runPart } from "../canvas/commands";
import { isTyping } from "./typing";
import { useWorkbench } from "./useWorkbench";
import type { Workbench } from "./workbench";

/** What keys do, wherever the focus is. Shown by the dialog for keys. */
export const SHORTCUTS: readonly { keys: string; does: string }[] = [
  { keys: "Ctrl+Enter", does: "Run" },
  { keys: "Ctrl+Shift+Enter", does: "Run from the selected nodes on" },
  { keys: "Alt+Enter", does: "Run only the selected nodes" },
  { keys: "Menu key", does: "What can be done with the node in focus" },
  { keys: "Escape", does: "Cancel the run, or select nothing" },
  { keys: "Ctrl+S", does: "Save" },
  { keys: "/", does: "Search skills; Enter adds the first one. Over the canvas: at the pointer" },
  { keys: "Double click", does: "Add a node there; an edge let go over nothing does the same" },
  { keys: "Ctrl+Z, Ctrl+Shift+Z", does: "Undo and redo" },
  { keys: "Ctrl+C, Ctrl+X, Ctrl+V", does: "Copy, cut and paste the selected nodes" },
  { keys: "Ctrl+A", does: "Select all nodes" },
  { keys: "Tab", does: "Go from node to node" },
  { keys: "Enter", does: "Select the node in focus" },
  { keys: "Arrow keys", does: "Move the selected nodes; with Shift, faster" },
  { keys: "Delete", does: "Remove what is selected" },
  { keys: "Ctrl+J", does: "Open or close the chat" },
  { keys: "?", does: "Show these keys" },
];

/** Listens for {@link SHORTCUTS}; keys that write text are left alone. */
export function useShortcuts(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const busy = document.querySelector('dialog[open], [role="menu"]') !== null;
      if (!busy && (act(workbench, event) || (!isTyping(event.target) && actOutsideText(workbench, event)))) {
        event.preventDefault();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [workbench]);
}

function act(workbench: Workbench, event: KeyboardEvent): boolean {
  const { editor, files, runs, view } = workbench;
  const { selection, readOnly } = editor.store.getState();
  const selected = [...selection];
  if (event.key === "Enter" && event.altKey && !readOnly && selected.length > 0) {
    runPart(workbench, { only: selected });
    return true;
  }
  if (!(event.ctrlKey || event.metaKey)) return false;
  switch (event.key) {
    case "s":
      void files.save();
      return true;
    case "j":
      view.set({ chat: !view.store.getState().chat });
      return true;
    case "Enter":
      if (event.shiftKey) {
        if (selected.length > 0 && !readOnly) runPart(workbench, { from: selected });
        return true;
      }
      if (readOnly) return true;
      view.set({ bottom: "results", shown: null });
      void runs.run();
      return true;
    default:
      return false;
  }
}

function actOutsideText({ board, canvas, editor, runs, view }: Workbench, event: KeyboardEvent): boolean {
  const command = event.ctrlKey || event.metaKey;
  switch (command ? `ctrl+${event.key.toLowerCase()}` : event.key) {
    case "ctrl+z":
      if (event.shiftKey) editor.redo();
      else editor.undo();
      return true;
    case "ctrl+y":
      editor.redo();
      return true;
    case "ctrl+a":
      editor.select(editor.store.getState().doc.nodes.map(({ id }) => id));
      return true;
    case "/": {
      const onCanvas = event.target instanceof Element && event.target.closest('[data-region="canvas"]') !== null;
      if (canvas.quickAdd?.(onCanvas)) return true;
      view.set({ left: "skills", narrow: "library" });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-shortcut="/"]')?.focus());
      return true;
    }
    case "?":
      view.set({ dialog: "keys" });
      return true;
    case "Escape":
      if (board.isBusy()) runs.cancel();
      else editor.select([]);
      return board.isBusy();
    default:
      return false;
  }
}
