import { ApiError, type LlmosApi, UnreachableError } from "./api";
import { httpBlobs } from "./blobs";
import { jsonBody } from "./body";
import { httpReview } from "./review";
import { httpSessions } from "./sessions";
import { followVolumes } from "./changes";
import { eventData } from "./eventData";
import { problemOf } from "./problem";
import type { CategoryList, ChatEvent, Config, SavedTrace, SkillList, SkillView } from "./schema";
import { upload } from "./upload";

type Params = Record<string, string | number | undefined>;

/** Reads the configuration and gives the API of the server at `base`. */
export async function connect(base = "/api"): Promise<LlmosApi> {
  const config = await call<Config>(`${base}/config`);
  followVolumes(`${base}/events${queryOf({ user_id: config.user_id })}`);
  return httpApi(base, config);
}

/** The API over HTTP, acting for the user of `config`. */
export function httpApi(base: string, config: Config): LlmosApi {
  const user_id = config.user_id;
  const url = (path: string, params: Params = {}) => `${base}${path}${queryOf({ user_id, ...params })}`;
  const send = <T>(path: string, body: object, signal?: AbortSignal) => post<T>(`${base}${path}`, { user_id, ...body }, signal);

  return {
    config,
    ...httpReview({ get: (path, params, signal) => call(url(path, params), { signal }), post: send }),
    ...httpSessions({
      url,
      get: (address, signal) => call(address, { signal }),
      send: (method, path, body, signal) => put(method, `${base}${path}`, { user_id, ...body }, signal),
      remove: async (address) => void (await ask(address, { method: "DELETE" })),
      teams: () => call(url("/teams")),
    }),
    ...httpBlobs({
      url,
      get: (address, signal) => call(address, { signal }),
      bytes: async (address, headers, signal) => new Uint8Array(await (await ask(address, { headers, signal })).arrayBuffer()),
      remove: async (address) => void (await ask(address, { method: "DELETE" })),
      upload,
    }),
    listExecutable: (query, signal) => call(url("/workflows/skills/executable", query), { signal }),
    readExecutable: (id, signal) =>
      call(url(`/workflows/skills/executable/${encodeURIComponent(id)}`), { signal }),
    categories: async (signal) =>
      (await call<CategoryList>(url("/workflows/categories"), { signal })).categories,
    brokenSkills: async (signal) => (await call<SkillList>(url("/skills", { limit: 1 }), { signal })).broken ?? [],
    listWorkflows: (signal) => call(url("/workflows", { limit: 1000 }), { signal }),
    readWorkflow: (volume, id, signal) =>
      call(url(`/workflows/${encodeURIComponent(id)}`, { volume }), { signal }),
    readWorkflowAt: (volume, id, at, signal) =>
      call(url(`/workflows/${encodeURIComponent(id)}`, { volume, at }), { signal }),
    saveWorkflow: ({ workflow, baseVersion, choices }) =>
      send("/workflows/save", { workflow, base_version: baseVersion, ...(choices && { choices }) }),
    listVersions: (query, signal) => call(url("/volumes/history", { ...query, words: "true" }), { signal }),
    skillFile: async (volume, id, signal) =>
      (await call<SkillView>(url(`/skills/${encodeURIComponent(id)}`, { volume }), { signal })).path,
    compareFile: (query, signal) => call(url("/volumes/diff", query), { signal }),
    restoreFile: ({ version, ...asked }) =>
      call(`${base}/volumes/restore`, {
        method: "POST",
        headers: { "content-type": "application/json", "if-match": `"${version}"` },
        body: JSON.stringify({ user_id, ...asked }),
      }),
    prepareRun: (workflow, signal) => send("/workflows/execute", { workflow }, signal),
    prepareReplay: (trace_id, signal) => send("/workflows/execute", { trace_id }, signal),
    chat: (asked, signal) => events(`${base}/chat/stream`, { user_id, ...asked }, signal),
    decideAsk: (id, allow) => send(`/chat/asks/${encodeURIComponent(id)}`, { allow }),
    judge: (id, feedback) => send(`/traces/${encodeURIComponent(id)}/feedback`, { feedback }),
    acceptEdit: ({ skill_id, volume, base_version, source }) => {
      const team = volume.startsWith("team/") ? { team_id: volume.slice("team/".length) } : {};
      const body = { user_id, volume, source, ...team };
      return base_version
        ? put("PUT", `${base}/skills/${encodeURIComponent(skill_id)}`, { ...body, base_version })
        : put("POST", `${base}/skills`, { ...body, skill_id });
    },
    modelSettings: (signal) => call(url("/models/settings"), { signal }),
    setModel: (chosen) =>
      call(`${base}/models/settings`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ user_id, ...chosen }),
      }),
    clearModel: () => call(url("/models/settings"), { method: "DELETE" }),
    listTraces: (query, signal) => call(url("/traces", query), { signal }),
    readTrace: (id, signal) => call(url(`/traces/${encodeURIComponent(id)}`), { signal }),
    // A trace may be large: its body is made in slices.
    keepTrace: async (run) =>
      call<SavedTrace>(`${base}/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: await jsonBody({ user_id, run }),
      }),
  };
}

/** Sends a body of JSON. */
export function post<T>(url: string, body: object, signal?: AbortSignal): Promise<T> {
  return call<T>(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

function put<T>(method: "POST" | "PUT", url: string, body: object, signal?: AbortSignal): Promise<T> {
  return call<T>(url, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });
}

function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

type CallInit = Omit<RequestInit, "signal"> & { signal?: AbortSignal | undefined };

/** Asks once; a refusal becomes an {@link ApiError}. */
export async function call<T>(url: string, init: CallInit = {}): Promise<T> {
  return (await (await ask(url, init)).json()) as T;
}

async function ask(url: string, { signal, ...init }: CallInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      headers: { accept: "application/json", ...init.headers },
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError("LLMos-Lite did not answer");
  }
  if (response.ok) return response;
  throw new ApiError(await problemOf(response));
}

/** Posts JSON, and gives the events of the answer as they come. */
async function* events(url: string, body: object, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const response = await ask(url, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.body) throw new UnreachableError("LLMos-Lite sent no answer");
  for await (const data of eventData(response.body)) yield JSON.parse(data) as ChatEvent;
}
