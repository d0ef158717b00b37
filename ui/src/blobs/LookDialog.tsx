import { useCallback } from "react";

import type { BlobFile } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { moment } from "../parts/time";
import { Content } from "./Content";
import { DownloadLink } from "./DownloadLink";
import styles from "./Look.module.css";
import { look } from "./look";
import { bytes } from "../results/summary";

type LookDialogProps = { volume: string; file: BlobFile; onClose: () => void };

/** A file over the whole window: what it is, and what is in it. */
export function LookDialog({ volume, file, onClose }: LookDialogProps) {
  const { api } = useWorkbench();
  const { result, again } = useLoad(useCallback((signal: AbortSignal) => look(api, volume, file, signal), [api, volume, file]));
  return (
    <Dialog full title={file.name} onClose={onClose}>
      <div className={styles.look}>
        <header className={styles.facts}>
          <dl>
            <Fact name="Size">{bytes(file.size)}</Fact>
            <Fact name="Type">{file.media_type}</Fact>
            <Fact name="Place">
              {volume}/{file.path}
            </Fact>
            <Brought volume={volume} path={file.path} />
            <Fact name="SHA-256">{file.hash}</Fact>
          </dl>
          {file.is_here && <DownloadLink word volume={volume} file={file} />}
        </header>
        {result.state === "loading" && <p role="status" className={styles.note}>Reading it…</p>}
        {result.state === "failed" && <Failure error={result.error} again={again} />}
        {result.state === "ready" && <Content seen={result.value} name={file.name} />}
      </div>
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who brought it, as the history of the volume says. */
function Brought({ volume, path }: { volume: string; path: string }) {
  const { api } = useWorkbench();
  const { result } = useLoad(useCallback((signal: AbortSignal) => api.listVersions({ volume, path, limit: 1 }, signal), [api, volume, path]));
  const commit = result.state === "ready" ? result.value.commits[0] : undefined;
  if (!commit) return null;
  return (
    <Fact name="Added">
      {commit.author}, {moment(Date.parse(commit.time))}, commit {commit.commit.slice(0, 7)}
    </Fact>
  );
}
