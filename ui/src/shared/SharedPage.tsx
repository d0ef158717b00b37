import { useSyncExternalStore } from "react";

import { chooseTheme, useTheme } from "../app/theme";
import { Failure } from "../parts/Failure";
import { IconButton } from "../parts/IconButton";
import { Windowed } from "../parts/Windowed";
import { count, moment } from "../parts/time";
import { MessageView } from "../session/MessageView";
import type { ReadShared } from "./readShared";
import styles from "./Shared.module.css";
import { useShared } from "./useShared";

/** What somebody sees who has a link to a session: what was said and what came of it, to be read and nothing else. */
export function SharedPage({ read }: { read: ReadShared }) {
  const token = useToken();
  const { session, messages, trouble, reading, more, again } = useShared(read, token);
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{session?.name ?? "Shared session"}</h1>
          <p>
            {session
              ? [
                  count(session.message_count, "message"),
                  moment(Date.parse(session.created_at)),
                  ...(session.ends_at ? [`open until ${moment(Date.parse(session.ends_at))}`] : []),
                  "read-only",
                ].join(" · ")
              : "Somebody shared this to be read"}
          </p>
        </div>
        <IconButton icon={theme === "dark" ? "sun" : "moon"} label={`Use the ${other} theme`} onClick={() => chooseTheme(other)} />
      </header>
      <main className={styles.main}>
        {trouble !== null && <Failure error={trouble} again={again} />}
        {reading && messages.length === 0 && <p role="status">Opening the session…</p>}
        {messages.length > 0 && (
          <Windowed
            label="Messages"
            className={styles.messages}
            items={messages}
            keyOf={({ number }) => number}
            estimate={140}
            gap={20}
            onEnd={more}
          >
            {(message) => (
              <div className={styles.column}>
                <MessageView message={message} />
              </div>
            )}
          </Windowed>
        )}
      </main>
    </div>
  );
}

/** The token in the address, behind `#`. */
function useToken(): string {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => location.hash.slice(1),
  );
}
