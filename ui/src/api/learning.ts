/** What the page asks about learning: the crons, and the drafts that they make. */

import { call, post } from "./http";
import type { Config, CronHistory, CronList, CronView, DecidedDraft, DraftList, DraftSummary, DraftView } from "./schema";

/** Follows and starts the crons. */
export interface CronsApi {
  listCrons(signal?: AbortSignal): Promise<CronList>;
  /** Starts a cron as soon as a server is free. */
  runCron(id: string): Promise<CronView>;
  cronHistory(id: string, signal?: AbortSignal): Promise<CronHistory>;
}

/** The same over HTTP, for the user of `config`. */
export function cronsApi({ user_id }: Config, base = "/api"): CronsApi {
  const query = `?${new URLSearchParams({ user_id }).toString()}`;
  const cron = (id: string, what: string) => `${base}/crons/${encodeURIComponent(id)}/${what}${query}`;
  return {
    listCrons: (signal) => call(`${base}/crons${query}`, { signal }),
    runCron: (id) => post(cron(id, "run"), {}),
    cronHistory: (id, signal) => call(cron(id, "history"), { signal }),
  };
}

/** What can be done with a draft. */
export type Decision = { action: "accept" | "reject" | "archive" } | { action: "merge"; into: string };

/** A draft as somebody saw it; one that changed since is not decided. */
export type SeenDraft = Pick<DraftSummary, "draft_id" | "volume" | "version">;

/** Reads drafts, and decides about them. */
export interface DraftsApi {
  /** All drafts of the user, also those that did not prove themselves. */
  listDrafts(signal?: AbortSignal): Promise<DraftList>;
  readDraft(draft: SeenDraft, signal?: AbortSignal): Promise<DraftView>;
  /** Keeps another text; evolution leaves it alone from then on. */
  editDraft(draft: SeenDraft, text: string): Promise<DecidedDraft>;
  decideDraft(draft: SeenDraft, decision: Decision): Promise<DecidedDraft>;
}

/** The same over HTTP, for the user of `config`. */
export function draftsApi({ user_id }: Config, base = "/api"): DraftsApi {
  const query = (more: Record<string, string>) => `?${new URLSearchParams({ user_id, ...more }).toString()}`;
  const at = (id: string) => `${base}/drafts/${encodeURIComponent(id)}`;
  return {
    listDrafts: (signal) => call(`${base}/drafts${query({ all: "true" })}`, { signal }),
    readDraft: ({ draft_id, volume }, signal) => call(`${at(draft_id)}${query({ volume })}`, { signal }),
    editDraft: ({ draft_id, volume, version }, text) =>
      call(at(draft_id), {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ user_id, volume, version, text }),
      }),
    decideDraft: ({ draft_id, volume, version }, { action, ...more }) =>
      post(`${at(draft_id)}/${action}`, { user_id, volume, version, ...more }),
  };
}
