import type {
  DeleteOptions,
  DetectedLanguage,
  DoctorReport,
  DocumentSource,
  Estimate,
  Job,
  JobEvent,
  OptimizedModel,
  OptimizeOptions,
  PackageOptions,
  PruneOptions,
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
  TranslationMemoryAccess,
  TranslationSet,
  VoiceLingua,
} from '../../src/api-types.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { Package } from '../../src/domain/package.js';
import type { Attempt, TaskRecord } from '../../src/domain/task.js';
import type { Transcript } from '../../src/domain/transcript.js';
import type { Unit } from '../../src/domain/unit.js';
import type { StatsFilter, StoreStats, TaskFilter } from '../../src/store/task-store.js';

const NOW = '2026-01-02T03:04:05.000Z';

export function taskRecord(id: string, request: TaskRequest, change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    type: request.audio === undefined ? 'text' : 'audio',
    textId: request.textId ?? id,
    ...(request.audio === undefined ? {} : { audioPath: request.audio }),
    ...(request.text === undefined ? {} : { text: request.text }),
    languages: request.languages ?? [],
    sourceLanguage: request.language ?? 'auto',
    priority: request.priority ?? 0,
    options: {},
    idempotencyKey: id,
    status: 'completed',
    createdAt: NOW,
    updatedAt: NOW,
    startedAt: NOW,
    completedAt: NOW,
    attempts: 1,
    error: null,
    progress: 1,
    detectedLanguage: 'en',
    accuracy: null,
    coverage: null,
    audio: null,
    audioDuration: 2,
    processingTime: 0.5,
    models: { stt: 'demo-stt' },
    warnings: [],
    retries: 0,
    crashes: 0,
    losses: 0,
    notBefore: null,
    owner: null,
    ...change,
  };
}

/** A job that is settled already. */
function settledJob<T>(id: string, outcome: T | Error, events: readonly JobEvent[] = []): Job<T> {
  const promise = outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  promise.catch(() => {});
  return Object.assign(promise, {
    id,
    cancel: async () => {},
    async *events(): AsyncGenerator<JobEvent> {
      yield* events;
    },
  }) as Job<T>;
}

/**
 * Stands in for the library where the command line alone is under test: it records what it is asked and answers with
 * values that can be told apart. Methods that a test needs otherwise are overridden there.
 */
export class RecordingLingua implements VoiceLingua {
  readonly submitted: TaskRequest[] = [];
  /** How many requests each call of `submit` had. */
  readonly groups: number[] = [];
  readonly packaged: Array<{ id: string; options: PackageOptions | undefined }> = [];
  readonly translateCalls: Array<{ texts: string[]; options: TranslateOptions }> = [];
  readonly queries: unknown[] = [];
  readonly filters: Array<TaskFilter | undefined> = [];
  /** Ids that `run` was given, in the order in which it took them. */
  readonly ran: string[] = [];
  readonly calls: unknown[] = [];
  closed = 0;
  /** Text ids whose task fails. */
  readonly failing = new Map<string, VoiceLinguaError>();
  /** Text ids that were done by an earlier call. */
  readonly done = new Set<string>();
  /** Audio paths that `submit` refuses. */
  readonly refused = new Map<string, VoiceLinguaError>();
  readonly tasksById = new Map<string, TaskRecord>();
  readonly attemptsById = new Map<string, Attempt[]>();
  /** What a task does between its start and its end. */
  work: (task: TaskRecord, signal: AbortSignal) => Promise<void> = async () => {};

  readonly translationMemory: TranslationMemoryAccess = {
    import: async (source, { signal: _, onProgress: __, ...options } = {}) => {
      this.calls.push({ import: source, options });
      return { units: 0, added: 0, replaced: 0, evicted: 0, skipped: {} };
    },
    export: async (target, { signal: _, onProgress: __, ...options } = {}) => {
      this.calls.push({ export: target, options });
      return { entries: 0 };
    },
    prune: async ({ signal: _, ...options }) => {
      this.calls.push({ pruneMemory: options });
      return 1_234;
    },
    overview: async () => ({
      entries: 1_500,
      limit: 200_000,
      bytes: 64_000,
      reused: 420,
      evicted: 3,
      groups: [{ source: 'en', target: 'de', model: 'demo-mt', entries: 1_500, bytes: 64_000 }],
    }),
  };

  api(): VoiceLingua {
    return this;
  }

  submit(request: TaskRequest): Promise<SubmittedWork>;
  submit(requests: readonly TaskRequest[]): Promise<SubmittedWork[]>;
  async submit(given: TaskRequest | readonly TaskRequest[]): Promise<SubmittedWork | SubmittedWork[]> {
    const many = Array.isArray(given) ? (given as readonly TaskRequest[]) : [given as TaskRequest];
    for (const request of many) {
      const refusal = this.refused.get(request.audio ?? '');
      if (refusal !== undefined) throw refusal;
    }
    this.groups.push(many.length);
    const answers = many.map((request): SubmittedWork => {
      this.submitted.push(request);
      const id = `task-${encodeURIComponent(request.textId ?? '')}`;
      const done = this.done.has(request.textId ?? '');
      const known = this.tasksById.has(id);
      const status = done ? 'completed' : 'pending';
      if (!known) this.tasksById.set(id, taskRecord(id, request, { status }));
      return { id, created: !done && !known, status: this.tasksById.get(id)?.status ?? status };
    });
    return Array.isArray(given) ? answers : (answers[0] as SubmittedWork);
  }

  async run(ids: readonly string[] | AsyncIterable<string> = [], options: RunOptions = {}): Promise<RunSummary> {
    const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
    for await (const id of ids) {
      this.ran.push(id);
      options.signal?.throwIfAborted();
      if (options.stop?.aborted) break;
      counts.total += 1;
      const task = await this.#runOne(id, options);
      if (task === null) break;
      counts[task.status === 'completed' ? 'completed' : 'failed'] += 1;
    }
    options.signal?.throwIfAborted();
    return counts;
  }

  async #runOne(id: string, { onEvent, onTask, signal }: RunOptions): Promise<TaskRecord | null> {
    const task = await this.task(id);
    const error = this.failing.get(task.textId) ?? null;
    const status = error === null ? 'completed' : 'failed';
    onEvent?.({ type: 'started', taskId: id });
    const end = signal ?? new AbortController().signal;
    await this.work(task, end);
    if (end.aborted) return null;
    for (let tenth = 1; tenth <= 20; tenth += 1) {
      onEvent?.({ type: 'progress', taskId: id, progress: tenth / 20, processed: tenth / 10, total: 2 });
    }
    const ended = { ...task, status, error: error?.toJSON() ?? null } as const;
    this.tasksById.set(id, ended);
    onEvent?.({ type: 'done', taskId: id, status, error: ended.error });
    onTask?.(ended, error);
    return ended;
  }

  async task(id: string): Promise<TaskRecord> {
    const found = this.tasksById.get(id);
    if (found === undefined) throw new VoiceLinguaError('TASK_NOT_FOUND', `No task has the id "${id}".`);
    return found;
  }

  async tasks(filter?: TaskFilter): Promise<TaskRecord[]> {
    this.filters.push(filter);
    const { ids, status, textId, limit, offset = 0 } = filter ?? {};
    const wanted = status === undefined ? null : [status].flat();
    const found = [...this.tasksById.values()].filter(
      (task) =>
        (ids?.includes(task.id) ?? true) &&
        (wanted?.includes(task.status) ?? true) &&
        (textId === undefined || task.textId === textId),
    );
    return found.slice(offset, limit === undefined ? undefined : offset + limit);
  }

  async estimate(requests: readonly TaskRequest[]): Promise<Array<Estimate | VoiceLinguaError>> {
    return requests.map((request) => {
      const { textId = '', audio = '' } = request;
      const refusal = this.refused.get(audio);
      if (refusal !== undefined) return refusal;
      return {
        audioSeconds: 60,
        seconds: 30,
        memory: 500e6 + textId.length,
        translation: null,
        done: this.done.has(textId),
        textId,
      };
    });
  }

  /** What chat models have cost. */
  costs: Record<string, TranslationCost> = {};

  async translationCosts(): Promise<Record<string, TranslationCost>> {
    return this.costs;
  }

  async *watch(): AsyncGenerator<JobEvent> {}

  async cancel(id: string): Promise<TaskRecord> {
    return this.#change(id, { status: 'cancelled' });
  }

  async retry(id: string): Promise<TaskRecord> {
    const { status } = await this.task(id);
    if (status !== 'failed' && status !== 'cancelled') {
      throw new VoiceLinguaError('TASK_STATE', `Task ${id} is ${status}.`);
    }
    return this.#change(id, { status: 'pending', error: null });
  }

  async delete(id: string, options?: DeleteOptions): Promise<boolean> {
    this.calls.push({ delete: id, options });
    return this.tasksById.delete(id);
  }

  async prune(options: PruneOptions): Promise<number> {
    this.calls.push({ prune: options });
    return 3;
  }

  async attempts(id: string): Promise<Attempt[]> {
    return this.attemptsById.get(id) ?? [];
  }

  async status(): Promise<StoreStatus> {
    const tasks = [...this.tasksById.values()];
    const count = (status: TaskRecord['status']): number => tasks.filter((task) => task.status === status).length;
    return {
      store: '/data/store.sqlite',
      counts: {
        pending: count('pending'),
        processing: count('processing'),
        completed: count('completed'),
        failed: count('failed'),
        cancelled: count('cancelled'),
      },
      active: tasks.filter((task) => task.status === 'processing'),
      waiting: tasks.filter((task) => task.notBefore !== null).length,
      memory: { total: 16e9, available: 4e9, used: 0.75, limit: 'container' },
    };
  }

  async stats(filter?: StatsFilter): Promise<StoreStats> {
    this.calls.push({ stats: filter });
    const spread = { p50: 1.5, p95: 92, max: 7384 };
    return {
      tasks: {
        total: 12_345,
        byStatus: { pending: 1, processing: 2, completed: 12_300, failed: 40, cancelled: 2 },
        byType: { audio: 12_000, text: 345 },
      },
      completed: {
        processingSeconds: 36_000,
        audioSeconds: 360_000,
        realTimeFactor: 0.1,
        processing: spread,
        turnaround: spread,
      },
      failures: [
        { code: 'INPUT_CORRUPT', tasks: 30 },
        { code: 'DEADLINE_EXCEEDED', tasks: 10 },
      ],
      retries: 5,
      crashes: 1,
      losses: 2,
      memory: { entries: 1_500, reused: 420, evicted: 3 },
    };
  }

  async metrics(): Promise<string> {
    return `# TYPE voicelingua_tasks_total counter\nvoicelingua_tasks_total{task_type="audio",status="completed"} ${this.ran.length}\n`;
  }

  async doctor(): Promise<DoctorReport> {
    return { ok: true, checks: [] };
  }

  packageTask(id: string, options?: PackageOptions): Job<Package> {
    this.packaged.push({ id, options });
    const textId = this.tasksById.get(id)?.textId ?? id.replace(/^task-/, '');
    return settledJob(id, { task_id: id, text_id: textId } as unknown as Package);
  }

  transcribe(source: TranscribeSource, options: TranscribeOptions = {}): Job<Transcript> {
    const id = `task-${options.textId}`;
    const transcript = { text: `heard ${String(source).split('/').at(-1)}`, warnings: [], duration: 2 };
    const outcome = this.failing.get(options.textId ?? '') ?? (transcript as unknown as Transcript);
    return settledJob<Transcript>(id, outcome, [{ type: 'started', taskId: id }]);
  }

  async detectLanguage(
    source: TranscribeSource,
    options: Parameters<VoiceLingua['detectLanguage']>[1] = {},
  ): Promise<DetectedLanguage> {
    const { signal: _, ...told } = options;
    this.calls.push({ detectLanguage: String(source).split('/').at(-1), options: told });
    const failure = this.failing.get(String(source).split('/').at(-1) ?? '');
    if (failure !== undefined) throw failure;
    return { language: 'de', probability: 0.875 };
  }

  async detectTextLanguage(): Promise<DetectedLanguage> {
    return { language: 'en', probability: 0.9 };
  }

  translateDocument(source: DocumentSource, options: TranslateDocumentOptions): Job<TranslatedDocument> {
    this.calls.push({ translateDocument: source, options: { ...options, signal: undefined } });
    const id = `task-${options.textId}`;
    const failure = this.failing.get(options.textId ?? '');
    if (failure !== undefined) return settledJob<TranslatedDocument>(id, failure, [{ type: 'started', taskId: id }]);
    const languages = Object.fromEntries(
      [options.to].flat().map((language) => [
        language as string,
        {
          text: `${options.textId} in ${language}\n`,
          confidence: 0.5,
          ...(options.out === undefined ? {} : { path: `${options.out}/${options.textId}.${language}` }),
        },
      ]),
    );
    const outcome: TranslatedDocument = {
      format: options.format ?? 'srt',
      source_language: 'en',
      languages,
      model: 'demo-mt',
      warnings: [],
      processing_time: 0,
      task_id: id,
    };
    return settledJob(id, outcome, [{ type: 'started', taskId: id }]);
  }

  async optimizeModel(options: OptimizeOptions): Promise<OptimizedModel> {
    const { signal: _, onProgress: __, ...told } = options;
    this.calls.push({ optimizeModel: told });
    const trial = { tokens: 1200, sentences: 200, same: 200, speed: 1.5 };
    const languages = [options.to].flat().map((language) => {
      const failed = { width: 'texts' as const, ...trial, same: 150 };
      if (language === 'ru') return { language, kept: false, trials: [failed] };
      const speed = language === 'ko' ? 0.9 : trial.speed;
      return { language, kept: true, trials: [failed, { width: 'script' as const, ...trial, speed }] };
    });
    return {
      model: options.model ?? 'demo-mt',
      path: '/models/shortlists/m.json',
      vocabulary: 3216,
      from: options.from ?? 'en',
      beamSize: options.beamSize ?? 4,
      sample: options.sample === undefined ? 'built-in' : 'given',
      languages,
    };
  }

  translate(input: TranslateInput, options: TranslateOptions): Job<TranslationSet> {
    const units = input as readonly Unit[];
    this.translateCalls.push({ texts: units.map((unit) => unit.text), options });
    if (units.some((unit) => unit.text === 'break')) {
      return settledJob<TranslationSet>('t', new VoiceLinguaError('ENGINE_FAILED', 'The engine failed.'));
    }
    const languages = Object.fromEntries(
      [options.to].flat().map((language) => [
        language as string,
        {
          text: '',
          confidence: 1,
          // Backwards, so that a printer that trusts the order instead of the ids is found out.
          units: units.map(({ id, text }) => ({ id, text: `${text} in ${language}`, confidence: 0.5 })).reverse(),
        },
      ]),
    );
    const [model, task_id] = ['demo-mt', 't'];
    return settledJob('t', { source_language: 'en', languages, model, warnings: [], processing_time: 0, task_id });
  }

  query: VoiceLingua['query'] = async (what: unknown): Promise<never> => {
    this.queries.push(what);
    const content = {
      task_id: 't',
      text_id: 'talk',
      language: 'de',
      source: 'AUDIO',
      content: 'Guten Tag',
      confidence: 0.9,
      timestamp: NOW,
      accuracy: 0.95,
    };
    if (typeof what === 'string') {
      await this.task(what);
      return { task_id: what } as never;
    }
    const exact = 'language' in (what as object) && 'textId' in (what as object) && 'source' in (what as object);
    return (exact ? content : [content, { ...content, content: 'two\nlines' }]) as never;
  };

  async close(): Promise<void> {
    this.closed += 1;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #change(id: string, change: Partial<TaskRecord>): Promise<TaskRecord> {
    return this.task(id).then((task) => {
      const changed = { ...task, ...change };
      this.tasksById.set(id, changed);
      return changed;
    });
  }
}
