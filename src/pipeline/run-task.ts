import { setMaxListeners } from 'node:events';
import type { JobEvent } from '../api-types.js';
import { type SerializedError, toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import type { Glossary } from '../domain/glossary/glossary.js';
import { glossaryOf } from '../domain/glossary/named-glossary.js';
import type { LifecycleEvent } from '../domain/lifecycle.js';
import type { TaskRecord } from '../domain/task.js';
import { type LanguageGuess, languageWarning } from '../domain/text-language.js';
import { NO_ACCOUNT, type TranslationAccount } from '../domain/translation-account.js';
import type { Artifacts, Stage, StageContext, StageEvent, StageFacts } from '../stages/stage.js';
import type { ClaimedTask, Lease, TaskStore } from '../store/task-store.js';
import { type LimitOptions, TaskLimits } from './limits.js';
import { planStages } from './plan.js';
import { StoreCheckpoints } from './store-checkpoints.js';
import { memoryFor } from './store-memory.js';
import type { StoredGlossaries } from './stored-glossaries.js';
import { TaskAccount } from './task-account.js';
import type { TaskEngines } from './task-engines.js';
import type { Timing } from './timing.js';
import { condemned, isOwnCrash, judge, type RetryPolicy } from './verdict.js';

export interface RunTaskOptions {
  readonly store: TaskStore;
  readonly stages: readonly Stage[];
  readonly engines: TaskEngines;
  /** Of the store's, those that tasks name. */
  readonly glossaries: StoredGlossaries;
  /** Waits until there is memory for the task; the function it gives ends its claim on that. Rejects when there never will be. */
  readonly admit: (task: TaskRecord, signal: AbortSignal) => Promise<() => void>;
  readonly emit: (event: JobEvent) => void;
  readonly observe: (event: LifecycleEvent) => void;
  readonly leaseMs: number;
  readonly limits: LimitOptions;
  readonly retries: RetryPolicy;
  readonly timing: Timing;
  /** Aborted to stop the task: with a {@link ShutDown} its claim is handed back, with anything else it is cancelled. */
  readonly signal: AbortSignal;
}

/** Reason of an abort that is no cancel: the process ends, the task stays pending. */
export class ShutDown extends VoiceLinguaError {
  constructor() {
    super('CLOSED', 'VoiceLingua was closed while the task was running; it is pending again.');
  }
}

/** How long a progress value may stay unsaved: a store write costs an fsync. */
const PROGRESS_SAVE_MS = 1000;
/** A heartbeat may come late this often before the lease is over. */
const HEARTBEATS_PER_LEASE = 4;
/** How long the store may refuse to take the end of a task, e.g. while its disk is full, before it is left to be rescued. */
const STORE_PATIENCE_MS = 60_000;
const STORE_PAUSE_MS = 500;

/** Runs the stages of a claimed task under its lease and stores how it ended. Never rejects for a failed task. */
export async function runTask(claimed: ClaimedTask, options: RunTaskOptions): Promise<TaskRecord> {
  return new TaskRun(claimed, options).run();
}

class TaskRun {
  readonly #task: TaskRecord;
  readonly #lease: Lease;
  readonly #options: RunTaskOptions;
  readonly #abort = new AbortController();
  readonly #warnings: string[] = [];
  readonly #started: number;
  readonly #account: TaskAccount;
  #limits: TaskLimits | null = null;
  /** Set when a limit ended the task. */
  #exceeded: VoiceLinguaError | null = null;
  #stage: string | null = null;
  #progress = 0;
  #savedProgressAt = Number.NEGATIVE_INFINITY;
  #models: Readonly<Record<string, string>> = {};

  constructor(claimed: ClaimedTask, options: RunTaskOptions) {
    this.#task = claimed.task;
    this.#lease = claimed.lease;
    this.#options = options;
    this.#started = options.timing.now();
    this.#account = new TaskAccount(options.store, claimed.lease);
    // Each call that a stage has in front of the engines listens.
    setMaxListeners(0, this.#abort.signal);
  }

  async run(): Promise<TaskRecord> {
    const { signal, emit, leaseMs, timing, engines, observe } = this.#options;
    const { id, attempts } = this.#task;
    const onAbort = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const stopHeartbeat = timing.every(leaseMs / HEARTBEATS_PER_LEASE, () => void this.#heartbeat());
    emit({ type: 'started', taskId: id });
    observe({ type: 'started', ...this.#subject, attempt: attempts, queueSeconds: this.#queueSeconds() });
    let ended: TaskRecord;
    let leave: (() => void) | null = null;
    try {
      const refusal = condemned(this.#task, this.#options.retries);
      if (refusal !== null) throw refusal;
      leave = await this.#options.admit(this.#task, this.#abort.signal);
      this.#watchTime();
      await this.#runStages();
      this.#limits?.clear();
      ended = await this.#end(() => this.#complete());
    } catch (error) {
      this.#limits?.clear();
      ended = await this.#fail(error);
    } finally {
      stopHeartbeat();
      leave?.();
      engines.release(id);
      signal.removeEventListener('abort', onAbort);
    }
    this.#tellEnd(ended);
    emit({ type: 'done', taskId: ended.id, status: ended.status, error: ended.error });
    return ended;
  }

  get #subject() {
    const { id, textId, type } = this.#task;
    return { taskId: id, textId, taskType: type };
  }

  #tellEnd({ status, error, processingTime, audioDuration }: TaskRecord): void {
    if (status === 'pending' || status === 'processing') return;
    this.#options.observe({
      type: 'ended',
      ...this.#subject,
      status,
      error,
      processingSeconds: processingTime,
      audioSeconds: audioDuration,
    });
  }

  #watchTime(): void {
    const { limits, timing, engines } = this.#options;
    const exceed = (error: VoiceLinguaError): void => {
      this.#exceeded ??= error;
      this.#abort.abort(error);
    };
    this.#limits = new TaskLimits(limits, timing, exceed, (error) => {
      exceed(error);
      engines.kill(this.#task.id, error);
    });
    this.#limits.scaleTo(this.#task.audioDuration ?? 0);
  }

  async #runStages(): Promise<void> {
    const { store, stages, observe, timing } = this.#options;
    const { sourceLanguage, options } = this.#task;
    const unsure = languageWarning(sourceLanguage, options.languageGuess as LanguageGuess | undefined);
    if (unsure !== null) this.#warnings.push(unsure);
    const plan = planStages(stages, this.#task);
    const saved = await store.checkpoints(this.#task.id);
    this.#account.begin(saved);
    const ports = this.#options.engines.portsFor(this.#task);
    const weights = Math.max(
      1,
      plan.reduce((sum, stage) => sum + stage.weight(this.#task), 0),
    );
    const memory = memoryFor(this.#task, store);
    let artifacts: Artifacts = {};
    let done = 0;
    for (const stage of plan) {
      this.#abort.signal.throwIfAborted();
      const base = done;
      const context: StageContext = {
        task: this.#task,
        ports,
        artifacts,
        checkpoints: new StoreCheckpoints(store, this.#lease, stage.name, saved),
        memory,
        glossary: () => this.#glossary(),
        signal: this.#abort.signal,
        emit: (event) => this.#forward(event, base / weights, stage.weight(this.#task) / weights),
        report: (facts) => this.#report(facts),
        warn: (message) => this.#warnings.push(message),
      };
      this.#stage = stage.name;
      const started = timing.now();
      observe({ type: 'stage', ...this.#subject, stage: stage.name, seconds: null });
      artifacts = { ...artifacts, ...(await stage.run(context)) };
      observe({ type: 'stage', ...this.#subject, stage: stage.name, seconds: (timing.now() - started) / 1000 });
      done += stage.weight(this.#task);
    }
    this.#abort.signal.throwIfAborted();
  }

  #glossary(): Promise<Glossary | null> {
    const fingerprint = glossaryOf(this.#task.options);
    return fingerprint === null ? Promise.resolve(null) : this.#options.glossaries.get(fingerprint);
  }

  #forward(event: StageEvent, base: number, share: number): void {
    const { emit, timing } = this.#options;
    const taskId = this.#task.id;
    if (event.type !== 'progress') {
      emit({ taskId, ...event });
      return;
    }
    this.#progress = Math.max(this.#progress, Math.min(1, base + event.fraction * share));
    emit({
      type: 'progress',
      taskId,
      progress: this.#progress,
      ...(event.processed === undefined ? {} : { processed: event.processed, total: event.total ?? null }),
    });
    const now = timing.now();
    if (now - this.#savedProgressAt < PROGRESS_SAVE_MS) return;
    this.#savedProgressAt = now;
    this.#options.store.saveFacts(this.#lease, { progress: this.#progress }).catch((error) => this.#abort.abort(error));
  }

  async #report(facts: StageFacts): Promise<void> {
    const seconds = facts.audioDuration ?? facts.audio?.duration;
    if (typeof seconds === 'number') this.#limits?.scaleTo(seconds);
    if (facts.models !== undefined) this.#models = { ...this.#models, ...facts.models };
    await this.#options.store.saveFacts(this.#lease, { ...facts, ...(facts.models ? { models: this.#models } : {}) });
  }

  async #heartbeat(): Promise<void> {
    try {
      await this.#options.store.heartbeat(this.#lease, this.#options.leaseMs);
      await this.#account.save(this.#accounted());
    } catch (error) {
      const failure = toVoiceLinguaError(error);
      if (failure.code === 'LEASE_LOST' || failure.code === 'CANCELLED') this.#abort.abort(failure);
    }
  }

  async #complete(): Promise<TaskRecord> {
    const now = this.#accounted();
    await this.#account.save(now);
    const { models } = this.#account.with(now);
    const facts = {
      progress: 1,
      warnings: this.#warnings,
      // Of several models those that really translated.
      ...(models.length === 0 ? {} : { models: { ...this.#models, mt: models.join(', ') } }),
    };
    return this.#options.store.complete(this.#lease, facts, this.#seconds());
  }

  #accounted(): TranslationAccount {
    return this.#options.engines.account?.(this.#task.id) ?? NO_ACCOUNT;
  }

  async #fail(thrown: unknown): Promise<TaskRecord> {
    const { store, signal, retries, observe } = this.#options;
    // What was paid is paid; the store has it by the last heartbeat where it cannot be written now.
    await this.#account.save(this.#accounted()).catch(() => undefined);
    const { id, crashes } = this.#task;
    const error = this.#exceeded ?? toVoiceLinguaError(thrown);
    const plain = error.toJSON();
    if (this.#exceeded === null && this.#abort.signal.aborted) {
      if (signal.aborted && signal.reason instanceof ShutDown) {
        observe({ type: 'released', ...this.#subject, reason: 'shutdown' });
        return this.#end(() => this.#release());
      }
      const { code } = toVoiceLinguaError(this.#abort.signal.reason);
      if (code === 'LEASE_LOST') observe({ type: 'lost', ...this.#subject, owner: this.#lease.owner });
      if (signal.aborted && code !== 'LEASE_LOST') return this.#end(() => store.cancel(id));
      if (code === 'LEASE_LOST' || code === 'CANCELLED') return this.#current();
    }
    const verdict = judge(this.#task, error, retries);
    const putBack = verdict.kind === 'retry' ? verdict.putBack : null;
    if (isOwnCrash(error)) {
      const delayMs = putBack?.afterMs ?? null;
      observe({ type: 'crash', ...this.#subject, error: plain, crashes: crashes + 1, stage: this.#stage, delayMs });
    } else if (putBack?.counts === 'retry') {
      const { afterMs } = putBack;
      observe({ type: 'retry', ...this.#subject, error: plain, retry: this.#task.retries + 1, delayMs: afterMs });
    } else if (verdict.kind === 'release' || putBack !== null) {
      observe({ type: 'released', ...this.#subject, reason: 'host' });
    }
    switch (verdict.kind) {
      case 'release':
        return this.#end(() => this.#release());
      case 'retry':
        return this.#end(() => store.fail(this.#lease, plain, this.#seconds(), verdict.putBack));
      case 'fail':
        return this.#end(() => store.fail(this.#lease, verdict.error.toJSON(), this.#seconds()));
    }
  }

  async #release(): Promise<TaskRecord> {
    await this.#options.store.release(this.#lease);
    return this.#current();
  }

  /** Stores the end of the attempt. A store that cannot write for a while is asked again; then the lease is left to run out. */
  async #end(write: () => Promise<TaskRecord>): Promise<TaskRecord> {
    const { timing } = this.#options;
    const deadline = timing.now() + STORE_PATIENCE_MS;
    for (;;) {
      try {
        return await write();
      } catch (thrown) {
        const error = toVoiceLinguaError(thrown);
        // The store refuses the write of a task that is another's by now, or was cancelled or deleted meanwhile.
        if (error.code === 'LEASE_LOST' || error.code === 'CANCELLED' || error.code === 'TASK_NOT_FOUND') {
          return this.#current();
        }
        if (!error.retryable || timing.now() > deadline) {
          return { ...this.#task, status: 'failed', error: error.toJSON() as SerializedError };
        }
        await timing.sleep(STORE_PAUSE_MS);
      }
    }
  }

  async #current(): Promise<TaskRecord> {
    const { id } = this.#task;
    return (await this.#options.store.get(id).catch(() => null)) ?? { ...this.#task, status: 'cancelled' };
  }

  /** Seconds since the task might have been claimed: since it was submitted or was last put back. */
  #queueSeconds(): number {
    const { createdAt, updatedAt, attempts, startedAt } = this.#task;
    const since = attempts > 1 ? updatedAt : createdAt;
    return Math.max(0, (Date.parse(startedAt ?? since) - Date.parse(since)) / 1000);
  }

  #seconds(): number {
    return Math.max(0, this.#options.timing.now() - this.#started) / 1000;
  }
}
