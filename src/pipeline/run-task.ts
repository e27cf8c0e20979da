import type { JobEvent } from '../api-types.js';
import { type SerializedError, toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import type { TaskRecord } from '../domain/task.js';
import type { Artifacts, Stage, StageContext, StageEvent, StageFacts, StagePorts } from '../stages/stage.js';
import type { ClaimedTask, Lease, TaskStore } from '../store/task-store.js';
import { planStages } from './plan.js';
import { StoreCheckpoints } from './store-checkpoints.js';

export interface RunTaskOptions {
  readonly store: TaskStore;
  readonly stages: readonly Stage[];
  /** The engines for this task; may reject (missing model). */
  readonly ports: (task: TaskRecord) => StagePorts;
  readonly emit: (event: JobEvent) => void;
  readonly leaseMs: number;
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
  readonly #started = performance.now();
  #progress = 0;
  #savedProgressAt = 0;
  #models: Readonly<Record<string, string>> = {};

  constructor(claimed: ClaimedTask, options: RunTaskOptions) {
    this.#task = claimed.task;
    this.#lease = claimed.lease;
    this.#options = options;
  }

  async run(): Promise<TaskRecord> {
    const { signal, emit, leaseMs } = this.#options;
    const onAbort = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const heartbeat = setInterval(() => void this.#heartbeat(), leaseMs / 3);
    heartbeat.unref();
    emit({ type: 'started', taskId: this.#task.id });
    let ended: TaskRecord;
    try {
      await this.#runStages();
      ended = await this.#complete();
    } catch (error) {
      ended = await this.#fail(error);
    } finally {
      clearInterval(heartbeat);
      signal.removeEventListener('abort', onAbort);
    }
    emit({ type: 'done', taskId: ended.id, status: ended.status, error: ended.error });
    return ended;
  }

  async #runStages(): Promise<void> {
    const { store, stages } = this.#options;
    const plan = planStages(stages, this.#task);
    const saved = await store.checkpoints(this.#task.id);
    const ports = this.#options.ports(this.#task);
    const weights = Math.max(
      1,
      plan.reduce((sum, stage) => sum + stage.weight(this.#task), 0),
    );
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
        signal: this.#abort.signal,
        emit: (event) => this.#forward(event, base / weights, stage.weight(this.#task) / weights),
        report: (facts) => this.#report(facts),
        warn: (message) => this.#warnings.push(message),
      };
      artifacts = { ...artifacts, ...(await stage.run(context)) };
      done += stage.weight(this.#task);
    }
  }

  #forward(event: StageEvent, base: number, share: number): void {
    const { emit } = this.#options;
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
    const now = performance.now();
    if (now - this.#savedProgressAt < PROGRESS_SAVE_MS) return;
    this.#savedProgressAt = now;
    this.#options.store.saveFacts(this.#lease, { progress: this.#progress }).catch((error) => this.#abort.abort(error));
  }

  async #report(facts: StageFacts): Promise<void> {
    if (facts.models !== undefined) this.#models = { ...this.#models, ...facts.models };
    await this.#options.store.saveFacts(this.#lease, { ...facts, ...(facts.models ? { models: this.#models } : {}) });
  }

  async #heartbeat(): Promise<void> {
    try {
      await this.#options.store.heartbeat(this.#lease, this.#options.leaseMs);
    } catch (error) {
      const failure = toVoiceLinguaError(error);
      if (failure.code === 'LEASE_LOST' || failure.code === 'CANCELLED') this.#abort.abort(failure);
    }
  }

  #complete(): Promise<TaskRecord> {
    const facts = { progress: 1, warnings: this.#warnings };
    return this.#options.store.complete(this.#lease, facts, this.#seconds());
  }

  async #fail(thrown: unknown): Promise<TaskRecord> {
    const { store } = this.#options;
    const { id } = this.#task;
    const error = toVoiceLinguaError(thrown);
    try {
      if (this.#abort.signal.aborted) {
        if (this.#options.signal.reason instanceof ShutDown) await store.release(this.#lease);
        else if (error.code !== 'LEASE_LOST' && this.#options.signal.aborted) return await store.cancel(id);
        return await this.#current();
      }
      return await store.fail(this.#lease, error.toJSON(), this.#seconds());
    } catch (storeError) {
      // The store refuses the write of a task that is another's by now, or was cancelled or deleted meanwhile.
      const code = toVoiceLinguaError(storeError).code;
      if (code === 'LEASE_LOST' || code === 'CANCELLED' || code === 'TASK_NOT_FOUND') return this.#current();
      return { ...this.#task, status: 'failed', error: toVoiceLinguaError(storeError).toJSON() as SerializedError };
    }
  }

  async #current(): Promise<TaskRecord> {
    return (await this.#options.store.get(this.#task.id)) ?? { ...this.#task, status: 'cancelled' };
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
