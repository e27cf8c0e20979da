import { type SerializedError, VoiceLinguaError } from '../domain/errors.js';
import type { QueryResult } from '../domain/package.js';
import type { Segment } from '../domain/segment.js';
import type { TaskRecord, TaskSpec, TranslationRecord } from '../domain/task.js';
import { newTaskId } from '../domain/task-id.js';
import { type Clock, type Instant, isoTime, systemClock } from './clock.js';
import {
  assertLease,
  cannotRetry,
  taskNotFound,
  textIdNotFound,
  translationNotFound,
  workSubmittedAgain,
} from './failures.js';
import {
  checkedCheckpoint,
  checkedCount,
  checkedDuration,
  checkedId,
  checkedPage,
  checkedQuery,
  checkedSpecs,
  checkedStatuses,
  checkedText,
  checkedTranslation,
  folded,
  type Page,
  plainError,
  toJson,
  withFacts,
} from './rules.js';
import type {
  Checkpoint,
  ClaimedTask,
  ContentKeyQuery,
  Lease,
  SubmittedTask,
  TaskFacts,
  TaskFilter,
  TaskStore,
  TranslationFilter,
  WindowResult,
} from './task-store.js';

interface StoredTask {
  record: TaskRecord;
  fencing: number;
  lease: { readonly until: number; readonly epoch: string } | null;
  /** Wall-clock time before which it is not claimed. */
  notBefore: number | null;
  /** Place in the order of completions; the newest content of a key wins in queries. */
  completion: number | null;
  readonly checkpoints: Map<string, Checkpoint>;
  readonly windows: Map<number, readonly Segment[]>;
  readonly translations: Map<string, { readonly order: number; readonly record: TranslationRecord }>;
}

/** A {@link TaskStore} that lives and ends with the process: for single calls and for tests. Gives out copies only. */
export class MemoryStore implements TaskStore {
  /** In the order of submission. */
  readonly #tasks = new Map<string, StoredTask>();
  readonly #clock: Clock;
  #completions = 0;
  #contents = 0;
  #closed = false;

  constructor(options: { readonly clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock();
  }

  async submit(specs: readonly TaskSpec[]): Promise<SubmittedTask[]> {
    const now = this.#open();
    return checkedSpecs(specs).map((spec) => {
      const active = this.#activeOfKey(spec.idempotencyKey);
      if (active !== undefined) return { id: active.id, created: false, status: active.status };
      const record = newRecord(spec.id ?? newTaskId(now.wall), spec, now);
      this.#tasks.set(record.id, {
        record,
        fencing: 0,
        lease: null,
        notBefore: null,
        completion: null,
        checkpoints: new Map(),
        windows: new Map(),
        translations: new Map(),
      });
      return { id: record.id, created: true, status: record.status };
    });
  }

  async claim(owner: string, leaseMs: number, ids?: readonly string[]): Promise<ClaimedTask | null> {
    const now = this.#open();
    checkedId('owner', owner);
    checkedDuration('leaseMs', leaseMs);
    const wanted = ids === undefined ? null : new Set(ids);
    let best: StoredTask | null = null;
    for (const task of this.#tasks.values()) {
      if (overdue(task, now)) setState(task, now, { status: 'pending' });
      if (task.notBefore !== null && task.notBefore <= now.wall) task.notBefore = null;
      if (task.record.status !== 'pending' || task.notBefore !== null) continue;
      if (wanted !== null && !wanted.has(task.record.id)) continue;
      if (best === null || task.record.priority > best.record.priority) best = task;
    }
    if (best === null) return null;
    setState(best, now, {
      status: 'processing',
      attempts: best.record.attempts + 1,
      startedAt: isoTime(now.wall),
    });
    best.fencing += 1;
    best.lease = { until: Math.ceil(now.lease + leaseMs), epoch: now.epoch };
    return { task: copy(best.record), lease: { taskId: best.record.id, owner, fencing: best.fencing } };
  }

  async heartbeat(lease: Lease, leaseMs: number): Promise<void> {
    const now = this.#open();
    checkedDuration('leaseMs', leaseMs);
    this.#leased(lease).lease = { until: Math.ceil(now.lease + leaseMs), epoch: now.epoch };
  }

  async release(lease: Lease): Promise<void> {
    const now = this.#open();
    const task = this.#leased(lease);
    setState(task, now, { status: 'pending', attempts: task.record.attempts - 1 });
  }

  async checkpoint(lease: Lease, checkpoints: readonly Checkpoint[]): Promise<void> {
    this.#open();
    saveCheckpoints(this.#leased(lease), checkedCheckpoints(checkpoints));
  }

  async saveWindow(lease: Lease, checkpoint: Checkpoint, { window, segments }: WindowResult): Promise<void> {
    this.#open();
    const task = this.#leased(lease);
    const pieces = checkedCheckpoints([checkpoint]);
    const index = checkedCount('window.index', window.index);
    checkedDuration('window.start', window.start);
    checkedDuration('window.end', window.end);
    task.windows.set(index, JSON.parse(toJson('segments', segments)) as Segment[]);
    saveCheckpoints(task, pieces);
  }

  async saveTranslations(
    lease: Lease,
    checkpoints: readonly Checkpoint[],
    records: readonly TranslationRecord[],
  ): Promise<void> {
    this.#open();
    const task = this.#leased(lease);
    const pieces = checkedCheckpoints(checkpoints);
    const owner = { taskId: lease.taskId, textId: task.record.textId };
    const contents = records.map((record) => checkedTranslation(record, owner));
    saveCheckpoints(task, pieces);
    for (const record of contents) {
      const key = contentKey(record);
      this.#contents += 1;
      task.translations.set(key, { order: task.translations.get(key)?.order ?? this.#contents, record });
    }
  }

  async saveFacts(lease: Lease, facts: TaskFacts): Promise<void> {
    const now = this.#open();
    const task = this.#leased(lease);
    update(task, now, copy(withFacts(task.record, facts)));
  }

  async checkpoints(taskId: string, stage?: string): Promise<Checkpoint[]> {
    this.#open();
    const all = [...(this.#tasks.get(taskId)?.checkpoints.values() ?? [])];
    return copy(stage === undefined ? all : all.filter((checkpoint) => checkpoint.stage === stage));
  }

  async complete(lease: Lease, facts: TaskFacts, processingSeconds: number): Promise<TaskRecord> {
    const now = this.#open();
    const seconds = checkedDuration('processingSeconds', processingSeconds);
    const task = this.#leased(lease);
    setState(task, now, {
      ...copy(withFacts(task.record, facts)),
      status: 'completed',
      completedAt: isoTime(now.wall),
      error: null,
      progress: 1,
      processingTime: task.record.processingTime + seconds,
    });
    this.#completions += 1;
    task.completion = this.#completions;
    return copy(task.record);
  }

  async fail(
    lease: Lease,
    error: SerializedError,
    processingSeconds: number,
    retryAfterMs?: number,
  ): Promise<TaskRecord> {
    const now = this.#open();
    const seconds = checkedDuration('processingSeconds', processingSeconds);
    const delay = retryAfterMs === undefined ? null : checkedDuration('retryAfterMs', retryAfterMs);
    const task = this.#leased(lease);
    setState(task, now, {
      status: delay === null ? 'failed' : 'pending',
      error: plainError(error),
      processingTime: task.record.processingTime + seconds,
    });
    task.notBefore = delay === null ? null : Math.ceil(now.wall + delay);
    return copy(task.record);
  }

  async cancel(taskId: string): Promise<TaskRecord> {
    const now = this.#open();
    const task = this.#known(taskId);
    if (task.record.status === 'pending' || task.record.status === 'processing') {
      setState(task, now, { status: 'cancelled' });
      task.notBefore = null;
    }
    return copy(task.record);
  }

  async retry(taskId: string): Promise<TaskRecord> {
    const now = this.#open();
    const task = this.#known(taskId);
    const { status, idempotencyKey } = task.record;
    if (status !== 'failed' && status !== 'cancelled') throw cannotRetry(taskId, status);
    const other = this.#activeOfKey(idempotencyKey);
    if (other !== undefined) throw workSubmittedAgain(taskId, other.id);
    setState(task, now, { status: 'pending', attempts: 0, error: null });
    task.notBefore = null;
    return copy(task.record);
  }

  async delete(taskId: string): Promise<boolean> {
    this.#open();
    return this.#tasks.delete(taskId);
  }

  async get(taskId: string): Promise<TaskRecord | null> {
    this.#open();
    const task = this.#tasks.get(taskId);
    return task === undefined ? null : copy(task.record);
  }

  async list(filter: TaskFilter = {}): Promise<TaskRecord[]> {
    this.#open();
    const page = checkedPage(filter);
    const found = this.#matching(filter).map((task) => task.record);
    if (filter.order !== 'oldest') found.reverse();
    return copy(paged(found, page));
  }

  async count(filter: TaskFilter = {}): Promise<number> {
    this.#open();
    return this.#matching(filter).length;
  }

  async segments(taskId: string): Promise<Segment[]> {
    this.#open();
    const windows = [...(this.#tasks.get(taskId)?.windows ?? [])].sort(([a], [b]) => a - b);
    return copy(windows.flatMap(([, segments]) => segments));
  }

  async translations(filter: TranslationFilter): Promise<TranslationRecord[]> {
    this.#open();
    checkedQuery(filter);
    const page = checkedPage(filter);
    const piece = filter.contains === undefined ? '' : folded(filter.contains);
    const contents =
      filter.taskId === undefined
        ? [...this.#published().values()].sort((a, b) => b.order - a.order)
        : [...(this.#tasks.get(filter.taskId)?.translations.values() ?? [])];
    const found = contents
      .map((content) => content.record)
      .filter(
        (record) =>
          (filter.textId === undefined || record.textId === filter.textId) &&
          (filter.language === undefined || record.language === filter.language) &&
          (filter.source === undefined || record.source === filter.source) &&
          (piece === '' || folded(record.content).includes(piece)),
      );
    return copy(paged(found, page));
  }

  async content(query: ContentKeyQuery): Promise<QueryResult> {
    this.#open();
    checkedQuery(query);
    const ofTextId = [...this.#tasks.values()].filter((task) => task.record.textId === query.textId);
    const completed = ofTextId.filter((task) => task.completion !== null);
    if (completed.length === 0) throw this.#textIdNotFound(query, ofTextId.at(-1));
    const published = this.#published(completed);
    const found = published.get(publicKey(query));
    if (found === undefined) {
      throw translationNotFound(
        query,
        [...published.values()].map((content) => content.record),
      );
    }
    const { taskId, textId, language, source, content, confidence, timestamp } = found.record;
    const accuracy = this.#tasks.get(taskId)?.record.accuracy?.accuracy ?? null;
    return { task_id: taskId, text_id: textId, language, source, content, confidence, timestamp, accuracy };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tasks.clear();
  }

  #open(): Instant {
    if (this.#closed) throw new VoiceLinguaError('CLOSED', 'The store ":memory:" is closed: open it again.');
    return this.#clock();
  }

  #known(taskId: string): StoredTask {
    const task = this.#tasks.get(taskId);
    if (task === undefined) throw taskNotFound(taskId);
    return task;
  }

  #leased(lease: Lease): StoredTask {
    const task = this.#tasks.get(lease.taskId);
    assertLease(lease, task === undefined ? null : { status: task.record.status, fencing: task.fencing });
    return task as StoredTask;
  }

  #activeOfKey(key: string): TaskRecord | undefined {
    for (const { record } of this.#tasks.values()) {
      if (record.idempotencyKey === key && record.status !== 'failed' && record.status !== 'cancelled') return record;
    }
    return undefined;
  }

  #matching(filter: TaskFilter): StoredTask[] {
    const statuses = checkedStatuses(filter.status);
    if (filter.textId !== undefined) checkedText('textId', filter.textId);
    const ids = filter.ids === undefined ? null : new Set(filter.ids);
    return [...this.#tasks.values()].filter(
      ({ record }) =>
        (ids === null || ids.has(record.id)) &&
        (statuses === null || statuses.includes(record.status)) &&
        (filter.type === undefined || record.type === filter.type) &&
        (filter.textId === undefined || record.textId === filter.textId),
    );
  }

  /** Of completed tasks, the newest content of each key. */
  #published(tasks: Iterable<StoredTask> = this.#tasks.values()) {
    const newest = new Map<string, { readonly order: number; readonly record: TranslationRecord }>();
    const completed = [...tasks].filter((task) => task.completion !== null);
    completed.sort((a, b) => (a.completion ?? 0) - (b.completion ?? 0));
    for (const task of completed) {
      for (const content of task.translations.values()) newest.set(publicKey(content.record), content);
    }
    return newest;
  }

  #textIdNotFound(query: ContentKeyQuery, unfinished: StoredTask | undefined): VoiceLinguaError {
    const candidates = new Set<string>();
    for (const { completion, record } of this.#tasks.values()) {
      if (completion !== null) candidates.add(record.textId);
    }
    return textIdNotFound(query, {
      unfinished: unfinished === undefined ? null : { id: unfinished.record.id, status: unfinished.record.status },
      candidates: [...candidates].slice(-300),
    });
  }
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
    audio: null,
    audioDuration: null,
    processingTime: 0,
    models: {},
    warnings: [],
  };
}

function update(task: StoredTask, now: Instant, changes: Partial<TaskRecord>): void {
  task.record = { ...task.record, ...changes, updatedAt: isoTime(now.wall) };
}

/** Every change of state ends the lease; a claim then begins one. */
function setState(task: StoredTask, now: Instant, changes: Partial<TaskRecord>): void {
  update(task, now, changes);
  task.lease = null;
}

function overdue({ lease }: StoredTask, now: Instant): boolean {
  return lease !== null && (lease.until <= now.lease || lease.epoch !== now.epoch);
}

function checkedCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return checkpoints.map((given) => {
    const checkpoint = checkedCheckpoint(given);
    return { ...checkpoint, result: JSON.parse(toJson('result', checkpoint.result)) as unknown };
  });
}

function saveCheckpoints(task: StoredTask, checkpoints: readonly Checkpoint[]): void {
  for (const checkpoint of checkpoints) {
    task.checkpoints.set(JSON.stringify([checkpoint.stage, checkpoint.piece]), checkpoint);
  }
}

function contentKey({ language, source }: { readonly language: string; readonly source: string }): string {
  return JSON.stringify([language, source]);
}

function publicKey(key: ContentKeyQuery): string {
  return JSON.stringify([key.textId, key.language, key.source]);
}

function paged<T>(all: readonly T[], { limit, offset }: Page): T[] {
  return all.slice(offset, limit === null ? undefined : offset + limit);
}

/** As another process would get it: what JSON can hold, and nobody else's object. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
