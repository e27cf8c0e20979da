import type { Library, TaskRecord, VoiceLingua } from '../api.js';
import { AsyncQueue } from '../async-queue.js';
import type { Context } from '../context.js';
import type { Input, InputSource } from '../inputs.js';
import { openProgress, type Progress } from '../progress/progress.js';
import { formatDuration } from '../units.js';
import type { Batch } from './outcome.js';
import { Reporter } from './reporter.js';
import type { RequestMaker, Work } from './requests.js';
import { type Stored, Submitter } from './submit.js';

/** Tasks stored in one transaction. The first group is small, so that work starts at once. */
const FIRST_GROUP = 8;
const LARGEST_GROUP = 200;
/** How long a later group waits for more: each group costs the store a write to the disk. */
const LINGER_MS = 20;

export interface BatchOptions {
  /** Stop at the first failure. */
  readonly failFast: boolean;
  /** Time that running tasks get when the work is stopped gently, milliseconds. */
  readonly graceMs: number;
  /** Ended tasks are forgotten, for work without an end; else the same work given twice counts once. */
  readonly endless: boolean;
}

/** Why a batch ended early; null when it did not. */
export type EarlyEnd = 'stopped' | 'ended' | 'first failure' | null;

/**
 * Works off what a source gives: stores it group by group, hands the ids on while later ones are still being stored, and
 * packages and tells of what has ended. What is kept for a task is its id and its name.
 */
export class BatchWork {
  readonly #context: Context;
  readonly #lingua: VoiceLingua;
  readonly #source: InputSource;
  readonly #requests: RequestMaker;
  readonly #batch: Batch;
  readonly #options: BatchOptions;
  readonly #names: Map<string, string>;
  readonly #open = new Set<string>();
  readonly #progress: Progress;
  readonly #reporter: Reporter;
  /** Aborted by a first failure, or by what keeps all work from being done. */
  readonly #halt = new AbortController();
  #broken: { readonly error: unknown } | null = null;
  #found = 0;
  #searching = true;
  /** Inputs that are the same work as others. */
  #same = 0;

  private constructor(
    context: Context,
    library: Library,
    lingua: VoiceLingua,
    parts: {
      source: InputSource;
      requests: RequestMaker;
      batch: Batch;
      progress: Progress;
      names: Map<string, string>;
    },
    options: BatchOptions,
  ) {
    this.#context = context;
    this.#lingua = lingua;
    this.#source = parts.source;
    this.#requests = parts.requests;
    this.#batch = parts.batch;
    this.#progress = parts.progress;
    this.#names = parts.names;
    this.#options = options;
    this.#reporter = new Reporter(context, library, lingua, parts.batch, parts.progress, (error) =>
      this.#breakOff(error),
    );
    parts.batch.onFailure = () => {
      if (options.failFast) this.#halt.abort(new FirstFailure());
    };
  }

  static async open(
    context: Context,
    lingua: VoiceLingua,
    parts: { source: InputSource; requests: RequestMaker; batch: Batch },
    options: BatchOptions,
  ): Promise<BatchWork> {
    const names = new Map<string, string>();
    const progress = await openProgress(context.io, context.ui, names);
    return new BatchWork(context, await context.library(), lingua, { ...parts, progress, names }, options);
  }

  /** Told by the source's search. */
  found(count: number, all: boolean): void {
    this.#found = count;
    this.#searching = !all;
    this.#progress.found(count - this.#same, all);
  }

  /** Whether the source's search has not come to its end. */
  get searching(): boolean {
    return this.#searching;
  }

  get packages(): number {
    return this.#reporter.packages;
  }

  /** @throws what kept the work from being done; the batch's summary holds what was done until then */
  async run(): Promise<EarlyEnd> {
    const { signal, stop, ui } = this.#context;
    const { graceMs } = this.#options;
    const end = AbortSignal.any([signal, this.#halt.signal]);
    const onStop = (): void => {
      this.#reporter.leaveRest();
      if (signal.aborted) return;
      const ending =
        graceMs === 0
          ? 'handing back what runs'
          : `what runs has ${formatDuration(graceMs / 1000)} to end or to reach a checkpoint`;
      ui.message(`stopping: ${ending}; once more (Ctrl-C) stops at once`);
    };
    stop.addEventListener('abort', onStop, { once: true });
    let failure: { readonly error: unknown } | null = null;
    try {
      await this.#runAll(end);
    } catch (error) {
      // A run that was told to end at once rejects with the reason, which is no failure of its own.
      if (!end.aborted) failure = { error };
    } finally {
      if (failure !== null || end.aborted) this.#reporter.leaveRest();
      await this.#reporter.drained();
      stop.removeEventListener('abort', onStop);
      this.#source.close();
      this.#progress.stop();
    }
    failure = this.#broken ?? failure;
    const early = this.#halted() ? 'first failure' : signal.aborted ? 'ended' : stop.aborted ? 'stopped' : null;
    if (early !== null || failure !== null) this.#batch.stopped(this.#found - this.#same);
    else for (const id of this.#open) this.#reporter.deleted(id, this.#names.get(id) ?? id);
    if (failure !== null) throw failure.error;
    return early;
  }

  #breakOff(error: unknown): void {
    this.#broken ??= { error };
    this.#halt.abort(error);
  }

  #halted(): boolean {
    return this.#halt.signal.aborted && this.#halt.signal.reason instanceof FirstFailure;
  }

  async #runAll(end: AbortSignal): Promise<void> {
    const { stop } = this.#context;
    const over = new AbortController();
    const ids = new AsyncQueue<string>();
    const feeding = this.#feed(ids, AbortSignal.any([stop, end, over.signal]));
    try {
      const first = await ids.take(1);
      if (first.length === 0 || end.aborted) return;
      await this.#lingua.run(eachOf(first, ids), {
        signal: end,
        stop,
        graceMs: this.#options.graceMs,
        onEvent: (event) => this.#progress.event(event),
        onTask: (task, error) => this.#onTask(task, error),
      });
    } finally {
      over.abort();
      ids.close();
      await feeding;
    }
  }

  #onTask(task: TaskRecord, error: unknown): void {
    const name = this.#names.get(task.id) ?? task.textId;
    this.#open.delete(task.id);
    if (task.status === 'completed') this.#reporter.completed(task, name);
    else if (task.status === 'cancelled') this.#reporter.cancelled(error ?? new Error('cancelled'), name, task.id);
    else this.#reporter.failed(error ?? new Error(task.status), name, task.id);
    if (this.#options.endless) this.#names.delete(task.id);
  }

  /** Stores what the source gives, and hands on the ids of what is not done. */
  async #feed(ids: AsyncQueue<string>, stop: AbortSignal): Promise<void> {
    const submitter = new Submitter(this.#context, this.#lingua, this.#batch, stop);
    stop.addEventListener('abort', () => this.#source.close(), { once: true });
    let size = FIRST_GROUP;
    try {
      while (!stop.aborted) {
        const inputs = await this.#source.take(size, size === FIRST_GROUP ? 0 : LINGER_MS);
        if (inputs.length === 0) break;
        const works = await this.#worksOf(inputs);
        if (stop.aborted) break;
        const stored = await submitter.submit(works, () => this.#progress.ended('failed'));
        if (stored === null || stop.aborted) break;
        for (const id of this.#opened(stored)) ids.push(id);
        size = Math.min(size * 2, LARGEST_GROUP);
      }
      ids.end();
    } catch (error) {
      this.#breakOff(error);
      ids.close();
    }
  }

  async #worksOf(inputs: readonly Input[]): Promise<Work[]> {
    const works: Work[] = [];
    for (const input of inputs) {
      try {
        if ('error' in input) throw input.error;
        works.push(await this.#requests.make(input));
      } catch (error) {
        this.#reporter.failed(error, input.name);
      }
    }
    return works;
  }

  #opened(stored: readonly Stored[]): string[] {
    const ids: string[] = [];
    const done: Stored[] = [];
    for (const one of stored) {
      const known = this.#names.has(one.id);
      if (known) this.#same += 1;
      else if (one.status === 'completed') done.push(one);
      else ids.push(one.id);
      if (!known && !(this.#options.endless && one.status === 'completed')) this.#names.set(one.id, one.name);
    }
    for (const id of ids) this.#open.add(id);
    if (done.length > 0) this.#reporter.doneBefore(done);
    this.#progress.found(this.#found - this.#same, !this.#searching);
    return ids;
  }
}

/** Reason of the abort that `--fail-fast` makes. */
class FirstFailure extends Error {}

async function* eachOf(first: readonly string[], rest: AsyncQueue<string>): AsyncGenerator<string> {
  for (let some = first; some.length > 0; some = await rest.take(LARGEST_GROUP)) yield* some;
}
