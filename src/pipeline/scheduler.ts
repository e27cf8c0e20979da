import { setTimeout as delay } from 'node:timers/promises';
import type { TaskRecord } from '../domain/task.js';
import type { TaskStore } from '../store/task-store.js';
import { type RunTaskOptions, runTask, ShutDown } from './run-task.js';
import { Semaphore } from './semaphore.js';

export interface SchedulerOptions extends Omit<RunTaskOptions, 'signal' | 'leaseMs'> {
  readonly store: TaskStore;
  /** Name of this process among the users of the store. */
  readonly owner: string;
  /** Tasks in work at once; more than lanes, so that one decodes while others are recognised. */
  readonly concurrency: number;
  readonly leaseMs?: number;
}

export interface DrainOptions {
  /** Only these tasks; without it all pending ones. */
  readonly ids?: readonly string[];
  /** Stops claiming, and the tasks in work with it. */
  readonly signal?: AbortSignal;
  /** Whether an abort cancels the tasks in work or hands them back as pending. */
  readonly onAbort: 'cancel' | 'release';
  readonly onEnd?: (task: TaskRecord) => void;
}

const DEFAULT_LEASE_MS = 15_000;
/** How often to look whether a task that is in work elsewhere, or waits for its retry, has moved. */
const POLL_MS = 250;

/** Claims tasks from the store and keeps a fixed number of them in work, over all callers of {@link drain}. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #slots: Semaphore;
  readonly #shutDown = new AbortController();
  readonly #cancels = new Map<string, AbortController>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#slots = new Semaphore(options.concurrency);
  }

  /** Works tasks off until none is left to claim and those asked for have ended, wherever they run. */
  async drain({ ids, signal, onAbort, onEnd }: DrainOptions): Promise<void> {
    const { store, owner } = this.#options;
    const leaseMs = this.#options.leaseMs ?? DEFAULT_LEASE_MS;
    const aborted = new AbortController();
    const abort = (): void => aborted.abort(onAbort === 'release' ? new ShutDown() : signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const stop = AbortSignal.any([this.#shutDown.signal, aborted.signal]);
    const mine = new Set<Promise<void>>();
    const ended = new Set<string>();
    while (!stop.aborted) {
      await this.#slots.acquire();
      const claimed = stop.aborted
        ? null
        : await store.claim(owner, leaseMs, ids).catch((error) => {
            this.#slots.release();
            throw error;
          });
      if (claimed === null) {
        this.#slots.release();
        if (stop.aborted) break;
        if (mine.size > 0) await Promise.race([...mine, delay(POLL_MS, undefined, { ref: false })]);
        else if (ids === undefined || !(await this.#open(ids, ended, onEnd))) break;
        else await delay(POLL_MS);
        continue;
      }
      const cancel = new AbortController();
      this.#cancels.set(claimed.task.id, cancel);
      const work = runTask(claimed, { ...this.#options, leaseMs, signal: AbortSignal.any([stop, cancel.signal]) })
        .then((task) => {
          if (task.status === 'pending') return;
          ended.add(task.id);
          onEnd?.(task);
        })
        .finally(() => {
          this.#cancels.delete(claimed.task.id);
          this.#slots.release();
          mine.delete(work);
          this.#running.delete(work);
        });
      mine.add(work);
      this.#running.add(work);
    }
    await Promise.all(mine);
    signal?.removeEventListener('abort', abort);
  }

  /** Stops a task that is in work here; false when it is not. */
  cancel(taskId: string, reason: unknown): boolean {
    const cancel = this.#cancels.get(taskId);
    cancel?.abort(reason);
    return cancel !== undefined;
  }

  /** Hands the tasks in work back, without using an attempt, and waits until all have let go. */
  async shutDown(): Promise<void> {
    this.#shutDown.abort(new ShutDown());
    await Promise.allSettled([...this.#running]);
  }

  /** Whether one of the tasks may still move; those that have ended elsewhere are told once. */
  async #open(ids: readonly string[], ended: Set<string>, onEnd: DrainOptions['onEnd']): Promise<boolean> {
    const waiting = ids.filter((id) => !ended.has(id));
    if (waiting.length === 0) return false;
    const tasks = await this.#options.store.list({ ids: waiting, limit: waiting.length });
    const known = new Set(tasks.map((task) => task.id));
    for (const id of waiting) if (!known.has(id)) ended.add(id);
    let open = false;
    for (const task of tasks) {
      if (task.status === 'pending' || task.status === 'processing') {
        open = true;
        continue;
      }
      ended.add(task.id);
      onEnd?.(task);
    }
    return open;
  }
}
