import { useEffect } from "react";

import { useWorkbench } from "../app/useWorkbench";
import { isTyping } from "../app/typing";
import { clipOf, paste, removeSelected } from "./actions";
import { readClip, writeClip } from "./clipboard";

/** Copy, cut and paste nodes through the clipboard of the machine, as text. */
export function useClipboard(): void {
  const workbench = useWorkbench();

  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const clip = clipOf(workbench);
      const reading = document.getSelection()?.isCollapsed === false;
      if (!clip || reading || isTyping(event.target)) return;
      event.clipboardData?.setData("text/plain", writeClip(clip));
      event.preventDefault();
      if (event.type === "cut") removeSelected(workbench);
    };
    const pasted = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      const clip = readClip(event.clipboardData?.getData("text/plain") ?? "");
      if (!clip) return;
      event.preventDefault();
      paste(workbench, clip);
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", pasted);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", pasted);
    };
  }, [workbench]);
}
