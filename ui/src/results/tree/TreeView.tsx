import { type KeyboardEvent, useCallback, useDeferredValue, useEffect, useRef, useState } from "react";

import { Button } from "../../parts/Button";
import { Icon } from "../../parts/Icon";
import bars from "../Bars.module.css";
import { copyText } from "../copy";
import { jsonParts } from "../download";
import { SearchField } from "../SearchField";
import { summarise } from "../summary";
import { useWork } from "../table/useWork";
import { type Child, childrenOf, type Found, groupsAround, leafText, pathText, search, sizeOf, type Step } from "./paths";
import styles from "./TreeView.module.css";

/** A value as a tree that is built only where somebody looks, and searched without being built. */
export function TreeView({ value }: { value: object }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => firstOpen(value));
  const [chosen, setChosen] = useState<Found>();
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const asked = useDeferredValue(text);
  const { result: found = [], progress } = useWork(useCallback(() => search(value, asked), [value, asked]));

  const frame = useRef<HTMLDivElement>(null);
  const toFocus = useRef<string>(undefined);
  // The tree is there again only when the search has gone.
  useEffect(() => {
    if (toFocus.current === undefined || asked !== "") return;
    frame.current?.querySelector<HTMLElement>(`[data-place="${CSS.escape(toFocus.current)}"]`)?.focus();
    toFocus.current = undefined;
  }, [asked]);

  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const reveal = (place: Found) => {
    setOpen(new Set([...open, ...idsAbove(value, place.steps)]));
    setChosen(place);
    setText("");
    toFocus.current = idOf(place.steps);
  };
  const copy = (what: string, words: string) =>
    void copyText(words).then((done) => setSaid(done ? `${what} copied` : "The browser does not let the page copy"));

  return (
    <div ref={frame} className={bars.frame}>
      <div className={bars.bar}>
        <SearchField label="Search keys and values" value={text} onChange={setText} />
        <code className={styles.path}>{chosen ? pathText(chosen.steps) : ""}</code>
        <span role="status" className={styles.said}>{asked.trim() ? foundText(found.length, progress) : said}</span>
        <Button small look="ghost" icon="copy" disabled={!chosen} onClick={() => chosen && copy("Path", pathText(chosen.steps))}>
          Path
        </Button>
        <Button
          small
          look="ghost"
          icon="copy"
          onClick={() => copy("Value", chosen && typeof chosen.value === "string" ? chosen.value : [...jsonParts(chosen ? chosen.value : value)].join(""))}
        >
          Value
        </Button>
      </div>
      {asked.trim() ? (
        <ul className={styles.tree} aria-label="Found places">
          {found.map((place) => (
            <li key={idOf(place.steps)}>
              <button type="button" className={styles.entry} onClick={() => reveal(place)}>
                <span className={styles.key}>{pathText(place.steps)}</span>
                <Value value={place.value} />
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <div className={styles.tree} role="tree" aria-label="Data" onKeyDown={walk}>
          {sizeOf(value) === 0 && <p className={styles.more}>empty</p>}
          <Children value={value} steps={[]} open={open} toggle={toggle} chosen={chosen} choose={setChosen} />
        </div>
      )}
    </div>
  );
}

type ChildrenProps = {
  value: object;
  steps: readonly Step[];
  range?: { from: number; to: number };
  open: ReadonlySet<string>;
  toggle: (id: string) => void;
  chosen: Found | undefined;
  choose: (place: Found) => void;
};

function Children(props: ChildrenProps) {
  const { value, steps, range } = props;
  return (
    <div role="group" className={styles.list}>
      {childrenOf(value, range?.from, range?.to).map((child) => {
        const id = childId(steps, child);
        return <Entry key={id} id={id} child={child} {...props} />;
      })}
    </div>
  );
}

function Entry({ child, id, ...props }: ChildrenProps & { child: Child; id: string }) {
  const { value: parent, steps, open, toggle, chosen, choose } = props;
  const isGroup = "from" in child;
  const value = isGroup ? parent : child.value;
  const own = isGroup ? [...steps] : [...steps, child.step];
  const inner = typeof value === "object" && value !== null ? value : undefined;
  const isOpen = inner !== undefined && open.has(id);
  const isChosen = !isGroup && chosen !== undefined && idOf(chosen.steps) === id;
  return (
    <>
      <button
        type="button"
        role="treeitem"
        className={styles.entry}
        aria-selected={isChosen}
        {...(inner && { "aria-expanded": isOpen })}
        data-place={id}
        onFocus={() => !isGroup && choose({ steps: own, value })}
        onClick={() => inner && toggle(id)}
      >
        {inner ? <Icon name="chevron" size={11} /> : <span className={styles.dot} />}
        {isGroup ? (
          <span className={styles.summary}>{`[${child.from} … ${child.to - 1}]`}</span>
        ) : (
          <>
            <span className={styles.key}>{child.step}</span>
            <Value value={value} />
          </>
        )}
      </button>
      {isOpen && inner && (
        <Children {...props} value={inner} steps={own} {...(isGroup ? { range: child } : { range: { from: 0, to: sizeOf(inner) } })} />
      )}
    </>
  );
}

function Value({ value }: { value: unknown }) {
  if (typeof value === "object" && value !== null) return <span className={styles.summary}>{summarise(value)}</span>;
  return (
    <span className={styles.leaf} data-kind={value === null ? "null" : typeof value}>
      {leafText(value)}
    </span>
  );
}

/** Arrow keys go through what is open, as in any tree. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const at = items.indexOf(event.target as HTMLElement);
  const item = items[at];
  if (!item) return;
  const expanded = item.getAttribute("aria-expanded");
  const parent = item.parentElement?.previousElementSibling;
  const to = {
    ArrowDown: items[at + 1],
    ArrowUp: items[at - 1],
    Home: items[0],
    End: items.at(-1),
    ArrowRight: expanded === "true" ? items[at + 1] : undefined,
    ArrowLeft: expanded === "true" ? undefined : parent,
  }[event.key];
  if (to instanceof HTMLElement) to.focus();
  else if ((event.key === "ArrowRight" && expanded === "false") || (event.key === "ArrowLeft" && expanded === "true")) item.click();
  else if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
  event.stopPropagation();
}

function foundText(n: number, progress: number | undefined): string {
  if (progress !== undefined) return "Searching…";
  return n >= 300 ? "the first 300 places" : n === 1 ? "1 place" : `${n} places`;
}

function idOf(steps: readonly Step[]): string {
  return `/${steps.map(String).join("/")}`;
}

function childId(steps: readonly Step[], child: Child): string {
  return "from" in child ? `${idOf(steps)}#${child.from}-${child.to}` : idOf([...steps, child.step]);
}

/** What has to be open for a place to be seen. */
function idsAbove(root: object, steps: readonly Step[]): string[] {
  const ids: string[] = [];
  let value: unknown = root;
  for (const [at, step] of steps.entries()) {
    const above = steps.slice(0, at);
    if (typeof value !== "object" || value === null) break;
    if (at > 0) ids.push(idOf(above));
    for (const group of groupsAround(value, step)) ids.push(childId(above, group));
    value = (value as Record<Step, unknown>)[step];
  }
  return ids;
}

/** A value with one child has that open from the start. */
function firstOpen(value: object): Set<string> {
  const children = childrenOf(value);
  return new Set(children.length === 1 && children[0] ? [childId([], children[0])] : []);
}
