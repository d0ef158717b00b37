import { useMemo } from "react";

import { fromBase64 } from "./download";
import { HexView } from "./HexView";
import { bytes as sizeText } from "./summary";
import { TextView } from "./text/TextView";
import type { FileValue } from "./value";
import styles from "./Views.module.css";

/** The text of a file with its kind and size. */
export function FileText({ file, text }: { file: FileValue; text: string }) {
  return (
    <div className={styles.file}>
      <p>
        <b>{file.name}</b> {file.mime}, {text.length.toLocaleString("en")} characters
      </p>
      <TextView text={text} label={`Text of ${file.name}`} />
    </div>
  );
}

/** The bytes of a file with its kind and size. */
export function FileBytes({ file }: { file: FileValue }) {
  const bytes = useMemo(() => ("base64" in file ? fromBase64(file.base64) : new Uint8Array()), [file]);
  return (
    <div className={styles.file}>
      <p>
        <b>{file.name}</b> {file.mime}, {sizeText(bytes.length)}
      </p>
      <HexView bytes={bytes} />
    </div>
  );
}
