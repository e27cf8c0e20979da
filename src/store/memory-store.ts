import { type SerializedError, VoiceLinguaError } from '../domain/errors.js';
import type { QueryResult } from '../domain/package.js';
import type { Segment } from '../domain/segment.js';
import type { Attempt, TaskRecord, TaskSpec, TranslationRecord } from '../domain/task.js';
import { newTaskId } from '../domain/task-id.js';
import type { MemoryKey, NewMemoryEntry, RecalledTranslation } from '../domain/translation-memory.js';
import { type Clock, type Instant, isoTime, systemClock } from './clock.js';
import { assertLease, cannotRetry, idTaken, taskNotFound, workSubmittedAgain } from './failures.js';
import { contentOf, contentsOf } from './memory/contents.js';
import { Glossaries } from './memory/glossaries.js';
import { best, wake } from './memory/queue.js';
import { Selections } from './memory/selections.js';
import { statsOf } from './memory/statistics.js';
import {
  beginAttempt,
  byEnd,
  checkedCheckpoints,
  endAttempt,
  lose,
  newTask,
  type StoredTask,
  saveCheckpoints,
  setState,
  update,
} from './memory/stored-task.js';
import { TranslationMemory } from './memory/translation-memory.js';
import { checkedMemoryLimit } from './memory-rules.js';
import {
  checkedClaim,
  checkedCount,
  checkedDuration,
  checkedId,
  checkedOutputs,
  checkedPage,
  checkedPrune,
  checkedPutBack,
  checkedQuery,
  checkedSpecs,
  checkedText,
  checkedTranslation,
  countedOn,
  dueAt,
  isEnded,
  outcomeOf,
  type Page,
  plainError,
  statusesOf,
  toJson,
  withFacts,
} from './rules.js';
import { checkedSince } from './statistics.js';
import type {
  Checkpoint,
  ClaimedTask,
  ClaimOptions,
  ContentKeyQuery,
  Lease,
  MemoryFilter,
  MemoryPage,
  MemoryPrune,
  MemoryUsage,
  PrunedTask,
  PruneFilter,
  PutBack,
  Remembered,
  SettledTask,
  StatsFilter,
  StoreStats,
  SubmittedTask,
  TaskFacts,
  TaskFilter,
  TaskStore,
  TranslationFilter,
  WindowResult,
} from './task-store.js';

/** A {@link TaskStore} that lives and ends with the process: for single calls and for tests. Gives out copies only. */
export class MemoryStore implements TaskStore {
  /** In the order of submission. */
  readonly #tasks = new Map<string, StoredTask>();
  readonly #selections = new Selections(this.#tasks);
  readonly #clock: Clock;
  readonly #memory: TranslationMemory;
  readonly #glossaries = new Glossaries();
  #submitted = 0;
  #ended = 0;
  #contents = 0;
  #closed = false;

  /** @param options `memoryLimit`: most entries of the translation memory, as in the SQLite store. */
  constructor(options: { readonly clock?: Clock; readonly memoryLimit?: number } = {}) {
    this.#clock = options.clock ?? systemClock();
    this.#memory = new TranslationMemory(checkedMemoryLimit(options.memoryLimit));
  }

  async submit(given: readonly TaskSpec[]): Promise<SubmittedTask[]> {
    const now = this.#open();
    const specs = checkedSpecs(given);
    this.#glossaries.assertKept(specs);
    this.#assertFreeIds(specs);
    return specs.map((spec) => {
      const active = this.#activeOfKey(spec.idempotencyKey);
      if (active !== undefined) return { id: active.id, created: false, status: active.status };
      this.#submitted += 1;
      const task = newTask(this.#submitted, spec.id ?? newTaskId(now.wall), spec, now);
      this.#tasks.set(task.record.id, task);
      return { id: task.record.id, created: true, status: task.record.status };
    });
  }

  async claim(owner: string, leaseMs: number, options: ClaimOptions = {}): Promise<ClaimedTask | null> {
    const now = this.#open();
    const asked = checkedClaim(owner, leaseMs, options);
    wake(this.#tasks.values(), now);
    const task = best(this.#tasks.values(), this.#selections, asked, now);
    if (task === undefined) return null;
    setState(task, now, {
      status: 'processing',
      owner,
      attempts: task.record.attempts + 1,
      startedAt: isoTime(now.wall),
    });
    beginAttempt(task, now, owner);
    task.lease = { until: Math.ceil(now.lease + leaseMs), epoch: now.epoch };
    return { task: copy(task.record), lease: { taskId: task.record.id, owner, fencing: task.fencing } };
  }

  async owners(): Promise<string[]> {
    this.#open();
    const owners = [...this.#tasks.values()].flatMap(({ record }) => record.owner ?? []);
    return [...new Set(owners)].sort();
  }

  async rescue(owners: readonly string[]): Promise<number> {
    const now = this.#open();
    const dead = new Set(owners);
    const lost = [...this.#tasks.values()].filter(({ record }) => record.owner !== null && dead.has(record.owner));
    for (const task of lost) lose(task, now);
    return lost.length;
  }

  async select(selection: string, ids: readonly string[]): Promise<void> {
    this.#open();
    this.#selections.add(checkedId('selection', selection), ids);
  }

  async settled(selection: string, limit: number): Promise<{ tasks: SettledTask[]; open: number }> {
    this.#open();
    const { members, open } = this.#selections.settle(checkedId('selection', selection), checkedCount('limit', limit));
    const tasks = members.map(({ id, task }) => ({
      id,
      task: task !== null && this.#tasks.get(id) === task ? copy(task.record) : null,
    }));
    return { tasks, open };
  }

  async deselect(selection: string): Promise<void> {
    this.#open();
    this.#selections.delete(checkedId('selection', selection));
  }

  async heartbeat(lease: Lease, leaseMs: number): Promise<void> {
    const now = this.#open();
    checkedDuration('leaseMs', leaseMs);
    this.#leased(lease).lease = { until: Math.ceil(now.lease + leaseMs), epoch: now.epoch };
  }

  async release(lease: Lease): Promise<void> {
    const now = this.#open();
    const task = this.#leased(lease);
    endAttempt(task, now, 'released');
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

  async checkpoints(taskId: string, stage?: string, piece?: string): Promise<Checkpoint[]> {
    this.#open();
    const all = [...(this.#tasks.get(taskId)?.checkpoints.values() ?? [])];
    const wanted = (one: Checkpoint): boolean =>
      (stage === undefined || one.stage === stage) && (piece === undefined || one.piece === piece);
    return copy(all.filter(wanted));
  }

  async complete(lease: Lease, facts: TaskFacts, processingSeconds: number): Promise<TaskRecord> {
    const now = this.#open();
    const seconds = checkedDuration('processingSeconds', processingSeconds);
    const task = this.#leased(lease);
    const known = copy(withFacts(task.record, facts));
    endAttempt(task, now, 'completed');
    this.#end(task, now, {
      ...known,
      status: 'completed',
      completedAt: isoTime(now.wall),
      error: null,
      progress: 1,
      processingTime: task.record.processingTime + seconds,
    });
    return copy(task.record);
  }

  async fail(lease: Lease, error: SerializedError, processingSeconds: number, putBack?: PutBack): Promise<TaskRecord> {
    const now = this.#open();
    const seconds = checkedDuration('processingSeconds', processingSeconds);
    const back = putBack === undefined ? null : checkedPutBack(putBack);
    const task = this.#leased(lease);
    const plain = plainError(error);
    endAttempt(task, now, back === null ? 'failed' : outcomeOf(back), plain);
    const changes = { error: plain, processingTime: task.record.processingTime + seconds };
    if (back === null) {
      this.#end(task, now, { ...changes, status: 'failed' });
      return copy(task.record);
    }
    const notBefore = dueAt(now.wall, back.afterMs);
    setState(task, now, {
      ...changes,
      status: 'pending',
      notBefore: notBefore === null ? null : isoTime(notBefore),
      ...countedOn(task.record, back),
    });
    task.notBefore = notBefore;
    return copy(task.record);
  }

  async cancel(taskId: string): Promise<TaskRecord> {
    const now = this.#open();
    const task = this.#known(taskId);
    if (!isEnded(task.record.status)) {
      endAttempt(task, now, 'cancelled');
      this.#end(task, now, { status: 'cancelled' });
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
    setState(task, now, { status: 'pending', attempts: 0, retries: 0, crashes: 0, losses: 0, error: null });
    task.ending = null;
    return copy(task.record);
  }

  async delete(taskId: string): Promise<boolean> {
    this.#open();
    const found = this.#tasks.delete(taskId);
    if (found) this.#glossaries.forgetUnnamed(this.#tasks.values());
    return found;
  }

  async prune(filter: PruneFilter): Promise<PrunedTask[]> {
    const now = this.#open();
    const { keep, endedBy, statuses, limit, dryRun } = checkedPrune(filter, now.wall);
    const matching = byEnd([...this.#tasks.values()]).filter(
      ({ record, updatedAt }) => statuses.includes(record.status) && updatedAt <= endedBy,
    );
    const pruned = matching.slice(0, Math.min(limit, Math.max(0, matching.length - keep)));
    if (!dryRun && pruned.length > 0) {
      for (const { record } of pruned) this.#tasks.delete(record.id);
      this.#glossaries.forgetUnnamed(this.#tasks.values());
    }
    return pruned.map(({ record, outputs }) => ({ id: record.id, outputs: [...outputs] }));
  }

  async known(keys: readonly string[]): Promise<Array<SubmittedTask | null>> {
    this.#open();
    return keys.map((key) => {
      const active = this.#activeOfKey(key);
      return active === undefined ? null : { id: active.id, created: false, status: active.status };
    });
  }

  async waiting(): Promise<number> {
    const now = this.#open();
    return [...this.#tasks.values()].filter(({ notBefore }) => notBefore !== null && notBefore > now.wall).length;
  }

  async attempts(taskId: string): Promise<Attempt[]> {
    this.#open();
    return copy(this.#tasks.get(taskId)?.attempts ?? []);
  }

  async addOutputs(taskId: string, paths: readonly string[]): Promise<void> {
    this.#open();
    const { outputs } = this.#known(taskId);
    for (const path of checkedOutputs(paths)) outputs.add(path);
  }

  async outputs(taskId: string): Promise<string[]> {
    this.#open();
    return [...(this.#tasks.get(taskId)?.outputs ?? [])];
  }

  async stats(filter: StatsFilter = {}): Promise<StoreStats> {
    this.#open();
    const since = checkedSince(filter);
    const tasks = [...this.#tasks.values()].filter(({ createdAt }) => since === null || createdAt >= since);
    return statsOf(tasks, this.#memory.stats());
  }

  async get(taskId: string): Promise<TaskRecord | null> {
    this.#open();
    const task = this.#tasks.get(taskId);
    return task === undefined ? null : copy(task.record);
  }

  async list(filter: TaskFilter = {}): Promise<TaskRecord[]> {
    this.#open();
    const page = checkedPage(filter);
    const matching = this.#matching(filter);
    const ordered = filter.order === 'ended' ? byEnd(matching) : matching;
    if (filter.order !== 'oldest') ordered.reverse();
    return copy(
      paged(
        ordered.map((task) => task.record),
        page,
      ),
    );
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
    return copy(paged(contentsOf(this.#tasks, filter), page));
  }

  async content(query: ContentKeyQuery): Promise<QueryResult> {
    this.#open();
    checkedQuery(query);
    return contentOf(this.#tasks, query);
  }

  async recallTranslations(keys: readonly MemoryKey[]): Promise<Array<RecalledTranslation | null>> {
    return this.#memory.recall(this.#open(), keys);
  }

  async rememberTranslations(entries: readonly NewMemoryEntry[]): Promise<Remembered> {
    return this.#memory.remember(this.#open(), entries);
  }

  async memoryEntries(filter: MemoryFilter): Promise<MemoryPage> {
    this.#open();
    return copy(this.#memory.page(filter));
  }

  async pruneMemory(filter: MemoryPrune): Promise<number> {
    return this.#memory.prune(this.#open(), filter);
  }

  async memoryUsage(): Promise<MemoryUsage> {
    this.#open();
    return this.#memory.usage();
  }

  async keepGlossary(fingerprint: string, terms: string): Promise<void> {
    this.#open();
    this.#glossaries.keep(fingerprint, terms);
  }

  async glossary(fingerprint: string): Promise<string | null> {
    this.#open();
    return this.#glossaries.find(fingerprint);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tasks.clear();
    this.#memory.clear();
    this.#glossaries.clear();
  }

  #open(): Instant {
    if (this.#closed) throw new VoiceLinguaError('CLOSED', 'The store ":memory:" is closed: open it again.');
    return this.#clock();
  }

  /** @throws {VoiceLinguaError} when a new task asks for the id of another; none of the call is stored then. */
  #assertFreeIds(specs: readonly TaskSpec[]): void {
    const keys = new Set<string>();
    const ids = new Set<string>();
    for (const { id, idempotencyKey } of specs) {
      if (keys.has(idempotencyKey) || this.#activeOfKey(idempotencyKey) !== undefined) continue;
      keys.add(idempotencyKey);
      if (id === undefined) continue;
      if (ids.has(id) || this.#tasks.has(id)) throw idTaken(id);
      ids.add(id);
    }
  }

  #end(task: StoredTask, now: Instant, changes: Partial<TaskRecord>): void {
    setState(task, now, changes);
    this.#ended += 1;
    task.ending = this.#ended;
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
    const statuses = statusesOf(filter);
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
}

function contentKey({ language, source }: { readonly language: string; readonly source: string }): string {
  return JSON.stringify([language, source]);
}

function paged<T>(all: readonly T[], { limit, offset }: Page): T[] {
  return all.slice(offset, limit === null ? undefined : offset + limit);
}

/** As another process would get it: what JSON can hold, and nobody else's object. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
