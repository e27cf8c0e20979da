import type { SerializedError } from '../../domain/errors.js';
import type { Segment } from '../../domain/segment.js';
import type { Attempt, AttemptOutcome, TaskRecord, TaskSpec, TranslationRecord } from '../../domain/task.js';
import { forgotten } from '../attempt-history.js';
import { type Candidate, rankOf } from '../claim-order.js';
import { type Instant, isoTime } from '../clock.js';
import { checkedCheckpoint, toJson } from '../rules.js';
import type { Checkpoint } from '../task-store.js';

export interface StoredContent {
  /** Place in the order in which contents were first stored. */
  readonly order: number;
  readonly record: TranslationRecord;
}

export interface StoredTask extends Candidate {
  /** Place in the order of submission. */
  readonly seq: number;
  readonly rank: number;
  record: TaskRecord;
  fencing: number;
  lease: { readonly until: number; readonly epoch: string } | null;
  /** Wall-clock time before which it is not claimed. */
  notBefore: number | null;
  /** Place in the order of ends, while it has ended; the newest completed content of a key wins in queries. */
  ending: number | null;
  /** Wall-clock time of the last change; of the end, while it has ended. */
  updatedAt: number;
  attempts: Attempt[];
  readonly outputs: Set<string>;
  readonly checkpoints: Map<string, Checkpoint>;
  readonly windows: Map<number, readonly Segment[]>;
  readonly translations: Map<string, StoredContent>;
}

export function newTask(seq: number, id: string, spec: TaskSpec, now: Instant): StoredTask {
  return {
    seq,
    priority: spec.priority,
    createdAt: now.wall,
    models: [spec.sttModel, spec.mtModel],
    rank: rankOf(now.wall, spec.priority),
    record: newRecord(id, spec, now),
    fencing: 0,
    lease: null,
    notBefore: null,
    ending: null,
    updatedAt: now.wall,
    attempts: [],
    outputs: new Set(),
    checkpoints: new Map(),
    windows: new Map(),
    translations: new Map(),
  };
}

function newRecord(id: string, spec: TaskSpec, now: Instant): TaskRecord {
  return {
    ...spec,
    id,
    status: 'pending',
    createdAt: isoTime(now.wall),
    updatedAt: isoTime(now.wall),
    startedAt: null,
    completedAt: null,
    attempts: 0,
    error: null,
    progress: 0,
    detectedLanguage: null,
    accuracy: null,
    coverage: null,
    audio: null,
    audioDuration: null,
    processingTime: 0,
    models: {},
    warnings: [],
    retries: 0,
    crashes: 0,
    losses: 0,
    notBefore: null,
    owner: null,
  };
}

export function update(task: StoredTask, now: Instant, changes: Partial<TaskRecord>): void {
  task.record = { ...task.record, ...changes, updatedAt: isoTime(now.wall) };
  task.updatedAt = now.wall;
}

/** A change of state ends the lease and the wait for a retry; a claim then begins a lease. */
export function setState(task: StoredTask, now: Instant, changes: Partial<TaskRecord>): void {
  update(task, now, { owner: null, notBefore: null, ...changes });
  task.lease = null;
  task.notBefore = null;
}

export function beginAttempt(task: StoredTask, now: Instant, owner: string): void {
  task.fencing += 1;
  task.attempts.push({
    number: task.fencing,
    owner,
    startedAt: isoTime(now.wall),
    endedAt: null,
    outcome: 'running',
    error: null,
  });
  const gone = forgotten(task.fencing);
  if (gone !== null) {
    task.attempts = task.attempts.filter(({ number }) => number <= gone.after || number > gone.upTo);
  }
}

/** Notes how the attempt in work ended; nothing when none is. */
export function endAttempt(
  task: StoredTask,
  now: Instant,
  outcome: AttemptOutcome,
  error: SerializedError | null = null,
): void {
  const last = task.attempts.at(-1);
  if (last?.outcome !== 'running') return;
  task.attempts[task.attempts.length - 1] = { ...last, endedAt: isoTime(now.wall), outcome, error };
}

/** The owner died or fell silent. */
export function lose(task: StoredTask, now: Instant): void {
  endAttempt(task, now, 'lost');
  setState(task, now, { status: 'pending', losses: task.record.losses + 1 });
}

export function overdue({ lease }: StoredTask, now: Instant): boolean {
  return lease !== null && (lease.until <= now.lease || lease.epoch !== now.epoch);
}

/** Tasks that have ended, the longest ended first. */
export function byEnd(tasks: readonly StoredTask[]): StoredTask[] {
  return tasks.filter((task) => task.ending !== null).sort((a, b) => (a.ending ?? 0) - (b.ending ?? 0));
}

export function checkedCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return checkpoints.map((given) => {
    const checkpoint = checkedCheckpoint(given);
    return { ...checkpoint, result: JSON.parse(toJson('result', checkpoint.result)) as unknown };
  });
}

/** Work that is saved shows that the task gets on, so lost owners are forgotten. */
export function saveCheckpoints(task: StoredTask, checkpoints: readonly Checkpoint[]): void {
  for (const checkpoint of checkpoints) {
    task.checkpoints.set(JSON.stringify([checkpoint.stage, checkpoint.piece]), checkpoint);
  }
  task.record = { ...task.record, losses: 0 };
}
