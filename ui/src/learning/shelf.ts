/** Where a draft lies: it waits for a decision, became a skill, or was put away. */
export type Shelf = "waiting" | "learned" | "away";

export function shelfOf(status: string): Shelf {
  if (status === "accepted" || status === "merged") return "learned";
  return status === "rejected" || status === "archived" ? "away" : "waiting";
}
