import { toVoiceLinguaError, type VoiceLinguaError } from '../domain/errors.js';
import type { TaskRecord } from '../domain/task.js';
import type { TaskStore } from '../store/task-store.js';
import { ShutDown } from './run-task.js';
import type { Scheduler } from './scheduler.js';
import type { SlotKind } from './slots.js';
import type { Timing } from './timing.js';

export interface DrainOptions {
  /** The tasks to work off; they may come one after the other while the first are in work. */
  readonly ids: readonly string[] | AsyncIterable<string>;
  /** Stops at once: claiming, and the tasks in work. */
  readonly signal?: AbortSignal;
  /** Whether `signal` cancels the tasks in work or hands them back as pending. */
  readonly onAbort: 'cancel' | 'release';
  /** Stops gently: nothing more is claimed; what is in work has `graceMs` to end before it is handed back. */
  readonly stop?: AbortSignal;
  readonly graceMs?: number;
  /** Called once for each task that has ended; null for one that was deleted. */
  readonly onEnd?: (id: string, task: TaskRecord | null) => void;
  /** The store cannot write for now; the drain waits. */
  readonly onStoreTrouble?: (error: VoiceLinguaError) => void;
}

/** How often to look whether a task that is in work elsewhere, or waits for its retry, has moved. */
const POLL_MS = 250;
/** The same where that is not what is waited for: all tasks are in work here, or there is no slot for the next. */
const SELDOM_MS = 1_000;
const DEFAULT_GRACE_MS = 10_000;
/** Ids that are selected in one transaction, and ended tasks that are told at once. */
const CHUNK = 500;
/** How long the store may refuse to write, e.g. while its disk is full, before the drain gives up. */
const STORE_PATIENCE_MS = 60_000;

let lastSelection = 0;

/** One caller's tasks, worked off in the slots of a scheduler that all callers share. */
export class Drain {
  readonly #scheduler: Scheduler;
  readonly #store: TaskStore;
  readonly #timing: Timing;
  readonly #options: DrainOptions;
  readonly #selection = `drain ${++lastSelection}`;
  readonly #mine = new Set<Promise<unknown>>();
  /** Aborted with what the tasks in work are to be stopped with. */
  readonly #halt = new AbortController();
  #fed = false;
  /** Ids that were given, and those of them that were told as ended. */
  #given = 0;
  #told = 0;
  /** Something of this drain has happened since it last looked what has ended. */
  #due = true;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #failure: { readonly error: unknown } | null = null;
  #stopping = false;
  #wake: () => void = () => undefined;
  #moved = false;
  #troubleSince: number | null = null;

  constructor(scheduler: Scheduler, store: TaskStore, timing: Timing, options: DrainOptions) {
    this.#scheduler = scheduler;
    this.#store = store;
    this.#timing = timing;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, stop, onAbort, graceMs = DEFAULT_GRACE_MS } = this.#options;
    const abort = (): void => {
      this.#stopping = true;
      this.#halt.abort(onAbort === 'release' ? new ShutDown() : signal?.reason);
      this.#move();
    };
    let endGrace: () => void = () => undefined;
    const soften = (): void => {
      this.#stopping = true;
      endGrace = this.#timing.after(graceMs, () => this.#halt.abort(new ShutDown()));
      this.#move();
    };
    const end = (): void => {
      this.#stopping = true;
      this.#move();
    };
    const unlisten = [listen(signal, abort), listen(stop, soften), listen(this.#scheduler.closing, end)];
    const feeding = this.#feed();
    try {
      await this.#work();
    } finally {
      this.#stopping = true;
      await Promise.allSettled([...this.#mine]);
      endGrace();
      for (const off of unlisten) off();
      await this.#report().catch(() => undefined);
      // A feeder that waits for its caller is not waited for: what it still gives is not taken.
      if (this.#fed) await feeding;
      await this.#store.deselect(this.#selection).catch(() => undefined);
    }
    if (this.#failure !== null) throw (this.#failure as { error: unknown }).error;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.#moved = false;
      // Of many callers with a task each most have it in work already, or wait for a slot: each look of theirs would keep the store's
      // thread from the tasks that end.
      const claimable = this.#given - this.#told - this.#mine.size > 0;
      const outcome = claimable ? await this.#claim() : 'none';
      if (outcome === 'claimed') continue;
      const full = outcome === 'full';
      const pause = full || (!claimable && this.#mine.size > 0) ? SELDOM_MS : POLL_MS;
      if (this.#due || this.#timing.now() - this.#lookedAt >= pause) {
        const open = await this.#patiently(() => this.#report());
        if (this.#failure !== null) return;
        if (this.#fed && open === 0 && this.#mine.size === 0) return;
      }
      await this.#change(full, pause);
    }
  }

  /** Claims a task into a slot of a kind that it fits into; `none` when there is none, `full` when another slot might have had one. */
  async #claim(): Promise<'claimed' | 'none' | 'full'> {
    const useless = new Set<SlotKind>();
    for (;;) {
      const slot = this.#scheduler.slots.take(useless);
      if (slot === null) return 'full';
      if (await this.#claimInto(slot)) return 'claimed';
      if (slot === 'any' || this.#stopping) return 'none';
      useless.add(slot);
    }
  }

  /** Claims a task for the slot and starts it; without one the slot is given back. */
  async #claimInto(slot: SlotKind): Promise<boolean> {
    let given = false;
    try {
      const claimed = await this.#patiently(() => this.#scheduler.claim(slot, this.#selection));
      if (claimed === null || claimed === undefined) return false;
      given = true;
      const work = this.#scheduler.start(claimed, slot, this.#halt.signal).finally(() => {
        this.#mine.delete(work);
        this.#move();
      });
      this.#mine.add(work);
      return true;
    } finally {
      if (!given) this.#scheduler.slots.give(slot);
    }
  }

  /** A store that cannot write for a while does not end the drain. Undefined when it could not this time. */
  async #patiently<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await action();
      this.#troubleSince = null;
      return result;
    } catch (thrown) {
      const error = toVoiceLinguaError(thrown);
      const now = this.#timing.now();
      const first = this.#troubleSince === null;
      this.#troubleSince ??= now;
      if (!error.retryable || now - this.#troubleSince > STORE_PATIENCE_MS) this.#failure ??= { error: thrown };
      else if (first) this.#options.onStoreTrouble?.(error);
      return undefined;
    }
  }

  async #feed(): Promise<void> {
    const { ids } = this.#options;
    try {
      let chunk: string[] = [];
      const flush = async (): Promise<void> => {
        if (chunk.length === 0) return;
        await this.#store.select(this.#selection, chunk);
        this.#given += chunk.length;
        chunk = [];
        this.#move();
      };
      if (Symbol.asyncIterator in ids) {
        for await (const id of ids) {
          if (this.#stopping) break;
          chunk.push(id);
          // Ids trickle in: each is worked off at once, not when a chunk is full.
          await flush();
        }
      } else {
        for (const id of ids) {
          chunk.push(id);
          if (chunk.length >= CHUNK) await flush();
        }
      }
      await flush();
    } catch (error) {
      this.#failure ??= { error };
      this.#stopping = true;
    } finally {
      this.#fed = true;
      this.#move();
    }
  }

  /** Tells what has ended, here or elsewhere; answers how many are still open. */
  async #report(): Promise<number> {
    this.#due = false;
    this.#lookedAt = this.#timing.now();
    for (;;) {
      const { tasks, open } = await this.#store.settled(this.#selection, CHUNK);
      this.#told += tasks.length;
      for (const { id, task } of tasks) this.#options.onEnd?.(id, task);
      if (tasks.length < CHUNK) return open;
    }
  }

  /** Resolves when something has happened: a task ended, ids came, a slot is free, it is time to look again. */
  async #change(wantsSlot: boolean, pause: number): Promise<void> {
    if (this.#moved || this.#stopping) return;
    const enough = new AbortController();
    const moved = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([
      moved,
      this.#timing.sleep(pause, enough.signal),
      ...(wantsSlot ? [this.#scheduler.slots.changed()] : []),
    ]);
    enough.abort();
  }

  #move(): void {
    this.#moved = true;
    this.#due = true;
    this.#wake();
  }
}

function listen(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
  return () => signal.removeEventListener('abort', action);
}
