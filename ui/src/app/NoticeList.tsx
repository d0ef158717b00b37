import { useStore } from "zustand";

import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Prose } from "../parts/Prose";
import styles from "./NoticeList.module.css";
import { useWorkbench } from "./useWorkbench";

/** What was said lately; read out as it comes. */
export function NoticeList() {
  const { notices } = useWorkbench();
  const list = useStore(notices.store, (state) => state.notices);
  return (
    <div className={styles.list} role="log" aria-label="Messages" aria-live="polite">
      {list.map(({ id, tone, message, hint, action }) => (
        <div key={id} className={styles.notice} data-tone={tone}>
          <Icon name={tone === "error" ? "alert" : "info"} />
          <p>
            <Prose text={message} />
            {hint && (
              <small>
                <Prose text={hint} />
              </small>
            )}
          </p>
          {action && (
            <Button
              small
              onClick={() => {
                action.run();
                notices.dismiss(id);
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton small icon="close" label="Dismiss" onClick={() => notices.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
