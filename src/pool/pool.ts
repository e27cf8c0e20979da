import { VoiceLinguaError } from '../domain/errors.js';
import { FairQueue } from './fair-queue.js';
import { Lane } from './lane.js';

/** The process-wide table of cancel tokens that native abort callbacks read while a lane is blocked. */
export interface CancelTokens {
  create(deadlineMs: number): number;
  cancel(token: number): void;
  release(token: number): void;
}

export interface PoolOptions {
  /** Entry file of a lane's worker thread. */
  readonly worker: URL;
  readonly lanes: number;
  readonly workerData?: unknown;
  readonly tokens: CancelTokens;
}

export interface PoolCall {
  readonly method: string;
  /** Gets a `token` added: the number of the call's cancel token. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal | undefined;
  /** Calls of one group are served in turn with other groups; usually the task. */
  readonly group?: string | undefined;
  /** Higher first. */
  readonly priority?: number | undefined;
  /** 0 is no limit. */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

interface QueuedCall {
  readonly call: PoolCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onAbort: () => void;
}

/** A fixed number of lanes that serve calls fairly; each lane runs one blocking call at a time. */
export class Pool {
  readonly #lanes: readonly Lane[];
  readonly #idle: Lane[];
  readonly #tokens: CancelTokens;
  readonly #queue = new FairQueue<QueuedCall>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#lanes = Array.from({ length: options.lanes }, () => new Lane(options.worker, options.workerData));
    this.#idle = [...this.#lanes];
    this.#tokens = options.tokens;
  }

  get lanes(): number {
    return this.#lanes.length;
  }

  /**
   * Resolves with the lane's answer. A queued call that is aborted leaves at once; a running one is cancelled through
   * its native token and rejects, when the engine has let go, with `signal.reason`.
   */
  run<T>(call: PoolCall): Promise<T> {
    if (this.#closed) return Promise.reject(new VoiceLinguaError('CLOSED', 'The worker pool is closed.'));
    if (call.signal?.aborted) return Promise.reject(call.signal.reason);
    return new Promise<unknown>((resolve, reject) => {
      const queued: QueuedCall = {
        call,
        resolve,
        reject,
        onAbort: () => {
          if (this.#queue.remove((other) => other === queued)) reject(call.signal?.reason);
        },
      };
      call.signal?.addEventListener('abort', queued.onAbort, { once: true });
      this.#queue.push(queued, call.group ?? '', call.priority ?? 0);
      this.#dispatch();
    }) as Promise<T>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queued of this.#queue.drain()) {
      queued.call.signal?.removeEventListener('abort', queued.onAbort);
      queued.reject(new VoiceLinguaError('CLOSED', 'The worker pool was closed before this call was started.'));
    }
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.size > 0) {
      const queued = this.#queue.shift() as QueuedCall;
      // A lane that has started already holds its models; a fresh one has to load them.
      const started = this.#idle.findIndex((lane) => lane.started);
      const [lane] = this.#idle.splice(Math.max(0, started), 1);
      void this.#execute(lane as Lane, queued);
    }
  }

  async #execute(lane: Lane, queued: QueuedCall): Promise<void> {
    const { call } = queued;
    call.signal?.removeEventListener('abort', queued.onAbort);
    const token = this.#tokens.create(call.deadlineMs ?? 0);
    const cancel = (): void => this.#tokens.cancel(token);
    call.signal?.addEventListener('abort', cancel, { once: true });
    try {
      const result = await lane.call(call.method, { ...call.params, token }, call.transfer, call.onProgress);
      if (call.signal?.aborted) queued.reject(call.signal.reason);
      else queued.resolve(result);
    } catch (error) {
      queued.reject(call.signal?.aborted ? call.signal.reason : error);
    } finally {
      call.signal?.removeEventListener('abort', cancel);
      this.#tokens.release(token);
      this.#idle.push(lane);
      this.#dispatch();
    }
  }
}
