import type { Position } from "../api/schema";

/** What other parts of the page may ask of the canvas. */
export type CanvasHandle = {
  /** The middle of what is in view, in canvas units. */
  centre(): Position;
  /** Brings a node into view and gives it the focus. */
  show(node: string): void;
  /** Gives places to the nodes of a workflow that came without, then shows its start. */
  begin(): void;
  /** Brings everything into view, or the start of a workflow that is too large for that. */
  showStart(): void;
  /** Brings everything into view. */
  fit(): void;
  /** The middle of the canvas in pixels of the window. */
  middle(): Position;
};

/** Holds the handle while a canvas is on screen. */
export type CanvasSlot = {
  handle: CanvasHandle | undefined;
  /** Opens the search for a node at the pointer. Answers no when it is elsewhere, unless it is wanted anyway. */
  quickAdd?: ((anyway: boolean) => boolean) | undefined;
};
