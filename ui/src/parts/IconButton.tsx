import type { ButtonHTMLAttributes } from "react";

import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

type IconButtonProps = Omit<
  ButtonHTMLAttributes<HTMLButtonElement>,
  "className" | "type" | "aria-label" | "title" | "children"
> & {
  icon: IconName;
  /** Its accessible name, also shown as a tooltip. */
  label: string;
  /** Shown in the tooltip, such as `Ctrl+Z`. */
  keys?: string;
  small?: boolean;
};

/** A button with a drawing on it. */
export function IconButton({ icon, label, keys, small, ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      className={`${styles.icon} ${small ? styles.smallIcon : ""}`}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
    >
      <Icon name={icon} size={small ? 14 : 16} />
    </button>
  );
}
