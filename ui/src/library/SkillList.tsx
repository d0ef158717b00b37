import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import type { ExecutableSkill } from "../api/schema";
import { IconButton } from "../parts/IconButton";
import styles from "./Library.module.css";
import { skillKey } from "../workflow/uses";
import { writeDraggedSkill } from "./dragging";

type SkillListProps = {
  skills: readonly ExecutableSkill[];
  total: number;
  onAdd: (skill: ExecutableSkill) => void;
  onMore: () => void;
};

const ROW = 56;

/** The skills found, of which only those in view are in the page. */
export function SkillList({ skills, total, onAdd, onMore }: SkillListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const rows = useVirtualizer({
    count: skills.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    initialRect: { width: 260, height: 600 },
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= skills.length - 5 && skills.length < total) onMore();
  }, [last, skills.length, total, onMore]);
  useEffect(() => setActive(0), [skills]);

  const step = (event: KeyboardEvent, index: number) => {
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: skills.length - 1 }[event.key];
    if (to === undefined || !skills[to]) return;
    event.preventDefault();
    setActive(to);
    rows.scrollToIndex(to);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
  };

  return (
    <div ref={scroller} className={styles.scroller}>
      <ul aria-label="Skills" style={{ height: rows.getTotalSize() }} className={styles.list}>
        {items.map(({ index, start }) => {
          const skill = skills[index];
          return (
            skill && (
              <li
                key={skillKey(skill)}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={total}
                aria-posinset={index + 1}
              >
                <button
                  type="button"
                  className={styles.skill}
                  data-index={index}
                  data-skill-id={skill.skill_id}
                  tabIndex={index === active ? 0 : -1}
                  draggable
                  title={skill.description}
                  onDragStart={(event) => writeDraggedSkill(event.dataTransfer, skill)}
                  onDoubleClick={() => onAdd(skill)}
                  onFocus={() => setActive(index)}
                  onKeyDown={(event) => {
                    if (event.key === "Enter") {
                      event.preventDefault();
                      onAdd(skill);
                    } else step(event, index);
                  }}
                >
                  <SkillText skill={skill} />
                </button>
                <span className={styles.add}>
                  <IconButton small icon="plus" label={`Add ${skill.name}`} tabIndex={-1} onClick={() => onAdd(skill)} />
                </span>
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function SkillText({ skill }: { skill: ExecutableSkill }) {
  return (
    <>
      <span className={styles.line}>
        <span className={styles.name}>{skill.name}</span>
        <span className={styles.runtime}>{skill.type}</span>
      </span>
      <span className={styles.description}>{skill.description}</span>
    </>
  );
}
