import type { ExecutableSkill } from "../api/schema";
import type { Skills } from "../engine/engine";
import { skillKey } from "../workflow/uses";

const MIME = "application/x-llmos-skill";

/** Puts a skill on a drag from the library. */
export function writeDraggedSkill(data: DataTransfer, skill: ExecutableSkill): void {
  data.setData(MIME, skillKey(skill));
  data.effectAllowed = "copy";
}

/** The skill that is dragged, if it is one that the page knows. */
export function readDraggedSkill(data: DataTransfer, skills: Skills): ExecutableSkill | undefined {
  return skills[data.getData(MIME)];
}
