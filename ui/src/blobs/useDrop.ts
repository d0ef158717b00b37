import { useEffect, useEffectEvent, useState } from "react";

/** Takes files that are dropped anywhere in the window, and says whether some are held over it. */
export function useDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(onFiles);

  useEffect(() => {
    // Every element that the pointer enters is told, before the one that it leaves.
    let depth = 0;
    const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
    const move = (by: number) => (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    const hold = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      // A dialog is about something else.
      if (!document.querySelector("dialog[open]")) take([...(event.dataTransfer?.files ?? [])]);
    };
    const [enter, leave] = [move(1), move(-1)];
    const all = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, hear] of Object.entries(all)) window.addEventListener(name as keyof typeof all, hear);
    return () => {
      for (const [name, hear] of Object.entries(all)) window.removeEventListener(name as keyof typeof all, hear);
    };
  }, []);

  return over;
}
