import type { Workbench } from "../app/workbench";
import { shownStatus } from "../execution/board";
import type { RunPart } from "../execution/job";
import type { IconName } from "../parts/Icon";
import { copyNodes, freshCopies } from "./clipboard";
import { enterWorkflow } from "./enter";
import { addNodes, edgeInto, findNode, remove } from "../workflow/edits";
import { nodeSkill } from "../workflow/uses";

/** Something that can be done with nodes; the menu, the inspector and the keys offer the same. */
export type Command = {
  id: string;
  label: string;
  icon: IconName;
  /** What it means, where the label alone does not say it. */
  about?: string;
  keys?: string;
  disabled?: boolean;
  danger?: boolean;
  run: () => void;
};

/** Runs a part of the workflow and shows what it gives. */
export function runPart({ runs, view }: Pick<Workbench, "runs" | "view">, part: RunPart): void {
  view.set({ bottom: "results", shown: null });
  void runs.run(part);
}

/** The ways to run some nodes. */
export function runCommands(workbench: Workbench, ids: readonly string[]): Command[] {
  const { board, editor } = workbench;
  const disabled = board.isBusy() || editor.store.getState().readOnly || ids.length === 0;
  const again = ids.some((id) => ["error", "skipped"].includes(shownStatus(board.node(id).state)));
  const these = ids.length === 1 ? "this" : `these ${ids.length}`;
  return [
    {
      id: "from",
      label: again ? "Retry from here" : "Run from here",
      icon: again ? "retry" : "from",
      about: "Runs it and everything that depends on it; what feeds it is taken from the results kept so far",
      keys: "Ctrl+Shift+Enter",
      disabled,
      run: () => runPart(workbench, { from: ids }),
    },
    {
      id: "only",
      label: `Run only ${these}`,
      icon: "only",
      about: "Runs it and nothing after it; what feeds it is taken from the results kept so far",
      keys: "Alt+Enter",
      disabled,
      run: () => runPart(workbench, { only: ids }),
    },
  ];
}

/** The ways to run a node for many values. */
export function sweepCommands({ board, editor, sweeps, view }: Workbench, ids: readonly string[]): Command[] {
  const { doc, skills, readOnly } = editor.store.getState();
  const node = ids.length === 1 && ids[0] !== undefined ? findNode(doc, ids[0]) : undefined;
  const ports = (node && nodeSkill(node, skills)?.inputs) ?? [];
  const free = ports.filter(({ name }) => node && !edgeInto(doc, { node: node.id, port: name }));
  const port = free.find(({ type }) => type === "number" || type === "integer") ?? free[0];
  if (!node || !port) return [];
  return [
    {
      id: "sweep",
      label: "Sweep over values…",
      icon: "sweep",
      about: "Runs the workflow once for each value of an input",
      disabled: board.isBusy() || readOnly,
      run() {
        sweeps.ask({ node: node.id, port: port.name });
        view.set({ dialog: "sweep" });
      },
    },
  ];
}

/** The ways to change some nodes. */
export function editCommands(workbench: Workbench, ids: readonly string[]): Command[] {
  const { editor, engine } = workbench;
  const gone = new Set(ids);
  const [first] = ids;
  const node = ids.length === 1 && first !== undefined ? findNode(editor.store.getState().doc, first) : undefined;
  return [
    ...(node?.workflow
      ? [{ id: "enter", label: "Open this workflow", icon: "open" as const, keys: "Double click", run: () => void enterWorkflow(workbench, node.id) }]
      : []),
    {
      id: "duplicate",
      label: "Duplicate",
      icon: "copy",
      run() {
        const { doc } = editor.store.getState();
        const clip = copyNodes(doc, gone);
        if (!clip) return;
        const { nodes, edges } = freshCopies(clip, doc, engine);
        editor.edit((now) => addNodes(now, nodes, edges));
        editor.select(nodes.map(({ id }) => id));
      },
    },
    {
      id: "delete",
      label: "Delete",
      icon: "trash",
      keys: "Delete",
      danger: true,
      run: () => editor.edit((now) => remove(now, gone)),
    },
  ];
}
