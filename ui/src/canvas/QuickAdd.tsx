import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { ExecutableSkill, Position } from "../api/schema";
import { useEditor, useWorkbench } from "../app/useWorkbench";
import { useSkills } from "../library/useSkills";
import { Icon } from "../parts/Icon";
import { PortTypeTag } from "../parts/PortTypeTag";
import { portLabel } from "../workflow/connecting";
import { skillKey } from "../workflow/uses";
import { addConnected, addSkill } from "./actions";
import { type Loose, offersFor } from "./offers";
import styles from "./QuickAdd.module.css";

/** Where a node is to be added, and the edge that waits for it, if one does. */
export type QuickAddPlace = { screen: Position; canvas: Position; loose?: Loose };

const SHOWN = 60;
const SIZE = { width: 320, height: 340 };

/** Finds a skill by words and adds it where the pointer is. */
export function QuickAdd({ place, onClose }: { place: QuickAddPlace; onClose: () => void }) {
  const workbench = useWorkbench();
  const { api, editor, engine } = workbench;
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const [q, setQ] = useState("");
  const [active, setActive] = useState(0);
  const found = useSkills(api, q.trim(), undefined);
  const { loose } = place;
  const offers = useMemo(() => offersFor(engine, found.skills, loose).slice(0, SHOWN), [engine, found.skills, loose]);
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => editor.know(found.skills), [editor, found.skills]);
  useEffect(() => setActive(0), [offers]);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [onClose]);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);

  // Enter means the words as they stand, also when their answer is still on its way.
  const [wanted, setWanted] = useState(false);
  const isAnswered = found.q === q.trim() && found.state === "ready";
  const add = useCallback(
    (skill: ExecutableSkill, port: string | undefined) => {
      onClose();
      if (loose && port !== undefined) addConnected(workbench, skill, place.canvas, loose, port);
      else addSkill(workbench, skill, place.canvas);
    },
    [onClose, workbench, place.canvas, loose],
  );
  useEffect(() => {
    const [first] = offers;
    if (!wanted || !isAnswered) return;
    setWanted(false);
    if (first) add(first.skill, first.port);
  }, [wanted, isAnswered, offers, add]);
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    const offer = offers[active];
    if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (event.key === "ArrowDown") setActive(Math.min(active + 1, offers.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(active - 1, 0));
    else if (event.key === "Enter" && !isAnswered) setWanted(true);
    else if (event.key === "Enter" && offer) add(offer.skill, offer.port);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      role="dialog"
      aria-label="Add a node"
      className={styles.box}
      style={{
        left: Math.max(8, Math.min(place.screen.x, innerWidth - SIZE.width - 8)),
        top: Math.max(8, Math.min(place.screen.y, innerHeight - SIZE.height - 8)),
      }}
    >
      <div className={styles.search}>
        <Icon name="search" size={14} />
        <input
          ref={field}
          role="combobox"
          aria-label="Find a skill to add"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={offers[active] && `${id}-${active}`}
          placeholder={loose ? "Find a skill that fits" : "Find a skill to add"}
          autoComplete="off"
          spellCheck={false}
          value={q}
          onChange={(event) => {
            setWanted(false);
            setQ(event.target.value);
          }}
          onKeyDown={press}
        />
      </div>
      {loose && (
        <p className={styles.loose}>
          Skills that {loose.side === "output" ? "take" : "feed"} {portLabel(doc, skills, loose.ref)} <PortTypeTag type={loose.type} />
        </p>
      )}
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Skills that can be added" className={styles.list}>
        {offers.map(({ skill, port }, index) => (
          <button
            key={skillKey(skill)}
            type="button"
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            data-skill-id={skill.skill_id}
            className={styles.offer}
            onPointerMove={() => setActive(index)}
            onClick={() => add(skill, port)}
          >
            <span className={styles.line}>
              <b>{skill.name}</b>
              <span>{port === undefined ? skill.type : `${loose?.side === "output" ? "→ " : ""}${port}`}</span>
            </span>
            <span className={styles.about}>{skill.description}</span>
          </button>
        ))}
      </div>
      {offers.length === 0 && (
        <p className={styles.none} role="status">
          {found.state === "loading" ? "Looking…" : found.state === "failed" ? "LLMos-Lite did not answer" : "No skill fits"}
        </p>
      )}
    </div>
  );
}
