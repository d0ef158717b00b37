import { useEffect, useRef, useState } from "react";

import { Button } from "../parts/Button";
import { copyText } from "../results/copy";
import styles from "./Share.module.css";

/** A link that was made now: the only time that it is there to be seen. */
export function FreshLink({ link }: { link: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <div className={styles.fresh} role="group" aria-label="New link">
      <div>
        <input ref={field} readOnly aria-label="Link" value={link} onFocus={(event) => event.target.select()} />
        <Button icon={copied ? "check" : "copy"} onClick={() => void copyText(link).then(setCopied)}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
      <p>It is shown this once: only a hash of it is kept.</p>
    </div>
  );
}
