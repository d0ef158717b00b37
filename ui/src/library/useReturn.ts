import { useEffect } from "react";

/** Calls when the reader comes back to the page: files may have been committed or deleted with `git` meanwhile. */
export function useReturn(onReturn: () => void): void {
  useEffect(() => {
    window.addEventListener("focus", onReturn);
    return () => window.removeEventListener("focus", onReturn);
  }, [onReturn]);
}
