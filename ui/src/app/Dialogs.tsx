import { ProposeDialog } from "../review/ProposeDialog";
import { SweepDialog } from "../sweep/SweepDialog";
import { SkillHistoryDialog } from "../versions/SkillHistoryDialog";
import { ConflictDialog } from "./ConflictDialog";
import { KeysDialog } from "./KeysDialog";
import { SaveDialog } from "./SaveDialog";
import { useFiles, useView, useWorkbench } from "./useWorkbench";

/** The dialog that is asked for, if one is. */
export function Dialogs() {
  const { files, view } = useWorkbench();
  const question = useFiles((state) => state.question);
  const saving = useFiles((state) => state.saving);
  const dialog = useView((state) => state.dialog);

  if (question?.ask === "name") {
    return (
      <SaveDialog
        question={question}
        saving={saving}
        onSave={(id, name) => void files.saveAs(id, name)}
        onClose={files.closeQuestion}
      />
    );
  }
  if (question?.ask === "conflict") {
    return (
      <ConflictDialog
        question={question}
        saving={saving}
        key={question.currentVersion}
        onChoose={(choices) => void files.choose(choices)}
        onMine={() => void files.keepMine()}
        onTheirs={() => void files.takeTheirs()}
        onCopy={files.askName}
        onClose={files.closeQuestion}
      />
    );
  }
  const close = () => view.set({ dialog: null });
  if (typeof dialog === "object" && dialog !== null) {
    if ("history" in dialog) return <SkillHistoryDialog key={dialog.history.skill_id} skill={dialog.history} onClose={close} />;
    return <ProposeDialog skill={dialog.propose} onClose={close} />;
  }
  if (dialog === "sweep") return <SweepDialog onClose={() => view.set({ dialog: null })} />;
  return dialog === "keys" ? <KeysDialog onClose={() => view.set({ dialog: null })} /> : null;
}
