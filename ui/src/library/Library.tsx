import { useCallback, useEffect, useId, useState } from "react";

import type { SkillsApi } from "../api/api";
import type { ExecutableSkill } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { Button } from "../parts/Button";
import { Failure } from "../parts/Failure";
import { Icon } from "../parts/Icon";
import { count } from "../parts/time";
import { BrokenFiles } from "./BrokenFiles";
import styles from "./Library.module.css";
import { SkillList } from "./SkillList";
import { useReturn } from "./useReturn";
import { type SkillPages, useSkills } from "./useSkills";

type LibraryProps = {
  api: SkillsApi;
  onAdd: (skill: ExecutableSkill) => void;
  /** Called with skills as they become known. */
  onFound: (skills: readonly ExecutableSkill[]) => void;
};

/** What stands above the list where its number of skills would say nothing about the words asked for. */
const FOUND: Partial<Record<SkillPages["state"], string>> = { loading: "Loading skills…", failed: "Not up to date" };

/** What there is, in words. How many are of which kind is known once all of them were read. */
function whatIsFound({ skills, total }: SkillPages): string {
  const nWorkflows = skills.filter(({ type }) => type === "workflow").length;
  if (skills.length < total) return count(total, "skill or workflow", "skills and workflows");
  const nSkills = skills.length - nWorkflows;
  if (nWorkflows === 0) return count(nSkills, "skill");
  return [...(nSkills > 0 ? [count(nSkills, "skill")] : []), count(nWorkflows, "workflow")].join(", ");
}

/** The skills that can become nodes: by category, and found by words. */
export function Library({ api, onAdd, onFound }: LibraryProps) {
  const [q, setQ] = useState("");
  const [category, setCategory] = useState<string>();
  const [added, setAdded] = useState("");
  const [wanted, setWanted] = useState(false);
  const found = useSkills(api, q.trim(), category);
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => api.categories(signal), [api]));
  useReturn(again);
  const categories = result.state === "ready" ? result.value : [];
  const box = useId();

  // What the server has in all is known from the answers to no question.
  const [all, setAll] = useState(0);
  if (found.state === "ready" && found.q === "" && found.category === undefined && found.total !== all) setAll(found.total);

  useEffect(() => onFound(found.skills), [found.skills, onFound]);

  const add = useCallback(
    (skill: ExecutableSkill) => {
      onAdd(skill);
      setAdded(`${skill.name} added to the canvas`);
    },
    [onAdd],
  );

  // Enter means the words as they stand, also when their answer is still on its way.
  const words = q.trim();
  useEffect(() => {
    const [first] = found.skills;
    if (!wanted || found.q !== words || found.state !== "ready") return;
    setWanted(false);
    if (first) add(first);
  }, [wanted, words, found.q, found.state, found.skills, add]);

  return (
    <div className={styles.library}>
      <div className={styles.search}>
        <Icon name="search" size={14} />
        <label htmlFor={box} className="visually-hidden">
          Search skills
        </label>
        <input
          id={box}
          type="search"
          placeholder="Search skills"
          value={q}
          data-shortcut="/"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setWanted(false);
            setQ(event.target.value);
          }}
          onKeyDown={(event) => {
            // With another key held, Enter is meant for the workflow.
            const alone = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
            if (event.key === "Enter" && alone && words) setWanted(true);
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <Categories all={all} categories={categories} chosen={category} onChoose={setCategory} />
      <p className={styles.found} role="status">
        {FOUND[found.state] ?? whatIsFound(found)}
      </p>
      <BrokenSkills api={api} />
      {found.state === "failed" && <Failure error={found.error} again={found.again} />}
      {found.state === "ready" && found.total === 0 && (
        <div className={styles.none}>
          <p>No skill matches</p>
          <Button
            small
            onClick={() => {
              setQ("");
              setCategory(undefined);
            }}
          >
            Show all skills
          </Button>
        </div>
      )}
      <SkillList skills={found.skills} total={found.total} onAdd={add} onMore={found.more} />
      <p className="visually-hidden" aria-live="polite">
        {added}
      </p>
    </div>
  );
}

/** Skills that are missing from the list for a mistake in their file. */
function BrokenSkills({ api }: { api: SkillsApi }) {
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => api.brokenSkills(signal), [api]));
  useReturn(again);
  if (result.state !== "ready" || result.value.length === 0) return null;
  return (
    <details className={styles.broken}>
      <summary>{count(result.value.length, "file")} with mistakes</summary>
      <BrokenFiles files={result.value} />
    </details>
  );
}

type CategoriesProps = {
  /** How many skills there are, with and without a category. */
  all: number;
  categories: readonly { name: string; n_skills: number }[];
  chosen: string | undefined;
  onChoose: (name: string | undefined) => void;
};

function Categories({ all, categories, chosen, onChoose }: CategoriesProps) {
  const entries = [{ name: undefined, label: "All", n_skills: all }, ...categories.map((one) => ({ ...one, label: one.name }))];
  return (
    <div role="group" aria-label="Categories" className={styles.categories}>
      {entries.map(({ name, label, n_skills }) => (
        <button
          key={label}
          type="button"
          aria-pressed={chosen === name}
          onClick={() => onChoose(chosen === name ? undefined : name)}
        >
          {label} <span className={styles.n}>{n_skills}</span>
        </button>
      ))}
    </div>
  );
}
