import { useRef } from "react";

import { Button } from "../parts/Button";
import styles from "./Files.module.css";

type UploadBarProps = {
  /** The volumes that take files of this person. */
  volumes: readonly string[];
  target: string;
  onTarget: (volume: string) => void;
  onFiles: (files: readonly File[]) => void;
};

/** Where files are chosen, and the volume that they go to. */
export function UploadBar({ volumes, target, onTarget, onFiles }: UploadBarProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={styles.bar}>
      {volumes.length > 1 && (
        <label className={styles.target}>
          <span>Into</span>
          <select value={target} onChange={(event) => onTarget(event.target.value)}>
            {volumes.map((volume) => (
              <option key={volume}>{volume}</option>
            ))}
          </select>
        </label>
      )}
      <Button icon="up" look="primary" onClick={() => input.current?.click()}>
        Upload
      </Button>
      <input
        ref={input}
        hidden
        type="file"
        multiple
        aria-label="Files to upload"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
