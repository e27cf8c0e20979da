import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import * as parse from './api-options.js';
import type {
  ContentQuery,
  DoctorReport,
  Job,
  JobEvent,
  LogEntry,
  PackageOptions,
  QueryFailure,
  QueryFilter,
  RunOptions,
  RunSummary,
  SubmittedWork,
  TaskRequest,
  TranscribeOptions,
  TranscribeSource,
  TranslateInput,
  TranslateOptions,
  TranslationSet,
  VoiceLingua,
  VoiceLinguaOptions,
} from './api-types.js';
import { toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import { invalidArgument } from './domain/options.js';
import type { Package, QueryResult } from './domain/package.js';
import type { TaskRecord, TaskSpec } from './domain/task.js';
import { newTaskId } from './domain/task-id.js';
import type { Transcript } from './domain/transcript.js';
import type { EngineRoom } from './engine-room.js';
import { exportPackage } from './formats/export.js';
import { findWriters } from './formats/registry.js';
import { hashFile } from './input-file.js';
import { DEFAULT_MODELS } from './models/registry.js';
import { defaultStorePath } from './paths.js';
import { EventHub } from './pipeline/events.js';
import { TaskJob } from './pipeline/job.js';
import { watchTask } from './pipeline/watch.js';
import { filteredContents, storedPackage } from './queries.js';
import { completedTask, storedTranscript, storedTranslationSet } from './results.js';
import { spool } from './spool.js';
import { answerAll, queryKind } from './stages/query.js';
import { openStore } from './store/open-store.js';
import type { TaskStore } from './store/task-store.js';
import { type DefaultModels, recordingPath, requestSpec, transcribeSpec, translateSpec } from './task-specs.js';

/** Recordings of a large submit are hashed this many at a time. */
const HASHES_AT_ONCE = 8;

/** The composition root: store, engines and scheduler behind the public API. */
export class LocalVoiceLingua implements VoiceLingua {
  readonly #options: VoiceLinguaOptions;
  readonly #store: Promise<TaskStore>;
  readonly #models: DefaultModels;
  readonly #hub = new EventHub();
  readonly #jobs = new Set<TaskJob<unknown>>();
  #engines: Promise<EngineRoom> | null = null;
  #opened: TaskStore | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: VoiceLinguaOptions) {
    this.#options = options;
    this.#models = {
      sttModel: options.sttModel ?? DEFAULT_MODELS.speech,
      mtModel: options.mtModel ?? DEFAULT_MODELS.translation,
    };
    this.#store = openStore(options.store ?? defaultStorePath());
    this.#store.then(
      (store) => {
        this.#opened = store;
      },
      () => undefined,
    );
  }

  /** Resolves when the store is open, rejects when it cannot be. */
  async ready(): Promise<this> {
    await this.#store;
    return this;
  }

  transcribe(source: TranscribeSource, given?: TranscribeOptions): Job<Transcript> {
    const options = parse.parseTranscribeOptions(given);
    checkSource(source);
    return this.#job<Transcript>(async ({ signal, emit, setId }, id) => {
      const file = typeof source === 'string' || source instanceof URL;
      const spooled = file ? null : await spool(source, signal);
      try {
        const path = spooled?.path ?? recordingPath(source as string | URL);
        const spec = transcribeSpec(id, path, await hashFile(path, signal), options, file, this.#models);
        const task = await this.#runJob(spec, emit, setId, signal);
        return await storedTranscript(await this.#store, task);
      } finally {
        await spooled?.remove();
      }
    }, options.signal);
  }

  translate(input: TranslateInput, given: TranslateOptions): Job<TranslationSet> {
    const options = parse.parseTranslateOptions(given);
    return this.#job<TranslationSet>(async ({ signal, emit, setId }, id) => {
      const stored = typeof input === 'string' ? await this.#storedInput(input) : null;
      const spec = translateSpec(id, stored ?? input, options, this.#models);
      const task = await this.#runJob(spec, emit, setId, signal);
      return await storedTranslationSet(await this.#store, task);
    }, options.signal);
  }

  packageTask(taskId: string, given?: PackageOptions): Job<Package> {
    const options = parse.parsePackageOptions(given);
    const formats = options.formats ?? ['json'];
    findWriters(formats);
    return this.#job<Package>(async ({ signal, setId }) => {
      setId(taskId);
      const store = await this.#store;
      const built = await storedPackage(store, await this.task(taskId));
      signal.throwIfAborted();
      if (options.out !== undefined) {
        const { skipped } = await exportPackage(built, options.out, formats);
        for (const { format, language, reason } of skipped) {
          this.#log('warn', `No ${format} file for "${language}" of ${built.text_id}: ${reason}.`, taskId);
        }
      }
      return built;
    }, options.signal);
  }

  query(taskId: string): Promise<Package>;
  query(content: ContentQuery): Promise<QueryResult>;
  query(many: ReadonlyArray<string | ContentQuery>): Promise<Array<Package | QueryResult | QueryFailure>>;
  query(filter: QueryFilter): Promise<QueryResult[]>;
  async query(what: unknown): Promise<unknown> {
    const store = await this.#usable();
    const one = async (query: unknown): Promise<Package | QueryResult> =>
      typeof query === 'string'
        ? storedPackage(store, await this.task(query))
        : store.content(parse.parseContentQuery(query));
    switch (queryKind(what)) {
      case 'task':
      case 'content':
        return one(what);
      case 'many':
        return answerAll(what as readonly unknown[], one);
      case 'filter':
        return filteredContents(store, parse.parseQueryFilter(what));
    }
  }

  submit(request: TaskRequest): Promise<SubmittedWork>;
  submit(requests: readonly TaskRequest[]): Promise<SubmittedWork[]>;
  async submit(given: TaskRequest | readonly TaskRequest[]): Promise<SubmittedWork | SubmittedWork[]> {
    const store = await this.#usable();
    const requests = (Array.isArray(given) ? given : [given]).map((request) => parse.parseTaskRequest(request));
    const specs: TaskSpec[] = [];
    for (let start = 0; start < requests.length; start += HASHES_AT_ONCE) {
      specs.push(
        ...(await Promise.all(
          requests.slice(start, start + HASHES_AT_ONCE).map((request) => specOf(request, this.#models)),
        )),
      );
    }
    const submitted = await store.submit(specs);
    return Array.isArray(given) ? submitted : (submitted[0] as SubmittedWork);
  }

  async run(ids?: readonly string[], given?: RunOptions): Promise<RunSummary> {
    const { signal, onTask, onEvent } = parse.parseRunOptions(given);
    if (ids !== undefined && (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string'))) {
      throw invalidArgument('run', 'ids', 'a list of task ids', ids);
    }
    if (signal?.aborted) throw signal.reason;
    const store = await this.#usable();
    const wanted = ids ?? (await pendingIds(store));
    for (const id of ids ?? []) await this.task(id);
    const stops = onEvent === undefined ? [] : wanted.map((id) => this.#hub.subscribe(id, onEvent));
    const counts = { total: wanted.length, completed: 0, failed: 0, cancelled: 0 };
    try {
      await (await this.#start()).scheduler.drain({
        ids: wanted,
        onAbort: 'release',
        ...(signal === undefined ? {} : { signal }),
        onEnd: (task) => {
          if (task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled')
            counts[task.status]++;
          onTask?.(task, task.error === null ? null : toVoiceLinguaError(task.error));
        },
      });
    } finally {
      for (const stop of stops) stop();
    }
    if (signal?.aborted) throw signal.reason;
    return counts;
  }

  watch(taskId: string): AsyncIterable<JobEvent> {
    return watchTask(this.#usable(), this.#hub, taskId);
  }

  async task(taskId: string): Promise<TaskRecord> {
    if (typeof taskId !== 'string') throw invalidArgument('task', 'taskId', 'the id of a task', taskId);
    const task = await (await this.#usable()).get(taskId);
    if (task !== null) return task;
    throw new VoiceLinguaError(
      'TASK_NOT_FOUND',
      `There is no task "${taskId}" in the store. "voicelingua tasks list" names those that are.`,
      {
        details: { taskId },
      },
    );
  }

  async tasks(filter?: Parameters<VoiceLingua['tasks']>[0]): Promise<TaskRecord[]> {
    return (await this.#usable()).list(parse.parseTaskFilter(filter));
  }

  async cancel(taskId: string): Promise<TaskRecord> {
    await this.task(taskId);
    const engines = await this.#engines?.catch(() => null);
    engines?.scheduler.cancel(taskId, new VoiceLinguaError('CANCELLED', `Task ${taskId} was cancelled.`));
    return (await this.#store).cancel(taskId);
  }

  async doctor(): Promise<DoctorReport> {
    const { examine } = await import('./doctor.js');
    return examine({ options: this.#options, store: this.#store, host: async () => (await this.#start()).host });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { graceMs = 0 } = this.#options;
    if (graceMs > 0 && this.#jobs.size > 0) {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([Promise.allSettled([...this.#jobs]), timeout]);
    }
    const engines = await this.#engines?.catch(() => null);
    await engines?.scheduler.shutDown();
    await Promise.allSettled([...this.#jobs]);
    await engines?.host.close();
    await this.#opened?.close();
  }

  #log(level: LogEntry['level'], message: string, taskId: string): void {
    this.#options.logger?.({ level, message, source: 'voicelingua', taskId });
  }

  /** The store, for callers that come before `close`. */
  #usable(): Promise<TaskStore> {
    if (this.#closing !== null) {
      return Promise.reject(new VoiceLinguaError('CLOSED', 'This VoiceLingua instance is closed. Open a new one.'));
    }
    return this.#store;
  }

  /** The engines, started by the first work; after a failure the next work tries again. */
  #start(): Promise<EngineRoom> {
    this.#engines ??= this.#openEngines().catch((error: unknown) => {
      this.#engines = null;
      throw error;
    });
    return this.#engines;
  }

  async #openEngines(): Promise<EngineRoom> {
    const store = await this.#store;
    const { openEngineRoom } = await import('./engine-room.js');
    return openEngineRoom(this.#options, store, (event) => this.#hub.emit(event));
  }

  #job<T>(
    work: (scope: Parameters<ConstructorParameters<typeof TaskJob<T>>[1]>[0], id: string) => Promise<T>,
    signal?: AbortSignal,
  ): Job<T> {
    const id = newTaskId(Date.now());
    const job = new TaskJob<T>(
      id,
      async (scope) => {
        await this.#usable();
        return work(scope, id);
      },
      signal,
    );
    this.#jobs.add(job);
    const forget = (): void => {
      this.#jobs.delete(job);
    };
    job.then(forget, forget);
    return job;
  }

  /** Stores a task, follows it to its end, and answers with it; the same work done before is not done again. */
  async #runJob(
    spec: TaskSpec,
    emit: (event: JobEvent) => void,
    setId: (id: string) => void,
    signal: AbortSignal,
  ): Promise<TaskRecord> {
    const store = await this.#store;
    const [submitted] = await store.submit([spec]);
    const { id, status } = submitted as SubmittedWork;
    setId(id);
    emit({ type: 'queued', taskId: id, textId: spec.textId });
    if (status === 'completed') {
      emit({ type: 'done', taskId: id, status, error: null });
      return completedTask(await this.task(id));
    }
    const stop = this.#hub.subscribe(id, emit);
    try {
      await (await this.#start()).scheduler.drain({ ids: [id], signal, onAbort: 'cancel' });
    } finally {
      stop();
    }
    if (signal.aborted) {
      const task = await store.cancel(id);
      emit({ type: 'done', taskId: id, status: task.status, error: task.error });
      throw signal.reason;
    }
    const task = await store.get(id);
    if (task === null) throw new VoiceLinguaError('TASK_NOT_FOUND', `Task ${id} was deleted while it was running.`);
    if (this.#closing !== null && task.status === 'pending') {
      throw new VoiceLinguaError(
        'CLOSED',
        `VoiceLingua was closed before task ${id} had ended; it is pending in the store.`,
      );
    }
    return completedTask(task);
  }

  /** A string that is the id of a stored task stands for that task's transcript or text. */
  async #storedInput(input: string): Promise<Transcript | string | null> {
    if (!/^[0-9a-f-]{36}$/i.test(input)) return null;
    const store = await this.#store;
    const task = await store.get(input);
    if (task === null) return null;
    return completedTask(task).type === 'audio' ? storedTranscript(store, task) : (task.text ?? '');
  }
}

function checkSource(source: unknown): void {
  const known =
    (typeof source === 'string' && source !== '') ||
    source instanceof URL ||
    source instanceof Uint8Array ||
    source instanceof Float32Array ||
    source instanceof Readable;
  if (!known) {
    throw invalidArgument(
      'transcribe',
      'source',
      'a path, a file: URL, bytes, Float32Array samples or a stream',
      source,
    );
  }
}

/** A recording that cannot be read becomes a task all the same: it fails when it is run, and the batch goes on. */
async function specOf(request: TaskRequest, models: DefaultModels): Promise<TaskSpec> {
  const content =
    request.audio === undefined ? '' : await hashFile(request.audio).catch(() => `unreadable ${randomUUID()}`);
  return requestSpec(newTaskId(Date.now()), request, content, models);
}

async function pendingIds(store: TaskStore): Promise<string[]> {
  const page = 1000;
  const ids: string[] = [];
  for (let offset = 0; ; offset += page) {
    const tasks = await store.list({ status: ['pending', 'processing'], order: 'oldest', limit: page, offset });
    ids.push(...tasks.map((task) => task.id));
    if (tasks.length < page) return ids;
  }
}
