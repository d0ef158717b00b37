/** The pages beside the canvas, by the first part of their address. */
export const PAGE_IDS = ["review", "learning", "replay", "files"] as const;

/** Which page. */
export type PageId = (typeof PAGE_IDS)[number];

/** A workflow on the canvas: a stored one, or a new one. */
export type CanvasRoute = { at: "new" } | { at: "workflow"; volume: string; id: string };

/** A page, and what of it: the further parts of its address. */
export type PageRoute = { at: "page"; page: PageId; rest: readonly string[] };

/** What the address bar asks for. */
export type Route = CanvasRoute | PageRoute;

/** Reads `/workflows/<volume>/<id>` and `/<page>/…`; everything else is a new workflow. */
export function parseRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  const page = PAGE_IDS.find((id) => id === parts[0]);
  if (page) return { at: "page", page, rest: parts.slice(1) };
  if (parts[0] !== "workflows" || parts.length < 3) return { at: "new" };
  const id = parts.at(-1) ?? "";
  return { at: "workflow", volume: parts.slice(1, -1).join("/"), id };
}

/** The address of a route; {@link parseRoute} reads it back. */
export function formatRoute(route: Route): string {
  if (route.at === "new") return "/";
  const parts = route.at === "page" ? [route.page, ...route.rest] : ["workflows", ...route.volume.split("/"), route.id];
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
