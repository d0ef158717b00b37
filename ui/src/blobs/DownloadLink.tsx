import type { BlobFile } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Icon } from "../parts/Icon";
import styles from "./Files.module.css";

type DownloadLinkProps = { volume: string; file: BlobFile; word?: boolean };

/** Has the browser save a file, piece by piece. */
export function DownloadLink({ volume, file: { name, path, hash }, word = false }: DownloadLinkProps) {
  const { api } = useWorkbench();
  const label = `Download ${name}`;
  return (
    <a
      className={word ? styles.saveWord : styles.save}
      href={api.fileUrl({ volume, path, hash })}
      download={name}
      aria-label={label}
      title={label}
    >
      <Icon name="down" size={14} />
      {word && <span>Download</span>}
    </a>
  );
}
