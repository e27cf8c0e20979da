import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { toVoiceLinguaError, VoiceLinguaError } from '../domain/errors.js';
import { startChild } from '../threads/start-child.js';
import { Blame, type HostDeath, parseCrashReport } from './host-death.js';
import { CRASH_REPORT_FD, type HostReply, type HostRequest } from './host-protocol.js';
import type { HostStatus, PoolCall } from './pool.js';

export interface HostProcessOptions {
  /** Module that the process runs; it serves with {@link HostServer}. */
  readonly entry: URL;
  readonly args: readonly string[];
  readonly onStatus: (status: HostStatus) => void;
  readonly onLog: (entries: readonly unknown[]) => void;
  /** It answers no more. `expected` when its end was asked for; `suspects` are groups one of which may have brought it down. */
  readonly onEnd: (expected: boolean, death: HostDeath, suspects: readonly string[]) => void;
  /** A call has ended, or a group was released. */
  readonly onIdle: () => void;
  /** The process is gone. */
  readonly onExit: () => void;
}

interface PendingCall {
  readonly call: PoolCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onAbort: () => void;
}

const STDERR_TAIL = 4096;
const REPORT_TAIL = 8192;
/** More than there are lanes. */
const SHARED_MARKS = 512;
/** How long after a process's end the last of its output may take to come, milliseconds. */
const LAST_WORDS_MS = 300;

/**
 * One engine host: a child process and the calls that are in flight there. It keeps the caller's process alive only
 * while somebody waits for it.
 */
export class HostProcess {
  /** Groups that have worked here and were not released: what they opened is here. */
  readonly groups = new Set<string>();
  /** Resolves with what the host says of itself; rejects when it cannot work. */
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #options: HostProcessOptions;
  readonly #calls = new Map<number, PendingCall>();
  /** Calls that were served together, by the mark they have as one. */
  readonly #shared = new Map<number, readonly number[]>();
  readonly #exited: Promise<void>;
  #resolveReady!: (info: unknown) => void;
  #rejectReady!: (error: unknown) => void;
  #nextId = 1;
  #waiters = 0;
  #stderr = '';
  #report = '';
  /** Why it could not start. */
  #failure: VoiceLinguaError | null = null;
  #ended = false;

  constructor(options: HostProcessOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => undefined);
    const child = startChild(options.entry, options.args);
    this.#child = child;
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_TAIL);
    });
    (child.stdio?.[CRASH_REPORT_FD] as Socket | undefined)?.on('data', (chunk: Buffer) => {
      this.#report = (this.#report + chunk.toString('utf8')).slice(-REPORT_TAIL);
    });
    child.on('message', (reply: HostReply) => this.#receive(reply));
    // Neither a failed start nor a message to a host that is dying may be thrown at the caller; the end is told by `exit`.
    child.on('error', (error) => {
      if (child.pid === undefined) this.#end(spawnFailure(error));
    });
    child.on('disconnect', () => child.kill('SIGKILL'));
    this.#exited = new Promise((resolve) => {
      child.once('error', () => child.pid === undefined && resolve());
      child.once('exit', (exitCode, signal) => {
        resolve();
        this.#afterLastWords(() => this.#end(null, exitCode, signal));
      });
    });
    void this.#exited.then(options.onExit);
    this.#hold(0);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Nothing is in flight, and no group has anything open. */
  get unused(): boolean {
    return this.#calls.size === 0 && this.groups.size === 0;
  }

  /** {@link ready}, keeping the caller's process alive meanwhile. */
  async whenReady(): Promise<unknown> {
    this.#hold(1);
    try {
      return await this.ready;
    } finally {
      this.#hold(-1);
    }
  }

  call(call: PoolCall): Promise<unknown> {
    if (call.group !== undefined) this.groups.add(call.group);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const onAbort = (): void => this.#send({ kind: 'cancel', id });
      this.#calls.set(id, { call, resolve, reject, onAbort });
      call.signal?.addEventListener('abort', onAbort, { once: true });
      this.#hold(1);
      const { method, params, group, priority, deadlineMs, label, facts, alone, onProgress } = call;
      const progress = onProgress !== undefined;
      this.#send({ kind: 'call', id, method, params, group, priority, deadlineMs, label, facts, alone, progress });
    });
  }

  /** True when the group had been here. */
  release(group: string): boolean {
    const known = this.groups.delete(group);
    if (known) this.#send({ kind: 'release', group });
    if (known) this.#options.onIdle();
    return known;
  }

  /** Whether a call of the group is in flight here. */
  works(group: string): boolean {
    return [...this.#calls.values()].some(({ call }) => call.group === group);
  }

  /** Ends it with SIGKILL for the sake of one group, whose calls reject with `reason`. */
  kill(group: string, reason: VoiceLinguaError): void {
    this.#child.kill('SIGKILL');
    const death: HostDeath = { ...this.#death(null, 'SIGKILL'), killedFor: group };
    this.#finish(true, (blame, call) => (call.group === group ? reason : blame.errorFor(call)), death);
  }

  /** Ends it with SIGKILL; whatever is in flight rejects with `CLOSED`. Resolves when the process is gone. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    const closed = new VoiceLinguaError('CLOSED', 'The engines were closed while this call was running.');
    this.#failure ??= closed;
    this.#finish(true, () => closed, this.#death(null, 'SIGKILL'));
    this.#child.ref();
    await this.#exited;
  }

  #receive(reply: HostReply): void {
    switch (reply.kind) {
      case 'ready':
        this.#resolveReady(reply.info);
        return;
      case 'failed':
        this.#failure = toVoiceLinguaError(reply.error);
        return;
      case 'status':
        this.#options.onStatus(reply.status);
        return;
      case 'shared':
        this.#remember(reply.mark, reply.calls);
        return;
      case 'log':
        this.#options.onLog(reply.entries);
        return;
      case 'progress':
        this.#calls.get(reply.id)?.call.onProgress?.(reply.value);
        return;
      case 'result':
        this.#settle(reply.id, ({ call, resolve, reject }) => {
          if (call.signal?.aborted) reject(call.signal.reason);
          else resolve(reply.value);
        });
        return;
      case 'error':
        this.#settle(reply.id, ({ call, reject }) => {
          reject(call.signal?.aborted ? call.signal.reason : toVoiceLinguaError(reply.error));
        });
    }
  }

  #remember(mark: number, calls: readonly number[]): void {
    this.#shared.set(mark, calls);
    const oldest = this.#shared.keys().next().value as number;
    if (this.#shared.size > SHARED_MARKS) this.#shared.delete(oldest);
  }

  #settle(id: number, end: (pending: PendingCall) => void): void {
    const pending = this.#calls.get(id);
    if (pending === undefined) return;
    this.#calls.delete(id);
    pending.call.signal?.removeEventListener('abort', pending.onAbort);
    this.#hold(-1);
    end(pending);
    this.#options.onIdle();
  }

  #send(request: HostRequest): void {
    if (this.#ended || !this.#child.connected) return;
    // A failure to send is the host's end, which is told by its exit.
    this.#child.send(request, () => undefined);
  }

  /** What it wrote last comes after its end is known. */
  #afterLastWords(then: () => void): void {
    const timer = setTimeout(then, LAST_WORDS_MS);
    this.#child.once('close', () => {
      clearTimeout(timer);
      then();
    });
  }

  #death(exitCode: number | null, signal: NodeJS.Signals | null): HostDeath {
    return { signal, exitCode, stderr: this.#stderr, report: parseCrashReport(this.#report), killedFor: null };
  }

  #end(failure: VoiceLinguaError | null, exitCode: number | null = null, signal: NodeJS.Signals | null = null): void {
    this.#failure ??= failure;
    const death = this.#death(exitCode, signal);
    this.#finish(false, (blame, call) => this.#failure ?? blame.errorFor(call), death);
  }

  #finish(expected: boolean, errorFor: (blame: Blame, call: PoolCall) => VoiceLinguaError, death: HostDeath): void {
    if (this.#ended) return;
    this.#ended = true;
    const pending = [...this.#calls.entries()];
    const blame = new Blame(death, new Map(pending.map(([id, { call }]) => [id, call])), this.#shared);
    this.#calls.clear();
    this.groups.clear();
    this.#hold(-pending.length);
    this.#rejectReady(this.#failure ?? blame.errorFor({ method: 'start' }));
    this.#options.onEnd(expected, death, expected ? [] : blame.suspects);
    for (const [, { call, reject, onAbort }] of pending) {
      call.signal?.removeEventListener('abort', onAbort);
      reject(call.signal?.aborted ? call.signal.reason : errorFor(blame, call));
    }
  }

  /** Keeps the caller's process alive while anybody waits. */
  #hold(more: number): void {
    this.#waiters += more;
    const child = this.#child;
    const handles = [child, child.channel, ...(child.stdio ?? []).map((stream) => stream as Socket | null)];
    for (const handle of handles) {
      if (this.#waiters > 0) handle?.ref?.();
      else handle?.unref?.();
    }
  }
}

/** The system would not give a process. */
export function spawnFailure(cause: unknown): VoiceLinguaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceLinguaError(
    'ENGINE_FAILED',
    `The engine host could not be started (${reason}). Free memory, processes or files, or use the isolation "thread".`,
    { cause },
  );
}
