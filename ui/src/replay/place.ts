import type { SessionRef } from "../api/sessions";
import type { PageRoute } from "../app/route";
import type { Session } from "../api/schema";

/** Which session, from which commit, and at which step: what stands in the address. */
export type ReplayPlace = {
  /** The volume of the commit; where it is shown as it is kept now, that of the session or of the team that reads it. */
  volume: string;
  id: string;
  commit: string | null;
  /** From 1. */
  step: number;
};

/** How the address says that a session is shown as it is kept now. */
const NOW = "now";

/** Reads `<kind>/<name>/<session>/<commit or now>/<step>`; `null` where no session is named. */
export function parsePlace(rest: readonly string[]): ReplayPlace | null {
  const [kind, name, id, at = NOW, step = "1"] = rest;
  if (!kind || !name || !id) return null;
  const volume = kind === "system" ? kind : `${kind}/${name}`;
  return { volume, id, commit: at === NOW ? null : at, step: Math.max(1, Number.parseInt(step, 10) || 1) };
}

/** The address of a place; {@link parsePlace} reads it back. */
export function placeRoute({ volume, id, commit, step }: ReplayPlace): PageRoute {
  const [kind = "", name = "default"] = volume.split("/");
  return { at: "page", page: "replay", rest: [kind, name, id, commit ?? NOW, String(step)] };
}

/** Where a session is gone through: from its commit where all of it is in one, and otherwise as it is kept now. */
export function replayRoute(session: Session & Pick<SessionRef, "via">): PageRoute {
  const { id, state, commit_hash, commit_volume, address, via } = session;
  if (via !== undefined) return placeRoute({ volume: `team/${via}`, id, commit: null, step: 1 });
  const committed = state === "committed" && commit_hash !== null && commit_volume !== null;
  return placeRoute(committed ? { volume: commit_volume, id, commit: commit_hash, step: 1 } : { volume: address, id, commit: null, step: 1 });
}
