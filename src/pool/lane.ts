import type { Worker } from 'node:worker_threads';
import { isErrorCode, toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import { startWorker } from '../threads/start-worker.js';
import type { LaneReply, LaneRequest } from './protocol.js';

/** What a lane is asked to do. */
export interface LaneCall extends Omit<LaneRequest, 'id'> {
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

interface PendingCall {
  readonly call: LaneCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The owner's side of one worker thread. The thread starts with the first call, keeps no process alive while it is
 * idle, and is started afresh by the next call when it died.
 */
export class Lane {
  /** What calls left on the thread that later ones find again (models), by any name; empty after it died. */
  readonly holds = new Set<string>();
  readonly #url: URL;
  readonly #workerData: unknown;
  readonly #pending = new Map<number, PendingCall>();
  #worker: Worker | null = null;
  #nextId = 1;
  #closed = false;
  #abandoned = false;

  constructor(url: URL, workerData: unknown) {
    this.#url = url;
    this.#workerData = workerData;
  }

  get started(): boolean {
    return this.#worker !== null;
  }

  /** Starts the thread now, so that the first call does not wait for it. */
  start(): void {
    if (this.#closed || this.#worker !== null) return;
    this.#start().unref();
  }

  call(call: LaneCall): Promise<unknown> {
    if (this.#closed) return Promise.reject(new VoiceLinguaError('CLOSED', 'The worker pool is closed.'));
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId++;
    const { method, params, group, label, mark } = call;
    const request: LaneRequest = { id, method, params, group, label, mark };
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { call, resolve, reject });
      if (!this.#abandoned) worker.ref();
      worker.postMessage(request);
    });
  }

  /** The thread hangs in its call: nobody waits for it any more, and it keeps no process alive. */
  abandon(): void {
    this.#abandoned = true;
    this.#worker?.unref();
  }

  /** Ends the thread; a native call in progress is finished or aborted first. Pending calls reject with `CLOSED`. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#rejectAll(() => new VoiceLinguaError('CLOSED', 'The worker pool was closed while this call was running.'));
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
      this.holds.clear();
      this.#rejectAll((call) =>
        failure !== null && 'code' in failure && isErrorCode(failure.code)
          ? toVoiceLinguaError(failure)
          : crash(code, failure, call),
      );
    });
    this.#worker = worker;
    return worker;
  }

  #receive(reply: LaneReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === 'progress') {
      pending.call.onProgress?.(reply.value);
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (reply.kind === 'result') pending.resolve(reply.value);
    else pending.reject(toVoiceLinguaError(reply.error));
  }

  #rejectAll(errorFor: (call: LaneCall) => VoiceLinguaError): void {
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const { call, reject } of calls) reject(errorFor(call));
  }
}

/** A lane serves one call at a time, so whose work ended its thread is known. */
function crash(code: number, failure: Error | null, { method, label, facts }: LaneCall): VoiceLinguaError {
  const reason = failure === null ? `exit code ${code}` : failure.message;
  return new VoiceLinguaError(
    'ENGINE_CRASHED',
    `A worker thread of the engines ended while it was working (${reason}).`,
    {
      cause: failure ?? undefined,
      details: {
        culprit: 'this',
        signal: null,
        exitCode: code,
        stderr: '',
        method,
        ...(label === undefined ? {} : { label }),
        ...facts,
      },
    },
  );
}
