import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { fromBase64, saveParts } from "./download";
import { bytes } from "./summary";
import { TextView } from "./TextView";
import type { FileValue } from "./value";
import styles from "./Views.module.css";

/** A file to be downloaded; its text, where it is one. */
export function FileView({ file }: { file: FileValue }) {
  const size = "text" in file ? file.text.length : Math.floor((file.base64.length * 3) / 4);
  const download = () => saveParts(file.name, file.mime, ["text" in file ? file.text : fromBase64(file.base64)]);
  return (
    <div className={styles.file}>
      <header>
        <Icon name="file" size={22} />
        <p>
          <b>{file.name}</b>
          <small>
            {file.mime}, {"text" in file ? `${size.toLocaleString("en")} characters` : bytes(size)}
          </small>
        </p>
        <Button icon="down" onClick={download}>
          Download {file.name}
        </Button>
      </header>
      {"text" in file && <TextView text={file.text} />}
    </div>
  );
}
