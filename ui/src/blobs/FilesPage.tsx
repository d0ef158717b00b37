import { useCallback, useState } from "react";

import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { useReturn } from "../library/useReturn";
import { Failure } from "../parts/Failure";
import { Icon } from "../parts/Icon";
import { bytes } from "../results/summary";
import styles from "./Files.module.css";
import { FileTable } from "./FileTable";
import { UploadBar } from "./UploadBar";
import { UploadList } from "./UploadList";
import { useDrop } from "./useDrop";
import { useUploads } from "./useUploads";
import { volumesWithFiles } from "./volumes";

/** How many files of a volume are shown at first, and how many more each time. */
const STEP = 100;

/** The files of all volumes that one sees: what is too large for Git, or no text. */
export function FilesPage() {
  const { api, uploads } = useWorkbench();
  const [most, setMost] = useState(STEP);
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => volumesWithFiles(api, most, signal), [api, most]));
  useReturn(again);
  const list = useUploads(again);
  const volumes = result.state === "ready" ? result.value : [];
  const open = volumes.filter(({ may_add }) => may_add);
  const [chosen, setChosen] = useState<string>();
  const target = open.find(({ volume }) => volume === chosen) ?? open[0];
  const add = (files: readonly File[]) => target && uploads.add(target.volume, files);
  const over = useDrop(add);
  const empty = volumes.every(({ total }) => total === 0);

  return (
    <div className={styles.page} data-over={over}>
      <header className={styles.head}>
        <div>
          <h1>Files</h1>
          <p>Data sets, pictures and models of any size, kept beside the volumes that they belong to</p>
        </div>
        {target && <UploadBar volumes={open.map(({ volume }) => volume)} target={target.volume} onTarget={setChosen} onFiles={add} />}
      </header>
      {list.length > 0 && <UploadList uploads={list} />}
      {result.state === "loading" && <p role="status" className={styles.quiet}>Loading files…</p>}
      {result.state === "failed" && <Failure error={result.error} again={again} />}
      {result.state === "ready" && empty && (
        <div className={styles.empty}>
          <Icon name="up" size={28} />
          <p>No file is here yet</p>
          <p>
            Drop files anywhere on this page, or press <b>Upload</b>. Their content lies outside of Git, up to{" "}
            {bytes(target?.max_bytes ?? 0)} each; a small text stands for each in your volume, so that a clone stays small and
            every version can be found again.
          </p>
        </div>
      )}
      {!empty &&
        volumes
          .filter(({ total, may_add }) => total > 0 || may_add)
          .map((one) => <FileTable key={one.volume} list={one} onMore={() => setMost(most + STEP)} onChanged={again} />)}
      {over && target && (
        <p className={styles.over} aria-hidden="true">
          Drop to upload into {target.volume}
        </p>
      )}
    </div>
  );
}
