import { useEffect } from "react";

import { CHANGED } from "../api/changes";

/** Calls when a volume changed, or when the reader comes back to the page and may have missed that. */
export function useReturn(onReturn: () => void): void {
  useEffect(() => {
    window.addEventListener("focus", onReturn);
    window.addEventListener(CHANGED, onReturn);
    return () => {
      window.removeEventListener("focus", onReturn);
      window.removeEventListener(CHANGED, onReturn);
    };
  }, [onReturn]);
}
