import { setMaxListeners } from 'node:events';
import { toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import type { TaskRecord } from '../domain/task.js';
import type { ClaimedTask, TaskStore } from '../store/task-store.js';
import { Drain, type DrainOptions } from './drain.js';
import { type RunTaskOptions, runTask, ShutDown } from './run-task.js';
import { LONG_TASK_SECONDS, type SlotKind, type SlotRoom, Slots, TASKS_FOR } from './slots.js';

export interface SchedulerOptions extends Omit<RunTaskOptions, 'signal' | 'leaseMs'> {
  readonly store: TaskStore;
  /** Name of this process among the users of the store. */
  readonly owner: string;
  /** Whether the owner of that name is certainly dead. */
  readonly isDead: (owner: string) => boolean;
  /** Tasks in work at once; more than lanes, so that one decodes while others are recognised. */
  readonly room: SlotRoom;
  readonly leaseMs?: number;
}

/** Longer than a busy machine keeps a process from running, short enough that a stopped one's work soon goes on elsewhere. */
const DEFAULT_LEASE_MS = 10_000;
/** How often the tasks in work are looked up: cancelled or deleted by another process? */
const LOOK_MS = 500;
/** Every so many looks, dead owners are searched for. */
const LOOKS_PER_RESCUE = 2;

interface Running {
  readonly abort: AbortController;
  readonly models: readonly string[];
  readonly work: Promise<TaskRecord>;
}

/** Claims tasks from the store and keeps a fixed number of them in work, over all callers of {@link drain}. */
export class Scheduler {
  readonly slots: Slots;
  readonly #options: SchedulerOptions;
  readonly #shutDown = new AbortController();
  readonly #running = new Map<string, Running>();
  #drains = 0;
  #lastModels: readonly string[] = [];
  #stopLooking: (() => void) | null = null;
  #looks = 0;
  #looking = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.slots = new Slots(options.room);
    // Each drain listens.
    setMaxListeners(0, this.#shutDown.signal);
  }

  /** Aborted when no more tasks are to be claimed. */
  get closing(): AbortSignal {
    return this.#shutDown.signal;
  }

  /** Models of the tasks in work, or of the last one: those are loaded. */
  get models(): readonly string[] {
    const models = [...this.#running.values()].flatMap((running) => running.models);
    return models.length > 0 ? models : this.#lastModels;
  }

  /** Works tasks off until those asked for have ended, wherever they run. */
  async drain(options: DrainOptions): Promise<void> {
    const { store, timing } = this.#options;
    this.#look();
    this.#drains++;
    try {
      await this.rescueDead();
      await new Drain(this, store, timing, options).run();
    } finally {
      this.#drains--;
      this.#endLook();
    }
  }

  async claim(kind: SlotKind, selection: string): Promise<ClaimedTask | null> {
    const { store, owner } = this.#options;
    return store.claim(owner, this.#options.leaseMs ?? DEFAULT_LEASE_MS, {
      selection,
      preferModels: this.models,
      ...TASKS_FOR[kind],
    });
  }

  /** Runs a claimed task in a slot, which is free again when the promise resolves. */
  start(claimed: ClaimedTask, kind: SlotKind, stop: AbortSignal): Promise<TaskRecord> {
    const { task } = claimed;
    const long = (task.audioDuration ?? task.cost ?? 0) > LONG_TASK_SECONDS;
    if (long) this.slots.holdLong();
    const abort = new AbortController();
    const models = [task.sttModel, task.mtModel].filter((model) => model !== undefined);
    const work = runTask(claimed, {
      ...this.#options,
      leaseMs: this.#options.leaseMs ?? DEFAULT_LEASE_MS,
      signal: AbortSignal.any([stop, this.#shutDown.signal, abort.signal]),
    }).finally(() => {
      this.#running.delete(task.id);
      this.#lastModels = models;
      this.slots.give(kind, long);
      this.#endLook();
    });
    this.#running.set(task.id, { abort, models, work });
    return work;
  }

  /** Stops a task that is in work here; false when it is not. */
  cancel(taskId: string, reason: unknown): boolean {
    const running = this.#running.get(taskId);
    running?.abort.abort(reason);
    return running !== undefined;
  }

  /** Hands the tasks in work back, without using an attempt, and waits until all have let go. */
  async shutDown(): Promise<void> {
    this.#shutDown.abort(new ShutDown());
    await Promise.allSettled([...this.#running.values()].map(({ work }) => work));
  }

  /** Puts the tasks of dead processes back. */
  async rescueDead(): Promise<void> {
    const { store, owner, isDead } = this.#options;
    const dead = (await store.owners()).filter((other) => other !== owner && isDead(other));
    if (dead.length > 0) await store.rescue(dead);
  }

  #look(): void {
    this.#stopLooking ??= this.#options.timing.every(LOOK_MS, () => {
      if (this.#looking) return;
      this.#looking = true;
      // A store that cannot be read now is asked again at the next look; leases guard what is written.
      this.#lookOnce()
        .catch(() => undefined)
        .finally(() => {
          this.#looking = false;
        });
    });
  }

  #endLook(): void {
    if (this.#drains > 0 || this.#running.size > 0) return;
    this.#stopLooking?.();
    this.#stopLooking = null;
  }

  async #lookOnce(): Promise<void> {
    const { store } = this.#options;
    this.#looks++;
    if (this.#looks % LOOKS_PER_RESCUE === 0) await this.rescueDead();
    const ids = [...this.#running.keys()];
    if (ids.length === 0 || (await store.count({ ids, status: 'processing' })) === ids.length) return;
    const found = new Map((await store.list({ ids, limit: ids.length })).map((task) => [task.id, task.status]));
    for (const id of ids) {
      const status = found.get(id);
      if (status !== undefined && status !== 'cancelled') continue;
      this.cancel(id, new VoiceLinguaError('CANCELLED', `Task ${id} was ${status ?? 'deleted'}.`));
    }
  }
}

/** Whether the store may take the same call later. */
export function passes(thrown: unknown): boolean {
  const error = toVoiceLinguaError(thrown);
  return error.retryable && (error.code.startsWith('STORE_') || error.code === 'DISK_FULL');
}
