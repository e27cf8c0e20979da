import { toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import type { HostReply, HostRequest } from './host-protocol.js';
import type { LanePoolCall } from './lane-pool.js';
import type { HostStatus, Pool } from './pool.js';

/** A pool that runs in a host, and says how its process does. */
export interface HostedPool extends Pool {
  run<T>(call: LanePoolCall): Promise<T>;
  status(): HostStatus;
}

/** The channel to the caller: in a host this process, in a test anything. */
export interface HostChannel {
  send(reply: HostReply): void;
  onRequest(listener: (request: HostRequest) => void): void;
}

/** Marks of calls that are served together count from here, those of single calls from 1. */
const FIRST_SHARED_MARK = 2 ** 40;

/** How often the caller is told of the process's memory, milliseconds. */
const STATUS_MS = 500;

/** Answers a caller's requests with a pool of this process. */
export class HostServer {
  readonly #pool: HostedPool;
  readonly #channel: HostChannel;
  readonly #running = new Map<number, AbortController>();
  #told = Number.NEGATIVE_INFINITY;
  #models = '';
  #shared = FIRST_SHARED_MARK;

  constructor(pool: HostedPool, channel: HostChannel, info: unknown) {
    this.#pool = pool;
    this.#channel = channel;
    channel.send({ kind: 'ready', info });
    channel.onRequest((request) => this.#receive(request));
  }

  /** Tells the caller which models are loaded, when others are than it knows of. */
  modelsChanged(): void {
    const models = this.#pool.loadedModels().join('\n');
    if (models !== this.#models) this.#tell();
  }

  /** Tells the caller which calls are served together from now on; answers the mark that they have as one. */
  shared(calls: readonly number[]): number {
    const mark = this.#shared++;
    this.#channel.send({ kind: 'shared', mark, calls });
    return mark;
  }

  #receive(request: HostRequest): void {
    switch (request.kind) {
      case 'call':
        void this.#call(request);
        return;
      case 'cancel':
        this.#running.get(request.id)?.abort(new VoiceLinguaError('CANCELLED', 'The call was cancelled.'));
        return;
      case 'release':
        this.#pool.release(request.group);
        return;
    }
  }

  async #call({ kind: _, id, progress, ...call }: HostRequest & { kind: 'call' }): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    const onProgress = (value: number): void => this.#channel.send({ id, kind: 'progress', value });
    try {
      const value = await this.#pool.run<unknown>({
        ...call,
        mark: id,
        signal: abort.signal,
        onProgress: progress ? onProgress : undefined,
      });
      this.#channel.send({ id, kind: 'result', value });
    } catch (error) {
      this.#channel.send({ id, kind: 'error', error: toVoiceLinguaError(error).toJSON() });
    } finally {
      this.#running.delete(id);
      if (performance.now() - this.#told >= STATUS_MS) this.#tell();
    }
  }

  #tell(): void {
    const status = this.#pool.status();
    this.#told = performance.now();
    this.#models = status.models.join('\n');
    this.#channel.send({ kind: 'status', status });
  }
}
