import type { ChatContext, GatheredArtifact, MadeShare, Session, SessionList, SessionPage, SessionReplay, Share, SkillText } from "./schema";

/** Which session: its id, the volume that it belongs to, and the team that it is read through where it is offered to one. */
export type SessionRef = Pick<Session, "id" | "volume" | "volume_id"> & { via?: string | undefined };

/** Whom a session is shared with, and for how long. */
export type ShareTerms = { team: string | null; follow: boolean; endsAt: string | null };

/** A message that is not sent: in a session, or at the beginning of one; `replaces` names the one whose place it takes. */
export type ContextQuestion = { message: string; session: SessionRef | null; replaces: number | null };

/** Where steps of a session are read: from a commit of a volume, or as it is kept now. */
export type ReplayQuery = { id: string; volume: string; commit: string | null; after: number; limit: number };

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
  /** Those that others offer to the teams of the user. */
  offeredSessions(signal?: AbortSignal): Promise<(Session & { via: string })[]>;
  listShares(ref: SessionRef, signal?: AbortSignal): Promise<Share[]>;
  shareSession(ref: SessionRef, terms: ShareTerms): Promise<MadeShare>;
  revokeShare(ref: SessionRef, shareId: string): Promise<void>;
  replaySession(query: ReplayQuery, signal?: AbortSignal): Promise<SessionReplay>;
  /** What came of one, the newest first. */
  sessionArtifacts(ref: SessionRef, signal?: AbortSignal): Promise<GatheredArtifact[]>;
  /** What would go to the model with this message. */
  chatContext(question: ContextQuestion, signal?: AbortSignal): Promise<ChatContext>;
  /** The text of a skill as it was at a commit. */
  skillAt(volume: string, id: string, commit: string, signal?: AbortSignal): Promise<SkillText>;
  /** Where a session can be taken along as one file. */
  exportUrl(ref: SessionRef, format: "markdown" | "json"): string;
}

/** How this part of the API asks the server. */
type Ask = {
  url(path: string, params?: Record<string, string | number | undefined>): string;
  get<T>(url: string, signal?: AbortSignal): Promise<T>;
  send<T>(method: "POST" | "PUT", path: string, body: object, signal?: AbortSignal): Promise<T>;
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
    async offeredSessions(signal) {
      const lists = (await teams()).teams.map(async ({ team_id }) => {
        const { sessions } = await get<SessionList>(url("/sessions/offered", { limit: 1000, team_id }), signal);
        return sessions.map((session) => ({ ...session, via: team_id }));
      });
      return (await Promise.all(lists)).flat();
    },
    listShares: async (ref, signal) =>
      (await get<{ shares: Share[] }>(url(`${at(ref)}/shares`, { team_id: teamOf(ref) }), signal)).shares,
    shareSession: (ref, { team, follow, endsAt }) =>
      send("POST", `${at(ref)}/shares`, { team_id: teamOf(ref), with_team: team, follow, ends_at: endsAt }),
    revokeShare: (ref, shareId) => remove(url(`${at(ref)}/shares/${encodeURIComponent(shareId)}`, { team_id: teamOf(ref) })),
    replaySession: ({ id, volume, commit, after, limit }, signal) => {
      const from = commit ? { commit, volume } : {};
      return get(url(`/sessions/${encodeURIComponent(id)}/replay`, { ...from, after, limit, team_id: teamOf(volume) }), signal);
    },
    sessionArtifacts: async (ref, signal) =>
      (await get<{ artifacts: GatheredArtifact[] }>(url(`${at(ref)}/artifacts`, { team_id: teamOf(ref) }), signal)).artifacts,
    chatContext: ({ message, session, replaces }, signal) =>
      send("POST", "/chat/context", { message, session_id: session?.id, team_id: session ? teamOf(session) : undefined, replaces }, signal),
    skillAt: (volume, id, commit, signal) =>
      get(url(`/skills/${encodeURIComponent(id)}`, { volume, at: commit, team_id: teamOf(volume) }), signal),
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
  if (place.via !== undefined) return place.via;
  return place.volume === "team" ? place.volume_id : undefined;
}
