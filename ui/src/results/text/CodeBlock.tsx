import { useState } from "react";

import { IconButton } from "../../parts/IconButton";
import { copyText } from "../copy";
import styles from "./CodeBlock.module.css";

/** Code as it stands, with a button that copies it. */
export function CodeBlock({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className={styles.block}>
      <pre>
        <code>{text}</code>
      </pre>
      <span className={styles.copy}>
        <IconButton
          small
          icon={copied ? "check" : "copy"}
          label={copied ? "Copied" : "Copy the code"}
          onClick={() => void copyText(text).then(setCopied)}
          onBlur={() => setCopied(false)}
        />
      </span>
    </div>
  );
}
