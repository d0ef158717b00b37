import { type MouseEvent, useRef, useState } from "react";

import { formatRoute, type PageId } from "../app/route";
import { useFiles, usePage, useWorkbench } from "../app/useWorkbench";
import { IconButton } from "../parts/IconButton";
import { Menu } from "../parts/Menu";
import styles from "./PageNav.module.css";
import { PAGES } from "./pages";

const IDS = Object.keys(PAGES) as PageId[];

/** Goes from page to page: links in a row, or a menu where there is no room for them. */
export function PageNav() {
  const { places } = useWorkbench();
  const page = usePage();
  const canvas = formatRoute(useFiles((state) => state.route));
  const show = (id: PageId) => places.show({ at: "page", page: id, rest: [] });
  const link = (go: () => void) => (event: MouseEvent) => {
    // A new tab or window is the browser's affair.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go();
  };

  return (
    <nav aria-label="Pages" className={styles.nav}>
      <ul className={styles.row}>
        <li>
          <a href={canvas} aria-current={page === null ? "page" : undefined} onClick={link(places.back)}>
            Canvas
          </a>
        </li>
        {IDS.map((id) => (
          <li key={id}>
            <a
              href={formatRoute({ at: "page", page: id, rest: [] })}
              aria-current={page?.page === id ? "page" : undefined}
              onClick={link(() => show(id))}
            >
              {PAGES[id].label}
            </a>
          </li>
        ))}
      </ul>
      <PageMenu onCanvas={places.back} onPage={show} />
    </nav>
  );
}

type PageMenuProps = { onCanvas: () => void; onPage: (id: PageId) => void };

function PageMenu({ onCanvas, onPage }: PageMenuProps) {
  const button = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const open = () => {
    const box = button.current?.getBoundingClientRect();
    if (box) setAt({ x: box.left, y: box.bottom + 4 });
  };
  return (
    <span ref={button} className={styles.menu}>
      <IconButton icon="menu" label="Pages" aria-haspopup="menu" aria-expanded={at !== null} onClick={open} />
      {at && (
        <Menu
          label="Pages"
          at={at}
          groups={[
            [
              { id: "canvas", label: "Canvas", icon: "flow", run: onCanvas },
              ...IDS.map((id) => ({ id, label: PAGES[id].label, icon: PAGES[id].icon, run: () => onPage(id) })),
            ],
          ]}
          onClose={() => setAt(null)}
        />
      )}
    </span>
  );
}
