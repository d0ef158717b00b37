import type { KeyboardEvent } from "react";

import { Icon } from "../parts/Icon";
import styles from "./Bars.module.css";

type SearchFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  placeholder?: string;
};

/** Where one writes what to look for in a view. */
export function SearchField({ label, value, onChange, onKeyDown, placeholder = label }: SearchFieldProps) {
  return (
    <label className={styles.search}>
      <Icon name="search" size={13} />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onKeyDown={onKeyDown}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}
