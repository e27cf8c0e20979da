import { resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { toVoiceLinguaError, VoiceLinguaError } from '../../domain/errors.js';
import type { Segment } from '../../domain/segment.js';
import { type Clock, systemClock } from '../clock.js';
import type { TaskStore } from '../task-store.js';
import { BackgroundCheck } from './background-check.js';
import type {
  SegmentPage,
  StoreCall,
  StoreGreeting,
  StoreMethod,
  StoreReply,
  StoreRequest,
  StoreWorkerData,
  ThreadOrder,
} from './protocol.js';
import { giveBackThread, takeThread } from './thread.js';
import { type Packed, packedRequest, unpackedSubmitted } from './wire.js';

export interface SqliteStoreOptions {
  /** Milliseconds that a write waits for another process before it rejects with `STORE_BUSY`. Defaults to 30,000. */
  readonly busyTimeoutMs?: number;
  /** Read at each call; tests bring their own. Defaults to the system's clocks. */
  readonly clock?: Clock;
  /**
   * Milliseconds after which a store that is too large to be checked when it is opened (above 16 MB) is checked in the background.
   * When it is damaged, all later calls reject with `STORE_CORRUPT`. Defaults to 5,000.
   */
  readonly checkAfterMs?: number;
  /** Most entries of the translation memory; 0 keeps none. Defaults to 200,000, some 60 MB of short sentences. */
  readonly memoryLimit?: number;
}

const DEFAULT_BUSY_TIMEOUT_MS = 30_000;
const DEFAULT_CHECK_AFTER_MS = 5_000;
const MEMORY = ':memory:';

/**
 * Opens the store in the file `path`, or makes one there (folders too). SQLite runs on a worker thread of its own, which
 * does not keep the process alive while nothing is asked of it. `:memory:` gives a store that ends with `close`.
 * @throws {VoiceLinguaError} `STORE_CORRUPT` for a damaged or foreign file, `STORE_NEWER` for one of a later version,
 * `STORE_UNREADABLE`, `STORE_UNWRITABLE`, or `STORE_BUSY`; the file is left as it is.
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<TaskStore> {
  const workerData: StoreWorkerData = {
    path: path === MEMORY ? path : resolve(path),
    busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS,
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
  };
  const worker = takeThread();
  const { checked } = await greeting(worker, workerData);
  const store = new SqliteTaskStore(worker, workerData.path, options.clock ?? systemClock());
  if (!checked) store.checkLater(options.checkAfterMs ?? DEFAULT_CHECK_AFTER_MS);
  return store;
}

/** Has the thread open the store; a thread that could not goes back. */
export function greeting(worker: Worker, data: StoreWorkerData): Promise<{ readonly checked: boolean }> {
  return new Promise((opened, failed) => {
    const onMessage = (message: StoreGreeting): void => {
      worker.off('error', failed);
      worker.off('exit', onExit);
      if (message.opened) opened(message);
      else {
        giveBackThread(worker);
        failed(toVoiceLinguaError(message.error));
      }
    };
    const onExit = (): void => failed(workerEnded(data.path, undefined));
    worker.once('message', onMessage);
    worker.once('error', failed);
    worker.once('exit', onExit);
    worker.postMessage({ open: data } satisfies ThreadOrder);
  });
}

function workerEnded(path: string, cause: unknown): VoiceLinguaError {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return new VoiceLinguaError(
    'STORE_UNREADABLE',
    `The thread of the store "${path}" ended${reason}. What was acknowledged is stored; open the store again.`,
    { cause, details: { path } },
  );
}

interface Pending {
  readonly packed: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: VoiceLinguaError) => void;
}

/** The caller's side of the store: every call is a message to the worker and the promise of its answer. */
export class SqliteTaskStore implements TaskStore {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  /** Asked in this turn of the event loop and not sent yet. */
  #outbox: StoreRequest[] = [];
  #lastId = 0;
  #death: VoiceLinguaError | null = null;
  #closing: Promise<void> | null = null;
  #check: BackgroundCheck | null = null;
  #damage: VoiceLinguaError | null = null;
  #failure: unknown;

  /** @param worker one that has opened the store, see {@link greeting}. */
  constructor(worker: Worker, path: string, clock: Clock) {
    this.#worker = worker;
    this.#path = path;
    this.#clock = clock;
    worker.on('message', this.#onReplies);
    worker.on('error', this.#onError);
    worker.once('exit', this.#onExit);
    worker.unref();
  }

  readonly #onReplies = (replies: readonly StoreReply[]): void => {
    for (const reply of replies) this.#settle(reply);
  };
  readonly #onError = (error: unknown): void => {
    this.#failure = error;
  };
  readonly #onExit = (): void => this.#die(workerEnded(this.#path, this.#failure));

  readonly submit: TaskStore['submit'] = (specs) => this.#call('submit', specs);
  readonly claim: TaskStore['claim'] = (owner, leaseMs, options) => this.#call('claim', owner, leaseMs, options);
  readonly owners: TaskStore['owners'] = () => this.#call('owners');
  readonly rescue: TaskStore['rescue'] = (owners) => this.#call('rescue', owners);
  readonly select: TaskStore['select'] = (selection, ids) => this.#call('select', selection, ids);
  readonly settled: TaskStore['settled'] = (selection, limit) => this.#call('settled', selection, limit);
  readonly deselect: TaskStore['deselect'] = (selection) => this.#call('deselect', selection);
  readonly heartbeat: TaskStore['heartbeat'] = (lease, leaseMs) => this.#call('heartbeat', lease, leaseMs);
  readonly release: TaskStore['release'] = (lease) => this.#call('release', lease);
  readonly checkpoint: TaskStore['checkpoint'] = (lease, pieces) => this.#call('checkpoint', lease, pieces);
  readonly saveWindow: TaskStore['saveWindow'] = (lease, piece, result) =>
    this.#call('saveWindow', lease, piece, result);
  readonly saveTranslations: TaskStore['saveTranslations'] = (lease, pieces, records) =>
    this.#call('saveTranslations', lease, pieces, records);
  readonly saveFacts: TaskStore['saveFacts'] = (lease, facts) => this.#call('saveFacts', lease, facts);
  readonly checkpoints: TaskStore['checkpoints'] = (taskId, stage, piece) =>
    this.#call('checkpoints', taskId, stage, piece);
  readonly complete: TaskStore['complete'] = (lease, facts, seconds) => this.#call('complete', lease, facts, seconds);
  readonly fail: TaskStore['fail'] = (lease, error, seconds, putBack) =>
    this.#call('fail', lease, error, seconds, putBack);
  readonly cancel: TaskStore['cancel'] = (taskId) => this.#call('cancel', taskId);
  readonly retry: TaskStore['retry'] = (taskId) => this.#call('retry', taskId);
  readonly delete: TaskStore['delete'] = (taskId) => this.#call('delete', taskId);
  readonly known: TaskStore['known'] = (keys) => this.#call('known', keys);
  readonly waiting: TaskStore['waiting'] = () => this.#call('waiting');
  readonly prune: TaskStore['prune'] = (filter) => this.#call('prune', filter);
  readonly attempts: TaskStore['attempts'] = (taskId) => this.#call('attempts', taskId);
  readonly addOutputs: TaskStore['addOutputs'] = (taskId, paths) => this.#call('addOutputs', taskId, paths);
  readonly outputs: TaskStore['outputs'] = (taskId) => this.#call('outputs', taskId);
  readonly stats: TaskStore['stats'] = (filter) => this.#call('stats', filter);
  readonly get: TaskStore['get'] = (taskId) => this.#call('get', taskId);
  readonly list: TaskStore['list'] = (filter) => this.#call('list', filter);
  readonly count: TaskStore['count'] = (filter) => this.#call('count', filter);
  readonly segments: TaskStore['segments'] = async (taskId) => {
    const segments: Segment[] = [];
    for (let after: number | null = -1; after !== null; ) {
      const page: SegmentPage | null = await this.#call('segmentPage', taskId, after);
      // Deleted meanwhile: none, as if it had been asked for a moment later.
      if (page === null) return [];
      for (const text of page.texts) for (const segment of JSON.parse(text) as Segment[]) segments.push(segment);
      after = page.next;
    }
    return segments;
  };
  readonly translations: TaskStore['translations'] = (filter) => this.#call('translations', filter);
  readonly content: TaskStore['content'] = (query) => this.#call('content', query);
  readonly recallTranslations: TaskStore['recallTranslations'] = (keys) => this.#call('recallTranslations', keys);
  readonly rememberTranslations: TaskStore['rememberTranslations'] = (entries) =>
    this.#call('rememberTranslations', entries);
  readonly memoryEntries: TaskStore['memoryEntries'] = (filter) => this.#call('memoryEntries', filter);
  readonly pruneMemory: TaskStore['pruneMemory'] = (filter) => this.#call('pruneMemory', filter);
  readonly memoryUsage: TaskStore['memoryUsage'] = () => this.#call('memoryUsage');
  readonly keepGlossary: TaskStore['keepGlossary'] = (fingerprint, terms) =>
    this.#call('keepGlossary', fingerprint, terms);
  readonly glossary: TaskStore['glossary'] = (fingerprint) => this.#call('glossary', fingerprint);

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Checks the whole file once, in the background. */
  checkLater(afterMs: number): void {
    this.#check = new BackgroundCheck(this.#path, afterMs, (error) => {
      this.#damage = error;
    });
  }

  async #close(): Promise<void> {
    await this.#check?.stop();
    if (this.#death !== null) return;
    await this.#send('close', []);
    this.#worker.off('message', this.#onReplies);
    this.#worker.off('error', this.#onError);
    this.#worker.off('exit', this.#onExit);
    giveBackThread(this.#worker);
  }

  #call<M extends StoreMethod>(method: M, ...args: Parameters<StoreCall<M>>): ReturnType<StoreCall<M>> {
    const refusal =
      this.#closing === null
        ? this.#damage
        : new VoiceLinguaError('CLOSED', `The store "${this.#path}" is closed: open it again.`);
    const answer = refusal === null ? this.#send(method, args) : Promise.reject(refusal);
    return answer as ReturnType<StoreCall<M>>;
  }

  #send(method: StoreRequest['method'], args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#death !== null) {
        reject(this.#death);
        return;
      }
      this.#lastId += 1;
      if (this.#pending.size === 0) this.#worker.ref();
      const request = packedRequest({ id: this.#lastId, method, now: this.#clock(), args });
      this.#pending.set(this.#lastId, { packed: request.packed === true, resolve, reject });
      // What is asked in one turn of the event loop goes as one message, and so shares one commit.
      if (this.#outbox.length === 0) process.nextTick(() => this.#flush());
      this.#outbox.push(request);
    });
  }

  #flush(): void {
    const requests = this.#outbox;
    this.#outbox = [];
    try {
      this.#worker.postMessage(requests);
    } catch {
      // One of them holds what cannot be sent.
      for (const request of requests) this.#post(request);
    }
  }

  #post(request: StoreRequest): void {
    try {
      this.#worker.postMessage([request]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#settle({
        id: request.id,
        error: new VoiceLinguaError('INVALID_ARGUMENT', `${request.method}: ${reason}`).toJSON(),
      });
    }
  }

  #settle(reply: StoreReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('error' in reply) pending.reject(toVoiceLinguaError(reply.error));
    else pending.resolve(pending.packed ? unpackedSubmitted(reply.value as Packed) : reply.value);
  }

  #die(error: VoiceLinguaError): void {
    this.#death = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
