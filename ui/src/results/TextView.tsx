import { useState } from "react";

import { Button } from "../parts/Button";
import styles from "./Views.module.css";

const PAGE = 60_000;

/** A text; of a long one, the start and more on demand. */
export function TextView({ text }: { text: string }) {
  const [shown, setShown] = useState(PAGE);
  const pages: string[] = [];
  for (let from = 0; from < Math.min(shown, text.length); from += PAGE) pages.push(text.slice(from, from + PAGE));
  return (
    // A scrolling region must be reachable with the keyboard.
    <div className={styles.text} role="group" aria-label="Text" tabIndex={0}>
      {pages.map((page, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- pages are places in the text
        <pre key={at}>{page}</pre>
      ))}
      {shown < text.length && (
        <Button small onClick={() => setShown(shown + PAGE)}>
          More ({Math.round((100 * shown) / text.length)} % shown)
        </Button>
      )}
    </div>
  );
}
