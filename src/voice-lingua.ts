import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { deleteTask, pruneTasks, storeStatus } from './administration.js';
import { type MemoryThresholds, refuseNewWork } from './admission/admission.js';
import { checkDiskSpace } from './admission/disk-space.js';
import { readMemory } from './admission/memory-state.js';
import type { OpenOptions } from './api-options.js';
import * as parse from './api-options.js';
import type {
  ContentQuery,
  DeleteOptions,
  DetectedLanguage,
  DetectLanguageOptions,
  DoctorReport,
  DocumentSource,
  Estimate,
  Job,
  JobEvent,
  LogEntry,
  OptimizedModel,
  OptimizeOptions,
  PackageOptions,
  PruneOptions,
  QueryFailure,
  QueryFilter,
  RunOptions,
  RunSummary,
  StoreStatus,
  SubmittedWork,
  TaskRequest,
  TranscribeOptions,
  TranscribeSource,
  TranslateDocumentOptions,
  TranslatedDocument,
  TranslateInput,
  TranslateOptions,
  TranslationCost,
  TranslationSet,
  VoiceLingua,
} from './api-types.js';
import type { DocumentReader } from './document-reader.js';
import { VoiceLinguaError } from './domain/errors.js';
import { invalidArgument } from './domain/options.js';
import type { Package, QueryResult } from './domain/package.js';
import type { Attempt, TaskRecord, TaskSpec } from './domain/task.js';
import { newTaskId } from './domain/task-id.js';
import type { Transcript } from './domain/transcript.js';
import type { EngineRoom } from './engine-room.js';
import { exportPackage } from './formats/export.js';
import { findWriters } from './formats/registry.js';
import { type InputFacts, inputFacts } from './input-file.js';
import { Telemetry } from './instance-telemetry.js';
import { memoryThresholds } from './memory-thresholds.js';
import { DEFAULT_MODELS } from './models/registry.js';
import { defaultStorePath } from './paths.js';
import { EventHub } from './pipeline/events.js';
import { type JobScope, TaskJob } from './pipeline/job.js';
import { watchTask } from './pipeline/watch.js';
import { filteredContents, storedPackage } from './queries.js';
import { completedTask, storedTranscript, storedTranslationSet } from './results.js';
import { sourceLanguageOf } from './source-language.js';
import { spool } from './spool.js';
import { answerAll, queryKind } from './stages/query.js';
import { openStore } from './store/open-store.js';
import type { StatsFilter, StoreStats, TaskStore } from './store/task-store.js';
import { StoredMemory } from './stored-memory.js';
import { GlossaryFiles, TaskGlossaries } from './task-glossaries.js';
import { assertKnown, pendingIds, runTasks, unknownTask } from './task-runs.js';
import {
  type DefaultModels,
  recordingPath,
  requestDraft,
  type TaskDraft,
  transcribeSpec,
  translateDraft,
} from './task-specs.js';

/** Recordings of a large submit are hashed this many at a time. */
const HASHES_AT_ONCE = 8;

/** The composition root: store, engines and scheduler behind the public API. */
export class LocalVoiceLingua implements VoiceLingua {
  readonly #options: OpenOptions;
  readonly #store: Promise<TaskStore>;
  readonly #models: DefaultModels;
  readonly #hub = new EventHub();
  readonly #jobs = new Set<TaskJob<unknown>>();
  readonly #telemetry: Telemetry;
  readonly #thresholds: MemoryThresholds;
  readonly #glossaryFiles = new GlossaryFiles();
  readonly translationMemory = new StoredMemory(() => this.#usable());
  #engines: Promise<EngineRoom> | null = null;
  #opened: TaskStore | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: OpenOptions) {
    this.#options = options;
    this.#thresholds = memoryThresholds(options);
    this.#telemetry = new Telemetry(options);
    this.#models = {
      sttModel: options.sttModel ?? DEFAULT_MODELS.speech,
      mtModel: options.mtModel ?? DEFAULT_MODELS.translation,
    };
    const { translationMemoryLimit: memoryLimit } = options;
    this.#store = openStore(options.store ?? defaultStorePath(), memoryLimit === undefined ? {} : { memoryLimit });
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
      this.#startEarly();
      const file = typeof source === 'string' || source instanceof URL;
      const spooled = file ? null : await spool(source, signal);
      try {
        const path = spooled?.path ?? recordingPath(source as string | URL);
        const spec = transcribeSpec(id, path, await inputFacts(path, signal), options, file, this.#models);
        const task = await this.#runJob(spec, this.#taskGlossaries(), emit, setId, signal);
        return await storedTranscript(await this.#store, task);
      } finally {
        await spooled?.remove();
      }
    }, options.signal);
  }

  async detectLanguage(source: TranscribeSource, given?: DetectLanguageOptions): Promise<DetectedLanguage> {
    const options = parse.parseDetectLanguageOptions(given);
    const { language, language_probability } = await this.transcribe(source, { ...options, detectLanguageOnly: true });
    return { language, probability: language_probability };
  }

  translate(input: TranslateInput, given: TranslateOptions): Job<TranslationSet> {
    const options = parse.parseTranslateOptions(given);
    return this.#job<TranslationSet>(async (scope, id) => {
      this.#startEarly();
      if (options.format === 'html') {
        return await this.#withDocuments(async (reader, { htmlTexts }) => {
          const texts = await htmlTexts(input, reader);
          const draft = await translateDraft(id, texts.units, options, this.#models);
          return await texts.written(await this.#translated(draft, scope));
        });
      }
      const stored = typeof input === 'string' ? await this.#storedInput(input) : null;
      const draft = await translateDraft(id, stored ?? input, options, this.#models);
      return await this.#translated(draft, scope);
    }, options.signal);
  }

  translateDocument(source: DocumentSource, given: TranslateDocumentOptions): Job<TranslatedDocument> {
    const options = parse.parseTranslateDocumentOptions(given);
    return this.#job<TranslatedDocument>((scope, id) => {
      this.#startEarly();
      return this.#withDocuments(async (reader, { openDocument, outputPaths, taskOptions, writtenDocument }) => {
        const document = await openDocument(source, options.format, reader);
        const shared = taskOptions(options, document);
        const paths = await outputPaths(document, shared.textId, options);
        const language = await sourceLanguageOf(document.parts.sample, options.from);
        const units = await document.parts.units(language.language);
        const draft = await translateDraft(id, units, shared, this.#models, language);
        const set = await this.#translated(draft, scope);
        const written = await writtenDocument(document, set, paths);
        await (await this.#store).addOutputs(set.task_id, [...paths.values()]);
        return written;
      });
    }, options.signal);
  }

  async detectTextLanguage(text: string): Promise<DetectedLanguage> {
    if (typeof text !== 'string') throw invalidArgument('detectTextLanguage', 'text', 'a text', text);
    const { detectTextLanguage } = await import('./engines/text/language-detector.js');
    return (await detectTextLanguage(text)) ?? { language: 'und', probability: 0 };
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
        await checkDiskSpace(options.out, JSON.stringify(built).length * formats.length);
        const { paths, skipped } = await exportPackage(built, options.out, formats, options.subtitles);
        await store.addOutputs(
          taskId,
          paths.map((path) => resolve(path)),
        );
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
    const refusal = refuseNewWork(readMemory(), this.#thresholds);
    if (refusal !== null) throw refusal;
    const glossaries = this.#taskGlossaries();
    const specs: TaskSpec[] = [];
    for (let start = 0; start < requests.length; start += HASHES_AT_ONCE) {
      specs.push(
        ...(await Promise.all(
          requests.slice(start, start + HASHES_AT_ONCE).map((request) => specOf(request, this.#models, glossaries)),
        )),
      );
      // Telling the language of a long text takes some milliseconds, and nothing else of a text waits.
      if (start + HASHES_AT_ONCE < requests.length) await nextTurn();
    }
    const submitted = await glossaries.submit(store, specs);
    for (const [index, { id, created }] of submitted.entries()) {
      const spec = specs[index] as TaskSpec;
      if (created) this.#telemetry.observe({ type: 'submitted', taskId: id, textId: spec.textId, taskType: spec.type });
    }
    return Array.isArray(given) ? submitted : (submitted[0] as SubmittedWork);
  }

  async run(ids?: readonly string[] | AsyncIterable<string>, given?: RunOptions): Promise<RunSummary> {
    const options = parse.parseRunOptions(given);
    const listed = checkedIds(ids);
    options.signal?.throwIfAborted();
    const store = await this.#usable();
    if (listed !== undefined && !(Symbol.asyncIterator in listed)) await assertKnown(store, listed);
    const wanted = listed ?? (await pendingIds(store));
    return await runTasks((await this.#start()).scheduler, this.#hub, wanted, options);
  }

  async estimate(requests: readonly TaskRequest[]): Promise<Array<Estimate | VoiceLinguaError>> {
    const store = await this.#usable();
    const parsed = requests.map((request) => parse.parseTaskRequest(request));
    const { estimateTasks } = await import('./estimates.js');
    return await estimateTasks(parsed, store, await this.#start(), this.#models, this.#glossaryFiles);
  }

  watch(taskId: string): AsyncIterable<JobEvent> {
    return watchTask(this.#usable(), this.#hub, taskId);
  }

  async task(taskId: string): Promise<TaskRecord> {
    if (typeof taskId !== 'string') throw invalidArgument('task', 'taskId', 'the id of a task', taskId);
    const task = await (await this.#usable()).get(taskId);
    if (task !== null) return task;
    throw unknownTask(taskId);
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

  async retry(taskId: string): Promise<TaskRecord> {
    await this.task(taskId);
    return (await this.#store).retry(taskId);
  }

  async delete(taskId: string, given?: DeleteOptions): Promise<boolean> {
    const options = parse.parseDeleteOptions(given);
    if (typeof taskId !== 'string') throw invalidArgument('delete', 'taskId', 'the id of a task', taskId);
    const store = await this.#usable();
    const engines = await this.#engines?.catch(() => null);
    engines?.scheduler.cancel(taskId, new VoiceLinguaError('CANCELLED', `Task ${taskId} was deleted.`));
    return await deleteTask(store, taskId, options);
  }

  async prune(given: PruneOptions): Promise<number> {
    const options = parse.parsePruneOptions(given);
    return await pruneTasks(await this.#usable(), options);
  }

  async attempts(taskId: string): Promise<Attempt[]> {
    await this.task(taskId);
    return (await this.#store).attempts(taskId);
  }

  async status(): Promise<StoreStatus> {
    return await storeStatus(await this.#usable(), this.#options.store ?? defaultStorePath(), readMemory());
  }

  async stats(given?: StatsFilter): Promise<StoreStats> {
    const filter = parse.parseStatsFilter(given);
    return (await this.#usable()).stats(filter);
  }

  async metrics(): Promise<string> {
    const { counts, active } = await this.status();
    return await this.#telemetry.metrics({ storeCounts: counts, active: active.length, memoryUsed: readMemory().used });
  }

  async optimizeModel(given: OptimizeOptions): Promise<OptimizedModel> {
    const options = parse.parseOptimizeOptions(given);
    options.signal?.throwIfAborted();
    const store = await this.#usable();
    const { optimizeModel } = await import('./model-optimization.js');
    return await optimizeModel({ model: this.#models.mtModel, ...options }, await this.#start(), store);
  }

  async translationCosts(): Promise<Record<string, TranslationCost>> {
    return (await this.#engines?.catch(() => null))?.chat.costs() ?? {};
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
    await this.#telemetry.close();
  }

  #log(level: LogEntry['level'], message: string, taskId: string): void {
    this.#telemetry.log({ level, message, source: 'voicelingua', taskId });
  }

  #taskGlossaries(): TaskGlossaries {
    return new TaskGlossaries(this.#glossaryFiles);
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

  /** The engines start while the input is read and stored; whoever needs them is told when they cannot. */
  #startEarly(): void {
    this.#start().catch(() => undefined);
  }

  async #openEngines(): Promise<EngineRoom> {
    const { openEngineRoom } = await import('./engine-room.js');
    return openEngineRoom(this.#options, this.#store, (event) => this.#hub.emit(event), this.#telemetry);
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

  /** Documents are read by what is loaded with the first of them. */
  async #withDocuments<T>(
    use: (reader: DocumentReader, documents: typeof import('./documents.js')) => Promise<T>,
  ): Promise<T> {
    const [{ DocumentReader }, documents] = await Promise.all([
      import('./document-reader.js'),
      import('./documents.js'),
    ]);
    const reader = new DocumentReader();
    try {
      return await use(reader, documents);
    } finally {
      await reader.close();
    }
  }

  async #translated(draft: TaskDraft, { emit, setId, signal }: JobScope): Promise<TranslationSet> {
    const glossaries = this.#taskGlossaries();
    const spec = await glossaries.seal(draft, signal);
    const task = await this.#runJob(spec, glossaries, emit, setId, signal);
    return await storedTranslationSet(await this.#store, task);
  }

  /** Stores a task, follows it to its end, and answers with it; the same work done before is not done again. */
  async #runJob(
    spec: TaskSpec,
    glossaries: TaskGlossaries,
    emit: (event: JobEvent) => void,
    setId: (id: string) => void,
    signal: AbortSignal,
  ): Promise<TaskRecord> {
    const store = await this.#store;
    const [submitted] = await glossaries.submit(store, [spec]);
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
async function specOf(
  request: parse.ReadTaskRequest,
  models: DefaultModels,
  glossaries: TaskGlossaries,
): Promise<TaskSpec> {
  const input: InputFacts =
    request.audio === undefined
      ? { hash: '', bytes: 0 }
      : await inputFacts(request.audio).catch(() => ({ hash: `unreadable ${randomUUID()}`, bytes: 0 }));
  return await glossaries.seal(await requestDraft(newTaskId(Date.now()), request, input, models));
}

function checkedIds(ids: unknown): readonly string[] | AsyncIterable<string> | undefined {
  if (ids === undefined) return undefined;
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids as string[];
  if (typeof ids === 'object' && ids !== null && Symbol.asyncIterator in ids) return ids as AsyncIterable<string>;
  throw invalidArgument('run', 'ids', 'a list of task ids, or an async iterable of them', ids);
}
