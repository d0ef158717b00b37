import type { RunReport } from "../run/types";
import type { BlobsApi } from "./blobs";
import type { ReviewApi } from "./review";
import type { SessionsApi } from "./sessions";
import type {
  BrokenFile,
  Category,
  ChatEdit,
  ChatEvent,
  ChatQuestion,
  ChosenModel,
  Config,
  DiffView,
  ExecutableList,
  ExecutableSkill,
  FileHistory,
  ModelSettings,
  Problem,
  ReadyWorkflow,
  Restored,
  SavedSkill,
  SavedTrace,
  SavedWorkflow,
  Take,
  TraceList,
  TraceView,
  WorkflowDoc,
  WorkflowList,
  WorkflowView,
} from "./schema";

/** Which executable skills are wanted. */
export type SkillQuery = { q?: string; category?: string; limit?: number; offset?: number };

/** A change to a workflow in the user's own volume. */
export type SaveRequest = {
  workflow: WorkflowDoc;
  /** The version that the change rests on; `null` when the file must not exist yet. */
  baseVersion: string | null;
  /** Whose side to take where the change collides with another one, by the key of each conflict. */
  choices?: Record<string, Take>;
};

/** Which commits of a file are wanted: the newest, or those from one on. */
export type HistoryQuery = { volume: string; path: string; limit?: number; from?: string };

/** The file, and the commit whose change of it is wanted. */
export type CompareQuery = { volume: string; path: string; to: string };

/** A file that is to be as it was at a commit; `version` is the one that must still be there. */
export type RestoreRequest = { volume: string; path: string; to: string; version: string };

/** Looks at earlier versions of files, and brings them back. */
export interface VersionsApi {
  listVersions(query: HistoryQuery, signal?: AbortSignal): Promise<FileHistory>;
  /** Reads a workflow as it was at a commit. */
  readWorkflowAt(volume: string, id: string, at: string, signal?: AbortSignal): Promise<WorkflowView>;
  restoreFile(request: RestoreRequest): Promise<Restored>;
  /** Finds the file of a skill in a volume. */
  skillFile(volume: string, id: string, signal?: AbortSignal): Promise<string>;
  /** Says what a commit changed in a file. */
  compareFile(query: CompareQuery, signal?: AbortSignal): Promise<DiffView>;
}

/** Reads the executable skills that feed the node library. */
export interface SkillsApi {
  listExecutable(query: SkillQuery, signal?: AbortSignal): Promise<ExecutableList>;
  readExecutable(id: string, signal?: AbortSignal): Promise<ExecutableSkill>;
  categories(signal?: AbortSignal): Promise<Category[]>;
  /** The files that are meant to be skills and are none as they stand. */
  brokenSkills(signal?: AbortSignal): Promise<readonly BrokenFile[]>;
}

/** Reads, keeps and prepares workflows. */
export interface WorkflowsApi {
  listWorkflows(signal?: AbortSignal): Promise<WorkflowList>;
  readWorkflow(volume: string, id: string, signal?: AbortSignal): Promise<WorkflowView>;
  saveWorkflow(request: SaveRequest): Promise<SavedWorkflow>;
  prepareRun(workflow: WorkflowDoc, signal?: AbortSignal): Promise<ReadyWorkflow>;
}

/** Which traces are wanted: newest first, or those before one of them. */
export type TraceQuery = { limit?: number; before?: string };

/** Keeps what runs leave behind, and finds it again. */
export interface TracesApi {
  keepTrace(run: RunReport): Promise<SavedTrace>;
  listTraces(query: TraceQuery, signal?: AbortSignal): Promise<TraceList>;
  readTrace(id: string, signal?: AbortSignal): Promise<TraceView>;
  /** Makes the workflow of a trace ready to run again, with the very skills it ran with. */
  prepareReplay(traceId: string, signal?: AbortSignal): Promise<ReadyWorkflow>;
}

/** Talks about skills, with a model or without. */
export interface ChatApi {
  /** Gives the events of an answer as they come; aborting stops the model. */
  chat(asked: ChatQuestion, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** Allows or declines one call of an outside tool. */
  decideAsk(askId: string, allow: boolean): Promise<unknown>;
  /** Keeps whether an answer helped. */
  judge(traceId: string, feedback: "good" | "bad" | null): Promise<unknown>;
  /** Saves an edit that was proposed, as any other change of a skill. */
  acceptEdit(edit: ChatEdit): Promise<Pick<SavedSkill, "commit">>;
  modelSettings(signal?: AbortSignal): Promise<ModelSettings>;
  setModel(chosen: ChosenModel): Promise<ModelSettings>;
  clearModel(): Promise<ModelSettings>;
}

/** Everything the page asks of LLMos-Lite, wherever it runs. */
export interface LlmosApi extends SkillsApi, WorkflowsApi, TracesApi, VersionsApi, ReviewApi, ChatApi, SessionsApi, BlobsApi {
  readonly config: Config;
}

/** A refusal that the other side explained. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Nobody answered, or not in a form that can be read. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  readonly hint = "Check that `llmos serve` is running, then try again";
}

/** What to show of anything that was thrown. */
export function explain(error: unknown): { message: string; hint: string | null } {
  if (error instanceof ApiError) {
    return { message: error.problem.detail, hint: error.problem.hint };
  }
  if (error instanceof UnreachableError) return { message: error.message, hint: error.hint };
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? error.hint : null;
  return { message: error instanceof Error ? error.message : String(error), hint };
}
