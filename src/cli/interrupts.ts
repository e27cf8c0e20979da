import { EXIT_BY_SIGNAL, EXIT_OK } from './exit-codes.js';

/** Why the work was stopped from outside. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly by: keyof typeof EXIT_BY_SIGNAL | 'EPIPE') {
    super(`stopped by ${by}`);
  }

  get exitCode(): number {
    return this.by === 'EPIPE' ? EXIT_OK : EXIT_BY_SIGNAL[this.by];
  }
}

/**
 * Requests to stop, in two steps: `stop` asks a command that can end gently to do so, `signal` ends the work at once. A
 * command that named no grace gets both with the first request.
 */
export class Interrupts {
  readonly #stop = new AbortController();
  readonly #end = new AbortController();
  #graceMs: number | null = null;

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get graceMs(): number | null {
    return this.#graceMs;
  }

  /** Exit code of the request that came, null while none did. */
  get exitCode(): number | null {
    if (!this.stop.aborted && !this.signal.aborted) return null;
    const { reason } = this.signal.aborted ? this.signal : this.stop;
    return reason instanceof Interrupted ? reason.exitCode : EXIT_BY_SIGNAL.SIGINT;
  }

  /** From now on the first request leaves the work `graceMs` milliseconds. */
  graceful(graceMs: number): void {
    this.#graceMs = graceMs;
  }

  /** A request; answers what it led to: `ended` when all was told to end before. */
  request(reason: unknown): 'stopping' | 'ending' | 'ended' {
    if (this.signal.aborted) return 'ended';
    if (this.#graceMs !== null && !this.stop.aborted) {
      this.#stop.abort(reason);
      return 'stopping';
    }
    this.end(reason);
    return 'ending';
  }

  end(reason: unknown): void {
    this.#stop.abort(reason);
    this.#end.abort(reason);
  }
}
