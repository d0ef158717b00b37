import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";

type DialogProps = {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Takes the whole window. */
  full?: boolean;
  children: ReactNode;
};

/** A modal dialog: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, wide, full, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // It closes while it is still in the page: once it is out, the browser gives the focus to nobody.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${wide ? styles.wide : ""} ${full ? styles.full : ""}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
