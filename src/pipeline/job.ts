import type { Job, JobEvent } from '../api-types.js';
import { VoiceLinguaError } from '../domain/errors.js';
import { EventLog } from './event-log.js';

/** What the work of a job may use. */
export interface JobScope {
  /** Aborted by `cancel()` and by the caller's own signal. */
  readonly signal: AbortSignal;
  emit(event: JobEvent): void;
  /** The job's id, once the store has given one. */
  setId(id: string): void;
}

/** A piece of work that starts at once and can be awaited, followed and cancelled. */
export class TaskJob<T> implements Job<T> {
  readonly #abort = new AbortController();
  readonly #log = new EventLog();
  readonly #result: Promise<T>;
  #id: string;

  constructor(id: string, work: (scope: JobScope) => Promise<T>, signal?: AbortSignal) {
    this.#id = id;
    const onAbort = (): void => this.#abort.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    const scope: JobScope = {
      signal: this.#abort.signal,
      emit: (event) => this.#log.push(event),
      setId: (given) => {
        this.#id = given;
      },
    };
    this.#result = (async () => {
      try {
        if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
        return await work(scope);
      } finally {
        signal?.removeEventListener('abort', onAbort);
        this.#log.end();
      }
    })();
    // A caller may follow events() only: the outcome is in `done`, and must not end the process as unhandled.
    this.#result.catch(() => undefined);
  }

  get id(): string {
    return this.#id;
  }

  events(): AsyncIterable<JobEvent> {
    return this.#log.read();
  }

  async cancel(): Promise<void> {
    this.#abort.abort(new VoiceLinguaError('CANCELLED', `The job ${this.#id} was cancelled.`));
    await this.#result.then(
      () => undefined,
      () => undefined,
    );
  }

  // biome-ignore lint/suspicious/noThenProperty: a job is awaitable by contract
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onFulfilled, onRejected);
  }

  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.#result.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#result.finally(onFinally);
  }
}
