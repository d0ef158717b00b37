import type { BlobFile } from "../api/schema";
import { useWorkbench } from "../app/useWorkbench";
import { DeleteDialog } from "../parts/DeleteDialog";

type DeleteFileProps = { volume: string; file: BlobFile; onClose: (deleted: boolean) => void };

/** Asks before a file is taken out of its volume. */
export function DeleteFile({ volume, file: { name, path, hash }, onClose }: DeleteFileProps) {
  const { api } = useWorkbench();
  const remove = async () => {
    await api.deleteFile({ volume, path, hash });
  };

  return (
    <DeleteDialog title="Delete this file?" remove={remove} onClose={onClose}>
      <b>{name}</b> goes from {volume}, as one commit. Earlier commits still have it: its content stays until nothing refers to
      it any more.
    </DeleteDialog>
  );
}
