import { useState } from "react";

import type { BlobFile, BlobList } from "../api/schema";
import { Button } from "../parts/Button";
import { count } from "../parts/time";
import { bytes } from "../results/summary";
import { DeleteFile } from "./DeleteFile";
import { FileRow } from "./FileRow";
import styles from "./Files.module.css";
import { LookDialog } from "./LookDialog";

type FileTableProps = { list: BlobList; onMore: () => void; onChanged: () => void };

/** The files of one volume. */
export function FileTable({ list, onMore, onChanged }: FileTableProps) {
  const { volume, total, blobs } = list;
  const [open, setOpen] = useState<{ look: BlobFile } | { remove: BlobFile } | null>(null);
  const size = blobs.reduce((sum, file) => sum + file.size, 0);

  return (
    <section className={styles.volume} aria-label={`Files of ${volume}`}>
      <h2>
        {volume} <small>{total === 0 ? "no files" : `${count(total, "file")}${blobs.length === total ? `, ${bytes(size)}` : ""}`}</small>
      </h2>
      {blobs.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className={styles.number}>
                Size
              </th>
              <th scope="col">Type</th>
              <th scope="col">Uploaded</th>
              <th scope="col">
                <span className={styles.unseen}>What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {blobs.map((file) => (
              <FileRow
                key={file.path}
                volume={volume}
                file={file}
                onLook={() => setOpen({ look: file })}
                onDelete={() => setOpen({ remove: file })}
              />
            ))}
          </tbody>
        </table>
      )}
      {blobs.length < total && (
        <Button small onClick={onMore}>
          Show more of {count(total, "file")}
        </Button>
      )}
      {open && "look" in open && <LookDialog volume={volume} file={open.look} onClose={() => setOpen(null)} />}
      {open && "remove" in open && (
        <DeleteFile
          volume={volume}
          file={open.remove}
          onClose={(deleted) => {
            setOpen(null);
            if (deleted) onChanged();
          }}
        />
      )}
    </section>
  );
}
