/** A rectangle in pixels. */
export type Box = { x: number; y: number; width: number; height: number };
type Size = { width: number; height: number };

/** The corners that hold nothing else; the tools are at the bottom left. */
const CORNERS = ["bottom-right", "top-right", "top-left"] as const;
export type Corner = (typeof CORNERS)[number];

/** The first corner of a view where nothing lies; none where all of it is in view, which needs no map. */
export function freeCorner(boxes: readonly Box[], view: Size, size: Size): Corner | undefined {
  const inView = (box: Box) => box.x >= 0 && box.y >= 0 && box.x + box.width <= view.width && box.y + box.height <= view.height;
  if (view.width < 3 * size.width || boxes.every(inView)) return undefined;
  return CORNERS.find((corner) => {
    const place = {
      x: corner.endsWith("right") ? view.width - size.width : 0,
      y: corner.startsWith("bottom") ? view.height - size.height : 0,
      ...size,
    };
    return !boxes.some((box) => overlap(box, place));
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
