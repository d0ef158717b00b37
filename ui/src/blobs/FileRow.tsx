import { useRef, useState } from "react";

import type { BlobFile } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Menu, type MenuItem } from "../parts/Menu";
import { moment } from "../parts/time";
import { copyText } from "../results/copy";
import { bytes } from "../results/summary";
import { DownloadLink } from "./DownloadLink";
import styles from "./Files.module.css";
import { iconOf } from "./kind";
import { mention } from "./mention";

type FileRowProps = { volume: string; file: BlobFile; onLook: () => void; onDelete: () => void };

/** One file: its name opens it, the rest stands beside it. */
export function FileRow({ volume, file, onLook, onDelete }: FileRowProps) {
  const { name, path, size, media_type, kept_at, is_here } = file;
  const when = kept_at === undefined ? "not here" : moment(Date.parse(kept_at));
  return (
    <tr data-here={is_here}>
      <th scope="row">
        <button type="button" className={styles.name} onClick={onLook}>
          <Icon name={iconOf(file)} />
          <span>{name}</span>
        </button>
        <small className={styles.path}>{path}</small>
        <small className={styles.facts}>
          {bytes(size)} · {when}
        </small>
      </th>
      <td className={styles.number}>{bytes(size)}</td>
      <td>{media_type}</td>
      <td>{is_here ? when : <span title="The volume has what stands for it; its content lies elsewhere">not here</span>}</td>
      <td className={styles.tools}>
        {is_here && <DownloadLink volume={volume} file={file} />}
        <More volume={volume} file={file} onDelete={onDelete} />
      </td>
    </tr>
  );
}

function More({ volume, file, onDelete }: Pick<FileRowProps, "volume" | "file" | "onDelete">) {
  const { notices, talk, view } = useWorkbench();
  const button = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const open = () => {
    const box = button.current?.getBoundingClientRect();
    if (box) setAt({ x: box.left, y: box.bottom + 4 });
  };
  const copy = async (text: string, what: string) => {
    const copied = await copyText(text);
    notices.say({ tone: copied ? "info" : "error", message: copied ? `${what} is copied` : `${what} could not be copied`, hint: copied ? null : text });
  };
  const about: MenuItem[] = [
    { id: "path", label: "Copy path", icon: "copy", run: () => void copy(file.path, "The path") },
    { id: "hash", label: "Copy SHA-256", icon: "number", run: () => void copy(file.hash, "The SHA-256") },
    {
      id: "ask",
      label: "Ask about it in the chat",
      icon: "chat",
      run: () => {
        mention(talk, volume, file.path);
        view.set({ chat: true });
      },
    },
  ];
  const remove: MenuItem = { id: "delete", label: "Delete…", icon: "trash", danger: true, run: onDelete };
  return (
    <span ref={button}>
      <IconButton small icon="more" label={`More about ${file.name}`} aria-haspopup="menu" aria-expanded={at !== null} onClick={open} />
      {at && <Menu label={file.name} at={at} groups={file.may_change ? [about, [remove]] : [about]} onClose={() => setAt(null)} />}
    </span>
  );
}
