import { Button } from "../../parts/Button";
import { count } from "../../parts/time";
import styles from "../Bars.module.css";
import { saveFile, tableCsv } from "../download";
import { SearchField } from "../SearchField";
import type { Column } from "../value";
import type { Filter } from "./filter";

type FilterBarProps = {
  columns: readonly Column[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
  nShown: number;
  nAll: number;
  /** How far sorting and filtering are, while they are. */
  progress: number | undefined;
  onCopy: (() => void) | undefined;
  /** What was copied last. */
  copied: string;
  csv: { name: string; columns: Column[]; order: Uint32Array | undefined };
};

/** Above a table: which rows are shown, and ways to take them along. */
export function FilterBar({ columns, filter, onFilter, nShown, nAll, progress, onCopy, copied, csv }: FilterBarProps) {
  const save = () =>
    saveFile({ name: `${csv.name}.csv`, mime: "text/csv", parts: tableCsv({ columns: csv.columns }, csv.order) });
  return (
    <div className={styles.bar}>
      <SearchField
        label="Filter rows"
        placeholder="Filter: text, > 5, != Berlin"
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
      <select
        aria-label="Column to filter"
        value={filter.column}
        onChange={({ target }) => onFilter({ ...filter, column: Number(target.value) })}
      >
        <option value={-1}>any column</option>
        {columns.slice(0, 500).map(({ name }, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- columns may share a name
          <option key={at} value={at}>
            {name}
          </option>
        ))}
      </select>
      <span className={styles.state} role="status">
        {copied || (progress !== undefined ? `Arranging… ${Math.round(progress * 100)} %` : shownText(nShown, nAll))}
      </span>
      <Button small look="ghost" icon="copy" disabled={!onCopy} title="Copy the chosen cells (Ctrl+C)" onClick={onCopy}>
        Copy
      </Button>
      <Button small look="ghost" icon="down" onClick={save}>
        CSV
      </Button>
    </div>
  );
}

function shownText(nShown: number, nAll: number): string {
  return nShown === nAll ? count(nAll, "row") : `${nShown.toLocaleString("en")} of ${count(nAll, "row")}`;
}
