import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "type"> & {
  icon?: IconName;
  look?: "plain" | "primary" | "danger" | "ghost";
  small?: boolean;
  submit?: boolean;
  children: ReactNode;
};

/** A button with a word on it. */
export function Button({ icon, look = "plain", small, submit, children, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={submit ? "submit" : "button"}
      className={`${styles.button} ${styles[look]} ${small ? styles.small : ""}`}
    >
      {icon && <Icon name={icon} size={small ? 13 : 15} />}
      <span>{children}</span>
    </button>
  );
}
