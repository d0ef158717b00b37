import type { Session, SessionList, SessionPage } from "./schema";

/** Which session: its id, and the volume that it belongs to. */
export type SessionRef = Pick<Session, "id" | "volume" | "volume_id">;

/** Which messages: the newest, or the nearest before one of them. */
export type MessageQuery = { limit: number; before?: number };

/** Keeps conversations. */
export interface SessionsApi {
  /** Those of the user, of the system and of every team that the user is in. */
  listSessions(signal?: AbortSignal): Promise<Session[]>;
  /** Begins one in a volume, named after what will be said first. */
  createSession(address: string, namedAfter: string): Promise<Session>;
  readSession(ref: SessionRef, query: MessageQuery, signal?: AbortSignal): Promise<SessionPage>;
  renameSession(ref: SessionRef, name: string): Promise<Session>;
  deleteSession(ref: SessionRef): Promise<void>;
  /** Keeps one in its volume, or in the user's own. */
  commitSession(ref: SessionRef, own: boolean): Promise<Session>;
  /** Where a session can be taken along as one file. */
  exportUrl(ref: SessionRef, format: "markdown" | "json"): string;
}

/** How this part of the API asks the server. */
type Ask = {
  url(path: string, params?: Record<string, string | number | undefined>): string;
  get<T>(url: string, signal?: AbortSignal): Promise<T>;
  send<T>(method: "POST" | "PUT", path: string, body: object): Promise<T>;
  remove(url: string): Promise<void>;
  teams(): Promise<{ teams: { team_id: string }[] }>;
};

/** The part of the API that is about sessions, over HTTP. */
export function httpSessions({ url, get, send, remove, teams }: Ask): SessionsApi {
  const at = ({ id }: SessionRef) => `/sessions/${encodeURIComponent(id)}`;
  return {
    async listSessions(signal) {
      const of = (params: Record<string, string | number>) =>
        get<SessionList>(url("/sessions", { limit: 1000, ...params }), signal);
      const shared = (await teams()).teams.map(({ team_id }) => of({ volume: "team", volume_id: team_id }));
      const lists = await Promise.all([of({}), ...shared]);
      return lists.flatMap(({ sessions }) => sessions);
    },
    createSession: (address, named_after) =>
      send("POST", "/sessions", { volume: address, team_id: teamOf(address), named_after }),
    readSession: (ref, query, signal) => get(url(at(ref), { ...query, team_id: teamOf(ref) }), signal),
    renameSession: (ref, name) => send("PUT", at(ref), { name, team_id: teamOf(ref) }),
    deleteSession: (ref) => remove(url(at(ref), { team_id: teamOf(ref) })),
    commitSession: (ref, own) =>
      send("POST", `${at(ref)}/commit`, { team_id: teamOf(ref), ...(own && { volume: "user" }) }),
    exportUrl: (ref, format) => url(`${at(ref)}/export`, { format, team_id: teamOf(ref) }),
  };
}

/** The team that a session belongs to: whoever asks for it names the team. */
export function teamOf(place: SessionRef | string): string | undefined {
  if (typeof place === "string") return place.startsWith("team/") ? place.slice("team/".length) : undefined;
  return place.volume === "team" ? place.volume_id : undefined;
}
