import type { Coverage } from '../domain/coverage.js';
import type { SerializedError } from '../domain/errors.js';
import type { QueryResult } from '../domain/package.js';
import type { Segment, WindowSpan } from '../domain/segment.js';
import type {
  Attempt,
  SourceType,
  TaskRecord,
  TaskSpec,
  TaskStatus,
  TaskType,
  TranslationRecord,
} from '../domain/task.js';
import type { Accuracy, AudioInfo } from '../domain/transcript.js';
import type { MemoryEntry, MemoryKey, NewMemoryEntry, RecalledTranslation } from '../domain/translation-memory.js';

/** Proof that a worker owns a task: writes with an older fencing number are refused with `LEASE_LOST`. */
export interface Lease {
  readonly taskId: string;
  readonly owner: string;
  readonly fencing: number;
}

export interface ClaimedTask {
  readonly task: TaskRecord;
  readonly lease: Lease;
}

/** Facts about a task that become known while it runs. */
export interface TaskFacts {
  readonly detectedLanguage?: string;
  readonly accuracy?: Accuracy;
  readonly coverage?: Coverage;
  readonly audio?: AudioInfo;
  readonly audioDuration?: number;
  readonly models?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  readonly progress?: number;
}

/** A finished piece of a stage: what it was computed from (fingerprint) and its result, as JSON. */
export interface Checkpoint {
  readonly stage: string;
  /** Name of the piece inside the stage, e.g. a window index or a language. */
  readonly piece: string;
  /** Hash of input and options; a checkpoint with another fingerprint is not used. */
  readonly fingerprint: string;
  readonly result: unknown;
}

/** A window's segments, stored as one step together with its checkpoint. */
export interface WindowResult {
  readonly window: WindowSpan;
  readonly segments: readonly Segment[];
}

export interface TaskFilter {
  readonly ids?: readonly string[];
  readonly status?: TaskStatus | readonly TaskStatus[];
  readonly type?: TaskType;
  readonly textId?: string;
  readonly limit?: number;
  readonly offset?: number;
  /** By submission, newest first, is the default; `ended` is by end, the last ended first, and holds ended tasks only. */
  readonly order?: 'newest' | 'oldest' | 'ended';
}

/** Without `taskId`, only completed tasks count and of each text id, language and source only the newest completed content. */
export interface TranslationFilter {
  /** Contents of this task alone, in whatever state it is. */
  readonly taskId?: string;
  readonly textId?: string;
  readonly language?: string;
  readonly source?: SourceType;
  /** Case-insensitive piece of the content. */
  readonly contains?: string;
  readonly limit?: number;
  readonly offset?: number;
}

export interface ContentKeyQuery {
  readonly language: string;
  readonly textId: string;
  readonly source: SourceType;
}

export interface SubmittedTask {
  readonly id: string;
  /** False when a task with the same idempotency key was there already. */
  readonly created: boolean;
  readonly status: TaskStatus;
}

/** Which pending task a claim may take. */
export interface ClaimOptions {
  /** Only these tasks. */
  readonly ids?: readonly string[];
  /** Only members of this selection (see {@link TaskStore.select}). */
  readonly selection?: string;
  /** Only tasks of at most this cost, seconds. */
  readonly maxCost?: number;
  /** Only tasks of this type. */
  readonly type?: TaskType;
  /**
   * Models that are loaded: among the first tasks of the best one's priority, one that needs no other model goes first, as long as
   * the best one has waited less than a minute.
   */
  readonly preferModels?: readonly string[];
}

/** Why a running task goes back to `pending`. */
export interface PutBack {
  /** Milliseconds before it may be claimed again. */
  readonly afterMs: number;
  /** What is counted: a retry after a failure that may pass, a death of the engine host by this task, or an unexplained loss of it. */
  readonly counts: 'retry' | 'crash' | 'loss';
}

/** A member of a selection that has ended; `task` is null when it was deleted. */
export interface SettledTask {
  readonly id: string;
  readonly task: TaskRecord | null;
}

/** What {@link TaskStore.prune} may delete: ended tasks only (completed, failed, cancelled). */
export interface PruneFilter {
  /** Of the tasks that match, the newest ended ones that stay. Defaults to 0. */
  readonly keep?: number;
  /** Only tasks that ended this many milliseconds ago or earlier. */
  readonly olderThanMs?: number;
  readonly status?: TaskStatus | readonly TaskStatus[];
  /** At most this many in one call. */
  readonly limit: number;
  /** Only answers which tasks it would delete, e.g. to delete their outputs first. Defaults to false. */
  readonly dryRun?: boolean;
}

export interface PrunedTask {
  readonly id: string;
  /** Files that were written for it; they are still there. */
  readonly outputs: readonly string[];
}

/** Numbers over the tasks of a store. Durations in seconds. */
export interface StoreStats {
  readonly tasks: {
    readonly total: number;
    readonly byStatus: Readonly<Record<TaskStatus, number>>;
    readonly byType: Readonly<Record<TaskType, number>>;
  };
  /** Of completed tasks. */
  readonly completed: {
    readonly processingSeconds: number;
    readonly audioSeconds: number;
    /** Processing time ÷ audio time over all completed audio tasks; null without any. */
    readonly realTimeFactor: number | null;
    /** Nearest-rank percentiles over the 10,000 tasks completed last; null without any. */
    readonly processing: { readonly p50: number; readonly p95: number; readonly max: number } | null;
    /** From submit to end, of the same tasks. */
    readonly turnaround: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  };
  /** Failed tasks by error code, the most frequent first. */
  readonly failures: ReadonlyArray<{ readonly code: string; readonly tasks: number }>;
  /** Retries, crashes and lost owners over all tasks. */
  readonly retries: number;
  readonly crashes: number;
  readonly losses: number;
  /** Of the translation memory, whatever tasks the numbers are of. */
  readonly memory: MemoryStats;
}

export interface MemoryStats {
  /** Translated sentences that it holds. */
  readonly entries: number;
  /** How often it gave one back, over the life of the store. */
  readonly reused: number;
  /** How many had to go because it was full, over the life of the store. */
  readonly evicted: number;
}

export interface StatsFilter {
  /** Only tasks created at this time (ISO 8601) or later. */
  readonly since?: string;
}

/** What became of translations that were to be remembered. */
export interface Remembered {
  readonly added: number;
  /** Of keys that were there already; the newer translation stays. */
  readonly replaced: number;
  /** Entries that had to go for them, see {@link TaskStore.rememberTranslations}. */
  readonly evicted: number;
}

/** A page of the translation memory. */
export interface MemoryFilter {
  readonly source?: string;
  readonly target?: string;
  readonly model?: string;
  /** Only what follows the page that gave this number as its `next`. Defaults to the beginning. */
  readonly after?: number;
  readonly limit: number;
}

export interface MemoryPage {
  /** In the order in which their keys were first remembered. */
  readonly entries: readonly MemoryEntry[];
  /** For the next page; null when this is the last. */
  readonly next: number | null;
}

/** Entries of one model for one pair of languages. */
export interface MemoryGroup {
  readonly source: string;
  readonly target: string;
  readonly model: string;
  readonly entries: number;
  /** Of their texts and translations, as UTF-8. */
  readonly bytes: number;
}

/** What the translation memory holds, and how much it may. */
export interface MemoryUsage {
  /** Most entries. */
  readonly limit: number;
  /** By pair of languages, then by model; the codes in their order. */
  readonly groups: readonly MemoryGroup[];
}

/** Which entries of the translation memory may go: the longest unused first. */
export interface MemoryPrune {
  /** Of the entries that match, those used last that stay. Defaults to 0. */
  readonly keep?: number;
  /** Only entries that were last used this many milliseconds ago or earlier. */
  readonly olderThanMs?: number;
  /** Only entries of this model. */
  readonly model?: string;
  /** At most this many in one call. */
  readonly limit: number;
  /** Only answers how many would go. Defaults to false. */
  readonly dryRun?: boolean;
}

/**
 * Durable home of tasks. Promise-based and shaped for several processes on one store: work is claimed
 * under a lease with a fencing number, a heartbeat extends it, every write of a running task carries the lease.
 * An acknowledged `submit` survives power loss. One conformance suite (test/store/conformance.ts) holds every implementation.
 */
export interface TaskStore {
  /**
   * Stores tasks in one transaction; answers in order. Idempotent by `idempotencyKey` among tasks that are not failed or
   * cancelled. Rejects with `INVALID_ARGUMENT`, and stores none, when one of them cannot be stored exactly as it is
   * (lone surrogates, an empty id, options that are not JSON), and with `GLOSSARY_NOT_FOUND` when one names a glossary that is not
   * kept here (see {@link glossaryOf}).
   */
  submit(specs: readonly TaskSpec[]): Promise<SubmittedTask[]>;

  /** The tasks that a submit of these idempotency keys would find, in order; null where it would make a new one. */
  known(keys: readonly string[]): Promise<Array<SubmittedTask | null>>;

  /**
   * Takes the best pending task, or null: the highest priority goes first, each ten minutes of waiting count as one priority, and
   * equals go by age; so nothing starves. Expired leases are rescued first: their tasks are pending again, the loss counted.
   */
  claim(owner: string, leaseMs: number, options?: ClaimOptions): Promise<ClaimedTask | null>;
  /** Owners of tasks that are `processing`, each once. */
  owners(): Promise<string[]>;
  /** Puts the tasks of owners that are known to be dead back to `pending` at once, the loss counted; answers how many. */
  rescue(owners: readonly string[]): Promise<number>;
  /**
   * Adds tasks to a named selection, which is this connection's own and is gone with it; unknown ids count as deleted tasks. A
   * run over many tasks names them once and not with every claim.
   */
  select(selection: string, ids: readonly string[]): Promise<void>;
  /** Up to `limit` members that have ended or were deleted, each told once, in the order in which they were selected. `open` is the number of members not yet told after it. */
  settled(selection: string, limit: number): Promise<{ readonly tasks: SettledTask[]; readonly open: number }>;
  deselect(selection: string): Promise<void>;
  /** Extends the lease, an overdue one too as long as nobody took the task; rejects with `LEASE_LOST` when another owner has it, with `CANCELLED` when the task was cancelled. */
  heartbeat(lease: Lease, leaseMs: number): Promise<void>;
  /** Hands the task back without using an attempt (shutdown, or a host that died of another task). */
  release(lease: Lease): Promise<void>;

  checkpoint(lease: Lease, checkpoints: readonly Checkpoint[]): Promise<void>;
  /** Saves a window's segments and its checkpoint in one transaction. */
  saveWindow(lease: Lease, checkpoint: Checkpoint, result: WindowResult): Promise<void>;
  saveTranslations(
    lease: Lease,
    checkpoints: readonly Checkpoint[],
    records: readonly TranslationRecord[],
  ): Promise<void>;
  /** A fact given replaces the one known; `models` are added by name. */
  saveFacts(lease: Lease, facts: TaskFacts): Promise<void>;
  /** In the order in which they were first saved; of one stage, or the one piece of it. */
  checkpoints(taskId: string, stage?: string, piece?: string): Promise<Checkpoint[]>;

  complete(lease: Lease, facts: TaskFacts, processingSeconds: number): Promise<TaskRecord>;
  /** Failed for good, or pending again as `putBack` says. */
  fail(lease: Lease, error: SerializedError, processingSeconds: number, putBack?: PutBack): Promise<TaskRecord>;
  /** Cancels a pending or processing task; a terminal one is left as it is. */
  cancel(taskId: string): Promise<TaskRecord>;
  /**
   * Failed or cancelled → pending; attempts, retries, crashes and losses reset; checkpoints stay. Rejects with `TASK_STATE` for another state, and
   * when the same work was submitted again meanwhile.
   */
  retry(taskId: string): Promise<TaskRecord>;
  /** Deletes the task with all that belongs to it, also while it runs; false when there is none. */
  delete(taskId: string): Promise<boolean>;
  /** Deletes ended tasks, the longest ended first, and answers which. Asked again until it answers none, so that no call is long. */
  prune(filter: PruneFilter): Promise<PrunedTask[]>;

  /** Pending tasks whose retry is not due yet. */
  waiting(): Promise<number>;
  /** Attempts at a task, the first first; none for an unknown id. The first 20 and the last 80 are kept. */
  attempts(taskId: string): Promise<Attempt[]>;
  /** Remembers files that were written for a task (absolute paths), each once, so that they can be deleted with it. */
  addOutputs(taskId: string, paths: readonly string[]): Promise<void>;
  outputs(taskId: string): Promise<string[]>;
  stats(filter?: StatsFilter): Promise<StoreStats>;

  get(taskId: string): Promise<TaskRecord | null>;
  /** In the order of submission, the newest first. */
  list(filter?: TaskFilter): Promise<TaskRecord[]>;
  count(filter?: TaskFilter): Promise<number>;
  /** In the order of windows, with the numbers that they were saved with. The caller's own: nothing else holds them. */
  segments(taskId: string): Promise<Segment[]>;
  /** The last stored first; those of one task (`taskId`) in the order in which they were stored. */
  translations(filter: TranslationFilter): Promise<TranslationRecord[]>;
  /**
   * The newest completed content for a key. Rejects with `TEXT_ID_NOT_FOUND` when no completed task has the text id,
   * with `TRANSLATION_NOT_FOUND` when it has no such language or source.
   */
  content(query: ContentKeyQuery): Promise<QueryResult>;

  /**
   * What the translation memory holds for these keys, in order; null for a key without. An import comes before what the key's own model
   * made, and does not ask for the model or its options. What is given back counts as used; a process that is killed may lose
   * such counts.
   */
  recallTranslations(keys: readonly MemoryKey[]): Promise<Array<RecalledTranslation | null>>;
  /**
   * Remembers translations, all or none. Above the store's limit the longest unused go, of equals the one used less often; imports
   * only when nothing else is left.
   */
  rememberTranslations(entries: readonly NewMemoryEntry[]): Promise<Remembered>;
  /** A page of the translation memory; looking at an entry is no use of it. */
  memoryEntries(filter: MemoryFilter): Promise<MemoryPage>;
  /** Forgets entries of the translation memory and answers how many. Asked again until it answers 0, so that no call is long. */
  pruneMemory(filter: MemoryPrune): Promise<number>;

  /** Counts the translation memory; reads all of it. */
  memoryUsage(): Promise<MemoryUsage>;

  /**
   * Keeps the terms of a glossary for the tasks that name it, once for all of them. One that no task names goes with the next deletion
   * of tasks, so that it is kept before its tasks are submitted, and again when the submit rejects with `GLOSSARY_NOT_FOUND`.
   * @param fingerprint of the terms; what is kept under it already stays
   * @param terms in whatever form the caller reads them back
   */
  keepGlossary(fingerprint: string, terms: string): Promise<void>;
  /** The terms of a glossary as they were kept; null when there is none. */
  glossary(fingerprint: string): Promise<string | null>;

  /** Ends what was asked before, then the store; idempotent. Later calls reject with `CLOSED`. */
  close(): Promise<void>;
}
