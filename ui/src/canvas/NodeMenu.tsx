import { useEditor, useWorkbench } from "../app/useWorkbench";
import { Menu } from "../parts/Menu";
import { findNode } from "../workflow/edits";
import { editCommands, runCommands, sweepCommands } from "./commands";
import { nodeName } from "./flow";

/** Where a menu was asked for, and for which nodes. */
export type MenuPlace = { nodes: readonly string[]; at: { x: number; y: number } };

/** What can be done with the nodes under the pointer. */
export function NodeMenu({ place, onClose }: { place: MenuPlace; onClose: () => void }) {
  const workbench = useWorkbench();
  const doc = useEditor((state) => state.doc);
  const skills = useEditor((state) => state.skills);
  const [first] = place.nodes;
  const node = place.nodes.length === 1 && first !== undefined ? findNode(doc, first) : undefined;
  const label = node ? nodeName(node, skills) : `${place.nodes.length} nodes`;
  return (
    <Menu
      label={label}
      at={place.at}
      groups={[[...runCommands(workbench, place.nodes), ...sweepCommands(workbench, place.nodes)], editCommands(workbench, place.nodes)]}
      onClose={onClose}
    />
  );
}
