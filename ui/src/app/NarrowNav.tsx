import { Icon, type IconName } from "../parts/Icon";
import styles from "./NarrowNav.module.css";
import { useView, useWorkbench } from "./useWorkbench";
import type { ViewState } from "./view";

const PLACES: readonly { id: ViewState["narrow"]; label: string; icon: IconName }[] = [
  { id: "library", label: "Library", icon: "grid" },
  { id: "canvas", label: "Canvas", icon: "flow" },
  { id: "inspector", label: "Inspector", icon: "settings" },
  { id: "results", label: "Results", icon: "line" },
];

/** Goes from region to region where the screen shows only one. */
export function NarrowNav() {
  const { view } = useWorkbench();
  const narrow = useView((state) => state.narrow);
  return (
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
  );
}
