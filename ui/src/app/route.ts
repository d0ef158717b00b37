/** What the address bar asks for. */
export type Route = { at: "new" } | { at: "workflow"; volume: string; id: string };

/** Reads `/workflows/<volume>/<id>`; everything else is a new workflow. */
export function parseRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  if (parts[0] !== "workflows" || parts.length < 3) return { at: "new" };
  const id = parts.at(-1) ?? "";
  return { at: "workflow", volume: parts.slice(1, -1).join("/"), id };
}

/** The address of a route; {@link parseRoute} reads it back. */
export function formatRoute(route: Route): string {
  if (route.at === "new") return "/";
  const parts = [...route.volume.split("/"), route.id].map(encodeURIComponent);
  return `/workflows/${parts.join("/")}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
