import type { SerializedError } from '../domain/errors.js';
import type { QueryResult } from '../domain/package.js';
import type { Segment, WindowSpan } from '../domain/segment.js';
import type { SourceType, TaskRecord, TaskSpec, TaskStatus, TaskType, TranslationRecord } from '../domain/task.js';
import type { Accuracy, AudioInfo } from '../domain/transcript.js';

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
  /** Newest first is the default. */
  readonly order?: 'newest' | 'oldest';
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

/**
 * Durable home of tasks. Promise-based and shaped for several processes on one store: work is claimed
 * under a lease with a fencing number, a heartbeat extends it, every write of a running task carries the lease.
 * An acknowledged `submit` survives power loss. One conformance suite (test/store/conformance.ts) holds every implementation.
 */
export interface TaskStore {
  /**
   * Stores tasks in one transaction; answers in order. Idempotent by `idempotencyKey` among tasks that are not failed or
   * cancelled. Rejects with `INVALID_ARGUMENT`, and stores none, when one of them cannot be stored exactly as it is
   * (lone surrogates, an empty id, options that are not JSON).
   */
  submit(specs: readonly TaskSpec[]): Promise<SubmittedTask[]>;

  /**
   * Takes the best pending task (priority, then age), or null. `ids` restricts the choice. Expired leases are rescued
   * first: their tasks are pending again, the attempt counted.
   */
  claim(owner: string, leaseMs: number, ids?: readonly string[]): Promise<ClaimedTask | null>;
  /** Extends the lease, an overdue one too as long as nobody took the task; rejects with `LEASE_LOST` when another owner has it, with `CANCELLED` when the task was cancelled. */
  heartbeat(lease: Lease, leaseMs: number): Promise<void>;
  /** Hands the task back without using an attempt (shutdown). */
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
  /** In the order in which they were first saved. */
  checkpoints(taskId: string, stage?: string): Promise<Checkpoint[]>;

  complete(lease: Lease, facts: TaskFacts, processingSeconds: number): Promise<TaskRecord>;
  /** Failed for good, or pending again after `retryAfterMs`. */
  fail(lease: Lease, error: SerializedError, processingSeconds: number, retryAfterMs?: number): Promise<TaskRecord>;
  /** Cancels a pending or processing task; a terminal one is left as it is. */
  cancel(taskId: string): Promise<TaskRecord>;
  /**
   * Failed or cancelled → pending, attempts reset; checkpoints stay. Rejects with `TASK_STATE` for another state, and
   * when the same work was submitted again meanwhile.
   */
  retry(taskId: string): Promise<TaskRecord>;
  /** Deletes the task with all that belongs to it, also while it runs; false when there is none. */
  delete(taskId: string): Promise<boolean>;

  get(taskId: string): Promise<TaskRecord | null>;
  /** In the order of submission, the newest first. */
  list(filter?: TaskFilter): Promise<TaskRecord[]>;
  count(filter?: TaskFilter): Promise<number>;
  segments(taskId: string): Promise<Segment[]>;
  /** The last stored first; those of one task (`taskId`) in the order in which they were stored. */
  translations(filter: TranslationFilter): Promise<TranslationRecord[]>;
  /**
   * The newest completed content for a key. Rejects with `TEXT_ID_NOT_FOUND` when no completed task has the text id,
   * with `TRANSLATION_NOT_FOUND` when it has no such language or source.
   */
  content(query: ContentKeyQuery): Promise<QueryResult>;

  /** Ends what was asked before, then the store; idempotent. Later calls reject with `CLOSED`. */
  close(): Promise<void>;
}
