import { useEffect, useState } from "react";

import { useBoard } from "../execution/useBoard";
import { Button } from "../parts/Button";
import { Icon, type IconName } from "../parts/Icon";
import { StatusMark } from "../parts/StatusMark";
import { duration } from "../parts/time";
import styles from "./NarrowNav.module.css";
import { useView, useWorkbench } from "./useWorkbench";
import type { ViewState } from "./view";

const PLACES: readonly { id: ViewState["narrow"]; label: string; icon: IconName }[] = [
  { id: "library", label: "Library", icon: "grid" },
  { id: "canvas", label: "Canvas", icon: "flow" },
  { id: "inspector", label: "Inspector", icon: "settings" },
  { id: "results", label: "Results", icon: "line" },
];

const SAID = { success: "Succeeded in", error: "Failed after", cancelled: "Cancelled after" };

/** Goes from region to region where the screen shows only one. */
export function NarrowNav() {
  const { view } = useWorkbench();
  const narrow = useView((state) => state.narrow);
  return (
    <>
      <Ended />
      <nav className={styles.nav} aria-label="Regions">
        {PLACES.map(({ id, label, icon }) => (
          <button
            key={id}
            type="button"
            aria-current={id === narrow ? "true" : undefined}
            onClick={() => view.set({ narrow: id })}
          >
            <Icon name={icon} size={18} />
            {label}
          </button>
        ))}
      </nav>
    </>
  );
}

/** Leads from a run that has ended out of sight to what it gave, until somebody has been there. */
function Ended() {
  const { board, view } = useWorkbench();
  const narrow = useView((state) => state.narrow);
  const phase = useBoard(board, (now) => now.phase());
  const round = useBoard(board, (now) => now.round());
  const [seen, setSeen] = useState<number>();
  useEffect(() => {
    if (narrow === "results") setSeen(round);
  }, [narrow, round]);
  if (phase.phase !== "ended" || narrow === "results" || seen === round) return null;
  return (
    <p className={styles.ended}>
      <StatusMark status={phase.outcome === "cancelled" ? "skipped" : phase.outcome} />
      <span>
        {SAID[phase.outcome]} {duration(phase.durationMs)}
      </span>
      <Button small look="primary" onClick={() => view.set({ narrow: "results" })}>
        Show the results
      </Button>
    </p>
  );
}
