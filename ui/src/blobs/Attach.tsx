import { useRef, useState } from "react";

import { explain } from "../api/api";
import { useWorkbench } from "../app/useWorkbench";
import { IconButton } from "../parts/IconButton";
import styles from "./Attach.module.css";
import { mention } from "./mention";
import { useUploads } from "./useUploads";
import { ownVolume } from "./volumes";

/** Uploads files into the person's own volume, and names them in the message that is being written. */
export function Attach({ onDone }: { onDone: () => void }) {
  const { api, notices, talk, uploads } = useWorkbench();
  const input = useRef<HTMLInputElement>(null);
  const [coming, setComing] = useState<readonly string[]>([]);
  const sending = useUploads().find(({ name, phase }) => coming.includes(name) && phase.is === "sending");

  const attach = async (file: File) => {
    setComing((now) => [...now, file.name]);
    try {
      const { path, volume } = await uploads.keep(ownVolume(api), file);
      if (path) mention(talk, volume, path);
    } catch (error) {
      const left = error instanceof DOMException && error.name === "AbortError";
      if (!left) notices.say({ tone: "error", ...explain(error) });
    }
    setComing((now) => now.filter((name) => name !== file.name));
  };
  const attachAll = async (files: readonly File[]) => {
    await Promise.all(files.map(attach));
    onDone();
  };

  const { size, phase } = sending ?? {};
  const part = phase?.is === "sending" && size ? Math.floor((phase.sent / size) * 100) : 0;
  return (
    <>
      {coming.length > 0 && (
        <p className={styles.coming} role="status">
          <span>
            Uploading {coming.length === 1 ? coming[0] : `${coming.length} files`}, {part} %
          </span>
          {sending && <IconButton small icon="close" label={`Cancel ${sending.name}`} onClick={() => uploads.drop(sending.id)} />}
        </p>
      )}
      <IconButton icon="clip" label="Attach a file" onClick={() => input.current?.click()} />
      <input
        ref={input}
        hidden
        type="file"
        multiple
        aria-label="Files to attach"
        onChange={({ currentTarget }) => {
          void attachAll([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
