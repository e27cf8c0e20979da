import type { Worker } from 'node:worker_threads';
import { isErrorCode, toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import { startWorker } from '../threads/start-worker.js';
import type { LaneReply, LaneRequest } from './protocol.js';

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((fraction: number) => void) | undefined;
}

/**
 * The owner's side of one worker thread. The thread starts with the first call, keeps no process alive while it is
 * idle, and is started afresh by the next call when it died.
 */
export class Lane {
  readonly #url: URL;
  readonly #workerData: unknown;
  readonly #pending = new Map<number, PendingCall>();
  #worker: Worker | null = null;
  #nextId = 1;
  #closed = false;

  constructor(url: URL, workerData: unknown) {
    this.#url = url;
    this.#workerData = workerData;
  }

  get started(): boolean {
    return this.#worker !== null;
  }

  call(
    method: string,
    params: unknown,
    transfer: readonly ArrayBuffer[] = [],
    onProgress?: (fraction: number) => void,
  ): Promise<unknown> {
    if (this.#closed) return Promise.reject(new VoiceLinguaError('CLOSED', 'The worker pool is closed.'));
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId++;
    const request: LaneRequest = { id, method, params };
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      worker.ref();
      worker.postMessage(request, [...transfer]);
    });
  }

  /** Ends the thread; a native call in progress is finished or aborted first. Pending calls reject with `CLOSED`. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#rejectAll(new VoiceLinguaError('CLOSED', 'The worker pool was closed while this call was running.'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorker(this.#url, {
      workerData: this.#workerData,
      name: 'voicelingua-lane',
      // Nothing of the engines may reach the caller's stdout or stderr, not even through a worker's streams.
      stdout: true,
      stderr: true,
    });
    let failure: Error | null = null;
    worker.on('message', (reply: LaneReply) => this.#receive(reply));
    worker.on('error', (error: Error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#worker = null;
      this.#rejectAll(
        failure !== null && 'code' in failure && isErrorCode(failure.code)
          ? toVoiceLinguaError(failure)
          : crash(code, failure),
      );
    });
    this.#worker = worker;
    return worker;
  }

  #receive(reply: LaneReply): void {
    const call = this.#pending.get(reply.id);
    if (call === undefined) return;
    if (reply.kind === 'progress') {
      call.onProgress?.(reply.value);
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (reply.kind === 'result') call.resolve(reply.value);
    else call.reject(toVoiceLinguaError(reply.error));
  }

  #rejectAll(error: VoiceLinguaError): void {
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of calls) call.reject(error);
  }
}

function crash(code: number, failure: Error | null): VoiceLinguaError {
  const reason = failure === null ? `exit code ${code}` : failure.message;
  return new VoiceLinguaError(
    'ENGINE_CRASHED',
    `A worker thread of the engines ended while it was working (${reason}).`,
    { cause: failure ?? undefined },
  );
}
