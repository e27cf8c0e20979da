import { VoiceLinguaError } from '../domain/errors.js';
import type { HostRestartReason } from '../domain/lifecycle.js';
import { BackOff } from './back-off.js';
import type { HostDeath } from './host-death.js';
import { HostProcess, spawnFailure } from './host-process.js';
import type { HostStatus, Pool, PoolCall } from './pool.js';

export interface ChildHostOptions {
  /** Module that the host's process runs. */
  readonly entry: URL;
  /** Its arguments; `generation` counts the processes from 0. */
  readonly args: (generation: number) => readonly string[];
  /** The process is replaced after this many tasks (released groups). */
  readonly recycleTasks: number;
  /** The process is replaced when its memory has grown by so many bytes over what its models need. */
  readonly recycleGrowth: number;
  readonly onLog?: ((entries: readonly unknown[]) => void) | undefined;
  /** A process was replaced, or will be by the next call. */
  readonly onReplace?: ((reason: HostRestartReason, pid: number | null, signal: string | null) => void) | undefined;
  readonly backOff?: BackOff;
}

const MOST_SUSPECTS = 10_000;

/** A call that waits for the process to be started again. */
interface Waiting {
  readonly group: string | undefined;
  readonly resolve: (host: HostProcess) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The engines in a child process. It is started by the first call and again by the next one after it died, at once the
 * first time and after growing waits when it keeps dying. A process that is to be replaced ends the work of the groups
 * that it has, while new groups go to its successor.
 */
export class ChildHost implements Pool {
  readonly #options: ChildHostOptions;
  readonly #backOff: BackOff;
  readonly #processes = new Set<HostProcess>();
  readonly #homes = new Map<string, HostProcess>();
  readonly #waiting = new Set<Waiting>();
  /** Groups that were at work when a process died and nobody knew whose work did it. */
  readonly #suspects = new Set<string>();
  #current: HostProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #generation = 0;
  #tasks = 0;
  #models: readonly string[] = [];
  #closed = false;

  constructor(options: ChildHostOptions) {
    this.#options = options;
    this.#backOff = options.backOff ?? new BackOff();
  }

  /** Process ids of the host, and of those that end their work. */
  get pids(): number[] {
    return [...this.#processes].map(({ pid }) => pid).filter((pid) => pid !== undefined);
  }

  /** Starts the process, unless it runs, and resolves with what it says of itself. */
  async ready(): Promise<unknown> {
    return (this.#current ?? (await this.#started(undefined, undefined))).whenReady();
  }

  run<T>(call: PoolCall): Promise<T> {
    if (this.#closed) return Promise.reject(new VoiceLinguaError('CLOSED', 'The engines are closed.'));
    if (call.signal?.aborted) return Promise.reject(call.signal.reason);
    const home = call.group === undefined ? undefined : this.#homes.get(call.group);
    if (call.tidying && home === undefined) return Promise.resolve(undefined as T);
    const host = home ?? this.#current;
    if (host !== null) return this.#send<T>(host, call);
    return this.#started(call.group, call.signal).then((started) => this.#send<T>(started, call));
  }

  kill(group: string, reason: VoiceLinguaError): void {
    for (const waiting of [...this.#waiting]) if (waiting.group === group) waiting.reject(reason);
    const home = this.#homes.get(group);
    if (home?.works(group)) home.kill(group, reason);
    else this.release(group);
  }

  release(group: string): void {
    const home = this.#homes.get(group);
    this.#homes.delete(group);
    if (home?.release(group) !== true || home !== this.#current) return;
    this.#tasks++;
    if (this.#tasks >= this.#options.recycleTasks) this.#retire(home, 'tasks');
  }

  loadedModels(): readonly string[] {
    return this.#models;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting();
    for (const { reject } of [...this.#waiting]) {
      reject(new VoiceLinguaError('CLOSED', 'The engines were closed before this call was started.'));
    }
    await Promise.all([...this.#processes].map((host) => host.close()));
  }

  #send<T>(host: HostProcess, call: PoolCall): Promise<T> {
    if (call.group !== undefined) this.#homes.set(call.group, host);
    const alone = call.group !== undefined && this.#suspects.has(call.group);
    return host.call(alone ? { ...call, alone } : call) as Promise<T>;
  }

  /** From now on what these groups ask for is served by itself, so that the next crash names the one that does it. */
  #suspect(groups: readonly string[]): void {
    for (const group of groups) this.#suspects.add(group);
    for (const group of this.#suspects) {
      if (this.#suspects.size <= MOST_SUSPECTS) break;
      this.#suspects.delete(group);
    }
  }

  /** The process, once it may be started. */
  async #started(group: string | undefined, signal: AbortSignal | undefined): Promise<HostProcess> {
    if (this.#current !== null) return this.#current;
    const wait = this.#backOff.wait;
    if (wait <= 0) return this.#start();
    this.#timer ??= setTimeout(() => this.#startForAll(), wait);
    let onAbort = (): void => undefined;
    let waiting: Waiting | null = null;
    try {
      return await new Promise<HostProcess>((resolve, reject) => {
        waiting = { group, resolve, reject };
        this.#waiting.add(waiting);
        onAbort = () => reject(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      if (waiting !== null) this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#stopWaiting();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #startForAll(): void {
    try {
      this.#start();
    } catch (error) {
      this.#stopWaiting();
      for (const { reject } of this.#waiting) reject(error);
    }
  }

  #stopWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(): HostProcess {
    this.#backOff.born();
    const host = this.#spawn();
    this.#stopWaiting();
    for (const { resolve } of this.#waiting) resolve(host);
    this.#processes.add(host);
    this.#current = host;
    this.#tasks = 0;
    return host;
  }

  #spawn(): HostProcess {
    try {
      const host: HostProcess = new HostProcess({
        entry: this.#options.entry,
        args: this.#options.args(this.#generation++),
        onStatus: (status) => this.#observe(host, status),
        onLog: (entries) => this.#options.onLog?.(entries),
        onEnd: (expected, death, suspects) => {
          this.#suspect(suspects);
          this.#ended(host, expected, death);
        },
        onIdle: () => this.#closeIfRetired(host),
        onExit: () => this.#processes.delete(host),
      });
      return host;
    } catch (error) {
      this.#backOff.died();
      throw spawnFailure(error);
    }
  }

  #observe(host: HostProcess, { models, growth }: HostStatus): void {
    if (host !== this.#current) return;
    this.#models = models;
    if (growth > this.#options.recycleGrowth) this.#retire(host, 'memory');
  }

  /** New groups go to a new process; this one ends with the work that it has. */
  #retire(host: HostProcess, reason: HostRestartReason): void {
    this.#options.onReplace?.(reason, host.pid ?? null, null);
    this.#current = null;
    this.#models = [];
    this.#closeIfRetired(host);
  }

  #closeIfRetired(host: HostProcess): void {
    if (host !== this.#current && !host.ended && host.unused) void host.close();
  }

  #ended(host: HostProcess, expected: boolean, { signal, killedFor }: HostDeath): void {
    if (!expected || killedFor !== null) {
      this.#options.onReplace?.(killedFor === null ? 'crash' : 'limit', host.pid ?? null, signal);
    }
    for (const [group, home] of this.#homes) if (home === host) this.#homes.delete(group);
    if (!expected) this.#backOff.died();
    if (host !== this.#current) return;
    this.#current = null;
    this.#models = [];
  }
}
