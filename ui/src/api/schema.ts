/**
 * The wire shapes that this page uses, as the server and the engine send them.
 * They come from `schema.gen.ts`, which is made from the OpenAPI document; here
 * it is only said which fields an answer always has.
 */
import type { RunReport } from "../run/types";
import type * as wire from "./schema.gen";

/** A shape with every field there, but for those that are left out when empty. */
type Sent<T, LeftOut extends keyof T = never> = Required<Omit<T, LeftOut>> & {
  [Key in LeftOut]?: NonNullable<T[Key]>;
};

/** A shape with some fields in a form of their own. */
type With<T, Fields> = Omit<T, keyof Fields> & Fields;

export type { BrokenFile, Category, CategoryList, Diagnostic, Severity } from "./schema.gen";

/** One event of an answer of the chat. */
export type ChatEvent =
  | Exclude<wire.ChatEvent, { type: "skills" | "proposal" | "usage" | "call" | "subagent" | "edit" }>
  | { type: "call"; call: ChatCall }
  | { type: "subagent"; subagent: ChatSubagent }
  | { type: "edit"; edit: ChatEdit }
  | { type: "skills"; skills: ChatSkill[] }
  | { type: "proposal"; proposal: ChatProposal }
  | { type: "usage"; usage: ChatUsage };

/** A skill that went along with a message. */
export type ChatSkill = Sent<wire.ChatSkill>;

/** A workflow that was proposed. */
export type ChatProposal = With<Sent<wire.ChatProposal, "volume">, { workflow: WorkflowDoc }>;

/** A call of an outside tool that waits for the person. */
export type ChatAsk = wire.ChatAsk;

/** What came of such a question. */
export type ChatDecision = wire.ChatDecision;

/** A call of a tool by the model; without a state it goes on. */
export type ChatCall = Sent<wire.ChatCall, "subagent" | "state">;

/** A model that works on a part of an answer. */
export type ChatSubagent = With<Sent<wire.ChatSubagentView>, { skills: ChatSkill[] }>;

/** An edit of a skill that was proposed. */
export type ChatEdit = Sent<wire.ChatEdit, "base_version" | "copy_of">;

/** What a message took of what it may take. */
export type ChatBudget = wire.ChatBudget;

/** What an answer took. */
export type ChatUsage = With<Sent<wire.ChatUsage>, { cost_usd: number | null }>;

/** What is asked; who asks is added on the way. */
export type ChatQuestion = Pick<wire.ChatRequest, "message" | "history"> &
  Partial<Pick<wire.ChatRequest, "include_skills" | "max_skills" | "session_id" | "message_key" | "team_id" | "replaces">>;

/** A session without its messages. */
export type Session = Sent<wire.SessionView>;

/** Answer of `GET /sessions`. */
export type SessionList = With<wire.SessionList, { sessions: Session[] }>;

/** A thing that came of a session. */
export type SessionArtifact = With<Sent<wire.SessionArtifact, "path" | "content" | "workflow" | "blob">, { workflow?: WorkflowDoc }>;

/** A message of a session. */
export type SessionMessage = With<Sent<wire.SessionMessage, "replaces" | "replaced">, { artifacts: SessionArtifact[] }>;

/** An artifact, and the message that made it last. */
export type GatheredArtifact = Sent<wire.GatheredArtifact>;

/** What would go to the model with a message. */
export type ChatContext = With<Sent<wire.ChatContext>, { skills: ChatSkill[] }>;

/** A share of a session. */
export type Share = Sent<wire.ShareView>;

/** A share that was made now; the token of a link is told this once. */
export type MadeShare = Sent<wire.MadeShare, "token" | "link">;

/** A session as whoever has a link sees it. */
export type SharedSession = With<Sent<wire.SharedSession>, { messages: SessionMessage[] }>;

/** A message of a session with what went along with it. */
export type ReplayStep = SessionMessage & { model: string | null; skills: ReplaySkill[] };

/** A skill as it was when it went along with a message. */
export type ReplaySkill = With<Sent<wire.ReplaySkill>, { found: Sent<wire.ReplayPlace> | null }>;

/** What of a skill is read to show its text. */
export type SkillText = Pick<wire.SkillView, "skill_id" | "name" | "volume" | "content">;

/** A session step by step. */
export type SessionReplay = With<Sent<wire.SessionReplay>, { steps: ReplayStep[] }>;

/** Answer of `GET /sessions/{id}`. */
export type SessionPage = Session & { messages: SessionMessage[]; earlier: number | null; later: number | null };

/** A file of a volume that lies outside of Git. */
export type BlobFile = Sent<wire.BlobFile, "kept_at">;

/** Answer of `GET /blobs`. */
export type BlobList = With<wire.BlobList, { blobs: BlobFile[] }>;

/** Where a file of some name would stand. */
export type BlobPlace = wire.BlobPlaceView;

/** A file that was uploaded. */
export type UploadedBlob = Sent<wire.UploadedBlob, "path" | "commit">;

/** Which model is connected. */
export type ModelSettings = Sent<wire.ModelSettingsView>;

/** A choice of a model; the key goes one way only. */
export type ChosenModel = Omit<wire.SetModel, "user_id">;

/** An input or output of an executable skill. */
export type Port = Sent<wire.Port, "default">;

/** An executable skill; `code` is left out of lists. */
export type ExecutableSkill = With<
  Sent<wire.ExecutableSkill, "code" | "release">,
  { inputs: Port[]; outputs: Port[] }
>;

/** A skill with its code, ready to run. */
export type RunnableSkill = ExecutableSkill & { code: string };

/** Answer of `GET /workflows/skills/executable`. */
export type ExecutableList = With<wire.ExecutableList, { skills: ExecutableSkill[] }>;

/** Answer of `GET /skills`, as far as the page reads it. */
export type SkillList = Pick<wire.SkillList, "broken">;

/** A place on the canvas. */
export type Position = wire.PositionDoc;

/** A port of a node. */
export type PortRef = wire.PortRefDoc;

/** From an output to an input. */
export type EdgeDoc = wire.EdgeDoc;

/** One step of a workflow. */
export type NodeDoc = Omit<Sent<wire.NodeDoc, "name" | "timeout_ms" | "retries" | "position">, "memory_mb" | "workflow"> & {
  memory_mb?: number;
  workflow?: string;
};

/** A workflow: nodes, each a skill with input values, and edges. */
export type WorkflowDoc = With<
  Sent<wire.WorkflowDoc, "version" | "author" | "body">,
  { nodes: NodeDoc[]; edges: EdgeDoc[]; interface?: InterfaceDoc }
>;

/** A port of a workflow as a node, and the port inside that is behind it. */
export type OuterPortDoc = PortRef & { name: string };

/** The ports of a workflow as a node of another one. */
export type InterfaceDoc = { inputs: OuterPortDoc[]; outputs: OuterPortDoc[] };

/** A workflow in a list. */
export type WorkflowSummary = wire.WorkflowSummary;

/** Answer of `GET /workflows`. */
export type WorkflowList = wire.WorkflowList;

/** Answer of `GET /workflows/{id}`. */
export type WorkflowView = With<wire.WorkflowView, { workflow: WorkflowDoc }>;

/** Answer of `POST /workflows/save`. */
export type SavedWorkflow = With<wire.SavedWorkflow, { workflow?: WorkflowDoc; merged?: MergedView }> & { version: string };

/** What a save was brought together with. */
export type MergedView = Sent<wire.MergedView, "author">;

/** Something that two people changed in ways that do not fit together. */
export type Conflict = Sent<wire.Conflict, "base" | "mine" | "theirs" | "node">;

/** Whose version of a conflict to take. */
export type Take = wire.Take;

/** One commit, as the history of a file tells it. */
export type CommitView = Sent<wire.CommitView, "signature" | "words" | "version">;

/** Answer of `GET /volumes/history`. */
export type FileHistory = With<wire.History, { commits: CommitView[] }>;

/** One thing that differs between two versions of a skill or workflow. */
export type Change = wire.Change;

/** A run of lines that changed, with the lines around it. */
export type Hunk = wire.Hunk;

/** What differs in one file. */
export type FileDiff = wire.FileDiff;

/** Answer of `GET /volumes/diff`. */
export type DiffView = wire.DiffView;

/** Answer of `POST /volumes/restore`. */
export type Restored = wire.Restored;

/** Answer of `POST /workflows/execute`. */
export type ReadyWorkflow = With<
  wire.ReadyWorkflow,
  { payload: { workflow: WorkflowDoc; skills: Record<string, RunnableSkill> } }
>;

/** Answer of `POST /traces`. */
export type SavedTrace = wire.SavedTrace;

/** A trace in a list. */
export type TraceSummary = wire.TraceSummary;

/** Answer of `GET /traces`. */
export type TraceList = wire.TraceList;

/** Answer of `GET /traces/{id}`. */
export type TraceView = With<wire.TraceView, { run: With<RunReport, { workflow: WorkflowDoc }> }>;

/** Answer of `GET /config`. */
export type Config = wire.Config;

/** A cron: when it is due, how far it is, how it ended. */
export type CronView = With<Sent<wire.CronView>, { last: CronRun | null; progress: wire.CronProgress | null }>;

/** A run of a cron. */
export type CronRun = Sent<wire.CronRun>;

/** Answer of `GET /crons`. */
export type CronList = With<wire.CronList, { crons: CronView[] }>;

/** Answer of `GET /crons/{id}/history`. */
export type CronHistory = With<wire.CronHistory, { runs: CronRun[] }>;

/** A draft in a list. */
export type DraftSummary = wire.DraftSummary;

/** How a task went before and after its skill was there. */
export type Gain = wire.Gain;

/** A draft with its text. */
export type DraftView = wire.DraftView;

/** What a decision on a draft did. */
export type DecidedDraft = wire.DecidedDraft;

/** Answer of `GET /drafts`. */
export type DraftList = wire.DraftList;
/** Answer of `GET /teams`. */
export type TeamList = wire.TeamList;

/** Answer of `GET /skills/{id}`. */
export type SkillView = wire.SkillView;

/** Answer of a change to a skill. */
export type SavedSkill = wire.SavedSkill;

/** A proposal in a list. */
export type ProposalSummary = wire.ProposalSummary;

/** Answer of `GET /proposals`. */
export type ProposalList = wire.ProposalList;

/** What is different in a file. */
export type ProposedFile = wire.ProposedFile;

/** Answer of `GET /proposals/{id}`. */
export type ProposalView = With<wire.ProposalView, { example?: RunnableSkill }>;

/** Answer of a decision about a proposal. */
export type DecidedProposal = wire.DecidedProposal;

/** One finding about a workflow. */
export type Finding = Sent<wire.Finding, "node" | "port" | "path">;

/** A refusal that the server explains (`application/problem+json`). */
export type Problem = With<
  Sent<wire.Problem, "findings" | "diagnostics" | "current_version" | "base_version" | "conflicts">,
  { findings?: Finding[]; conflicts?: Conflict[] }
>;
