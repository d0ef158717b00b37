import type { Session, SessionMessage } from "../api/schema";
import type { SessionsApi } from "../api/sessions";

/** A session of ana. */
export function session(id: string, about: Partial<Session> = {}): Session {
  return {
    id,
    name: `About ${id}`,
    volume: "user",
    volume_id: "ana",
    address: "user/ana",
    user_id: "ana",
    status: "active",
    state: "uncommitted",
    commit_hash: null,
    commit_volume: null,
    committed_at: null,
    message_count: 0,
    created_at: "2026-11-20T15:30:00Z",
    updated_at: "2026-11-20T15:30:00Z",
    revision: 1,
    may_talk: true,
    may_change: true,
    may_commit: true,
    ...about,
  };
}

/** Something that was said. */
export function said(number: number, role: SessionMessage["role"], content: string): SessionMessage {
  return { number, role, content, timestamp: "2026-11-20T15:30:00Z", traces: [], artifacts: [] };
}

/** Sessions in memory, each with messages that nobody adds to. */
export function fakeSessions(kept: { session: Session; messages: SessionMessage[] }[] = []): SessionsApi {
  const all = new Map(kept.map((one) => [one.session.id, one]));
  const found = (id: string) => {
    const one = all.get(id);
    if (!one) throw new Error(`no session ${id}`);
    return one;
  };
  const change = (id: string, about: Partial<Session>) => {
    const { messages, session: before } = found(id);
    all.set(id, { messages, session: { ...before, ...about } });
    return found(id).session;
  };
  return {
    listSessions: async () => [...all.values()].map((one) => one.session),
    createSession: async (_address, namedAfter) => {
      const one = session(`s${all.size + 1}`, { name: namedAfter });
      all.set(one.id, { session: one, messages: [] });
      return one;
    },
    readSession: async ({ id }, { limit, before = Infinity }) => {
      const { messages, session: head } = found(id);
      const page = messages.filter(({ number }) => number < before).slice(-limit);
      const first = page[0]?.number ?? 1;
      return { ...head, messages: page, earlier: first > 1 ? first : null, later: null };
    },
    renameSession: async ({ id }, name) => change(id, { name }),
    deleteSession: async ({ id }) => void all.delete(id),
    commitSession: async ({ id }, own) =>
      change(id, { state: "committed", commit_hash: "c0ffee00".repeat(5), commit_volume: own ? "user/ana" : found(id).session.address }),
    offeredSessions: async () => [],
    listShares: async () => [],
    shareSession: async () => {
      throw new Error("nothing is shared here");
    },
    revokeShare: async () => {},
    replaySession: async ({ id, volume, commit, after, limit }) => {
      const { messages, session: head } = found(id);
      const steps = messages.filter(({ number }) => number > after).slice(0, limit);
      const last = steps.at(-1)?.number ?? 0;
      return {
        session_id: id,
        name: head.name,
        commit,
        volume,
        message_count: messages.length,
        steps: steps.map((message) => ({ ...message, model: null, skills: [] })),
        later: last > 0 && last < messages.length ? last : null,
      };
    },
    sessionArtifacts: async ({ id }) =>
      found(id).messages.flatMap(({ number, artifacts }) =>
        artifacts.map(({ kind, name, path = null, content }) => ({ kind, name, path, bytes: content?.length ?? null, number, replaced: false })),
      ),
    chatContext: async () => ({ model: null, skills: [], message_count: 0, tokens: 0, parts: [] }),
    skillAt: async (volume, skill_id) => ({ skill_id, name: skill_id, volume, content: `# ${skill_id}\n` }),
    exportUrl: ({ id }, format) => `/api/sessions/${id}/export?format=${format}`,
  };
}
