import type { ExecutableSkill, NodeDoc } from "../api/schema";
import type { Skills } from "../engine/engine";

/** The type under which the library lists workflows that can be nodes. */
export const WORKFLOW = "workflow";

/** The category that they have there. */
export const WORKFLOWS = "workflows";

type Uses = Pick<NodeDoc, "skill_id" | "workflow">;

/** What a node runs, as one text: a skill and a workflow may have the same id. */
export function usedKey({ skill_id, workflow }: Uses): string {
  return workflow ? `${WORKFLOW}:${workflow}` : skill_id;
}

/** The same text for something in the library. */
export function skillKey({ skill_id, type }: Pick<ExecutableSkill, "skill_id" | "type">): string {
  return type === WORKFLOW ? `${WORKFLOW}:${skill_id}` : skill_id;
}

/** What a node runs, if the page knows it. */
export function nodeSkill(node: Uses, skills: Skills): ExecutableSkill | undefined {
  return skills[usedKey(node)];
}

/** The id of the skill or the workflow. */
export function usedId({ skill_id, workflow }: Uses): string {
  return workflow || skill_id;
}

/** The part of a new node that says what it runs. */
export function usesOf({ skill_id, type }: Pick<ExecutableSkill, "skill_id" | "type">): Uses {
  return type === WORKFLOW ? { skill_id: "", workflow: skill_id } : { skill_id };
}
