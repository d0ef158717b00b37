import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

import { Icon, type IconName } from "./Icon";
import styles from "./Menu.module.css";

/** One line of a menu. */
export type MenuItem = {
  id: string;
  label: string;
  icon: IconName;
  /** Shown at its right, such as `Ctrl+Z`. */
  keys?: string;
  /** The tooltip. */
  about?: string;
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
};

type MenuProps = {
  label: string;
  /** Where it opens, in pixels of the window. */
  at: { x: number; y: number };
  /** Groups of items, with a line between. */
  groups: readonly (readonly MenuItem[])[];
  onClose: () => void;
};

const MARGIN = 8;

/** A menu at a point; the focus goes in, and back where it was. */
export function Menu({ label, at, groups, onClose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);

  useLayoutEffect(() => {
    const box = menu.current?.getBoundingClientRect();
    if (!box) return;
    setPlace({
      x: Math.max(MARGIN, Math.min(at.x, innerWidth - box.width - MARGIN)),
      y: Math.max(MARGIN, Math.min(at.y, innerHeight - box.height - MARGIN)),
    });
  }, [at]);

  useEffect(() => {
    const before = document.activeElement;
    itemsOf(menu.current)[0]?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && menu.current?.contains(event.target)) return;
      onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    addEventListener("blur", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      removeEventListener("blur", onClose);
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, [onClose]);

  const press = (event: KeyboardEvent) => {
    const items = itemsOf(menu.current);
    const now = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (step !== undefined) items[(step + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
  };

  return createPortal(
    <div
      ref={menu}
      role="menu"
      aria-label={label}
      className={styles.menu}
      style={{ left: place.x, top: place.y }}
      onKeyDown={press}
      onContextMenu={(event) => event.preventDefault()}
    >
      {groups.map((items) => (
        <div key={items[0]?.id} role="group" className={styles.group}>
          {items.map(({ id, label: text, icon, keys, about, disabled, danger, run }) => (
            <button
              key={id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              title={about}
              aria-disabled={disabled}
              className={styles.item}
              data-danger={danger}
              onClick={() => {
                if (disabled) return;
                onClose();
                run();
              }}
            >
              <Icon name={icon} size={14} />
              <span>{text}</span>
              {keys && <kbd>{keys}</kbd>}
            </button>
          ))}
        </div>
      ))}
    </div>,
    document.body,
  );
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
}
