import type { Readable } from 'node:stream';
import type { TranslationMemoryAccess } from './api-memory.js';
import type {
  DocumentSource,
  LlmOptions,
  OptimizeOptions,
  TranslateDocumentOptions,
  TranslatedDocument,
  TranslateInput,
  TranslateOptions,
  TranslationSet,
} from './api-translation.js';
import type { SerializedError, VoiceLinguaError } from './domain/errors.js';
import type { MemoryState } from './domain/memory.js';
import type { Package, QueryResult } from './domain/package.js';
import type { Segment } from './domain/segment.js';
import type { OptimizedModel } from './domain/shortlist-report.js';
import type { SubtitleLayout } from './domain/subtitles.js';
import type { Attempt, SourceType, TaskRecord, TaskStatus, TaskType } from './domain/task.js';
import type { Transcript } from './domain/transcript.js';
import type { DetectionSettings, TranscriptionOptions } from './domain/transcription-options.js';
import type { TranslationCost } from './domain/translation-account.js';
import type { StatsFilter, StoreStats, TaskFilter } from './store/task-store.js';

export type * from './api-memory.js';
export type * from './api-translation.js';
export type { MemoryState } from './domain/memory.js';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  /** `voicelingua`, or the engine that said it. */
  readonly source?: string;
  readonly taskId?: string;
  readonly textId?: string;
  /** Stage of the task: `transcribe`, `assess`, `translate` … */
  readonly stage?: string;
  /** Code of the error that the entry is about. */
  readonly code?: string;
  /** Further facts, JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Options of {@link openVoiceLingua}. */
export interface VoiceLinguaOptions {
  /** SQLite file of the task store, or `:memory:`. Defaults to `$XDG_DATA_HOME/voicelingua/store.sqlite`. */
  readonly store?: string;
  /** Defaults to `auto`: CUDA when a CUDA build and a device are there, else CPU. */
  readonly device?: 'auto' | 'cpu' | 'cuda';
  /** Lanes that infer at once. Defaults to what the thread budget gives. */
  readonly jobs?: number;
  /** Threads of one lane. Defaults to what the thread budget gives. */
  readonly threads?: number;
  /** Defaults to `demo-stt`, the embedded demo model. */
  readonly sttModel?: string;
  /** Translation models, the preferred first; see {@link TranslateOptions.model}. Defaults to `demo-mt`, the embedded demo model. */
  readonly mtModel?: string | readonly string[];
  /** How chat models are asked, where a task names one. Keys come from the environment alone. */
  readonly llm?: LlmOptions;
  /** SentencePiece file, folder with one or two, `characters` or `whitespace`, for CTranslate2 folders that come without a tokenizer. */
  readonly tokenizer?: string;
  /** `auto`: translations are kept to the tokens of a shortlist where `optimizeModel` has made one. Defaults to `auto`. */
  readonly shortlist?: 'auto' | 'off';
  readonly logger?: (entry: LogEntry) => void;
  /** Called for each entry; entries below it are not made. Defaults to `info`. */
  readonly logLevel?: LogEntry['level'] | 'silent';
  /** Log file, JSON lines, rotated; none by default. Its folder is made. */
  readonly logFile?: string;
  /** Milliseconds that `close` waits for running jobs before it cancels them. Defaults to 0. */
  readonly graceMs?: number;
  /** ffmpeg for what the native decoder cannot read: a path, or false to never use it. Defaults to `ffmpeg` on PATH. */
  readonly ffmpeg?: string | false;
  /**
   * Where the engines run. `process`, the default: in a child process; a crash of an engine costs what was in flight, which is done
   * again, and a call that hangs is killed. `thread`: on worker threads of this process, for trusted input and the least overhead; no
   * call can be killed there, and a crash of an engine ends this process.
   */
  readonly isolation?: 'process' | 'thread';
  /** Attempts after failures that may pass (engine failed, store busy …). Defaults to 3. */
  readonly maxRetries?: number;
  /** Wait before the first retry, milliseconds; doubled for each further one, with jitter. Defaults to 60,000. */
  readonly retryBaseMs?: number;
  /** Longest wait before a retry, milliseconds. Defaults to 300,000. */
  readonly retryCapMs?: number;
  /** A task that runs longer is stopped and fails; for each five minutes of its audio as much again. Defaults to 25 minutes. */
  readonly softLimitMs?: number;
  /** A task that runs longer is killed with its engine host (`process` isolation); scaled as the soft limit. Defaults to 30 minutes. */
  readonly hardLimitMs?: number;
  /** Share of memory in use, 0..1, from which a warning is logged. Defaults to 0.8. */
  readonly memoryWarn?: number;
  /** From which no further task is started while one runs. Defaults to 0.85. */
  readonly memoryHold?: number;
  /** From which `submit` rejects with `OVERLOADED`. Defaults to 0.9. */
  readonly memoryRefuse?: number;
  /** Bytes of weights that stay loaded; the model used longest ago goes first. Defaults to half of the memory. */
  readonly modelMemory?: number;
  /** A model that was not used for so many milliseconds is unloaded. Defaults to 5 minutes. */
  readonly modelIdleMs?: number;
  /** The engine host is replaced after this many tasks. Defaults to 1,000. */
  readonly recycleTasks?: number;
  /** The engine host is replaced when its memory has grown by this many bytes over what its models need. Defaults to 1 GiB. */
  readonly recycleGrowth?: number;
  /** Most sentences that the store's translation memory holds while this instance writes to it; 0 keeps none. Defaults to 200,000. */
  readonly translationMemoryLimit?: number;
}

export interface CallOptions {
  /** Rejects the job with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** A path, a `file:` URL, an encoded file's bytes, 16 kHz mono samples in −1..1, or a stream of an encoded file. */
export type TranscribeSource = string | URL | Uint8Array | Float32Array | Readable;

export interface TranscribeOptions extends CallOptions, TranscriptionOptions {
  /** Language of the recording. Defaults to `auto`. */
  readonly language?: string;
  /** What was really said; gives `accuracy`, WER, CER, and the list of what is wrong. */
  readonly referenceText?: string;
  /** Defaults to the file's name without extension, or a part of the task id. */
  readonly textId?: string;
  readonly model?: string;
  readonly priority?: number;
}

export interface DetectLanguageOptions extends CallOptions {
  readonly model?: string;
  /** Where to begin, seconds. Defaults to 0. */
  readonly offset?: number;
  readonly detection?: DetectionSettings | false;
}

/** A recording's language, from its first 30 s of speech, or a text's. */
export interface DetectedLanguage {
  readonly language: string;
  /** 0..1; 0 when nobody speaks, or a text has no words. */
  readonly probability: number;
}

/** One task for `submit`; either `audio` or `text`. */
export interface TaskRequest {
  readonly audio?: string;
  readonly text?: string;
  readonly referenceText?: string;
  readonly textId?: string;
  readonly languages?: readonly string[];
  readonly language?: string;
  readonly sttModel?: string;
  /** As {@link TranslateOptions.model}. */
  readonly mtModel?: string | readonly string[];
  readonly priority?: number;
  readonly transcribe?: TranscriptionOptions;
  readonly translate?: Omit<TranslateOptions, 'signal' | 'to' | 'from' | 'format' | 'textId' | 'model' | 'priority'>;
}

export type JobEvent =
  | { readonly type: 'queued'; readonly taskId: string; readonly textId: string }
  | { readonly type: 'started'; readonly taskId: string }
  | {
      readonly type: 'progress';
      readonly taskId: string;
      /** 0..1, never falls. */
      readonly progress: number;
      /** Seconds of audio done and in all (null while unknown); absent for text. */
      readonly processed?: number;
      readonly total?: number | null;
    }
  | { readonly type: 'segment'; readonly taskId: string; readonly segment: Segment }
  | {
      readonly type: 'translation';
      readonly taskId: string;
      readonly language: string;
      readonly source: SourceType;
      readonly content: string;
      readonly confidence: number;
    }
  | {
      readonly type: 'done';
      readonly taskId: string;
      readonly status: TaskStatus;
      readonly error: SerializedError | null;
    };

/** A running piece of work: awaitable, observable, cancellable. */
export interface Job<T> extends PromiseLike<T> {
  readonly id: string;
  /** Replays from the start of the job; ends after `done`. */
  events(): AsyncIterable<JobEvent>;
  /** Resolves when the work has stopped; the job rejects with `CANCELLED`. */
  cancel(): Promise<void>;
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R>;
  finally(onFinally?: (() => void) | null): Promise<T>;
}

export interface PackageOptions extends CallOptions {
  /** Folder to write `<text_id>.json` and the other formats to; nothing is written without it. */
  readonly out?: string;
  /** Writers by name; defaults to `['json']`. */
  readonly formats?: readonly string[];
  /** How subtitles are cut; by default a cue is a segment. */
  readonly subtitles?: SubtitleLayout;
}

export interface ContentQuery {
  readonly language: string;
  readonly textId: string;
  readonly source: SourceType;
}

export interface QueryFilter {
  readonly status?: TaskStatus;
  readonly type?: TaskType;
  readonly textId?: string;
  readonly language?: string;
  readonly source?: SourceType;
  readonly contains?: string;
  readonly limit?: number;
  readonly offset?: number;
}

export type QueryFailure = { readonly error: SerializedError; readonly query: unknown };

export interface RunSummary {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface RunOptions extends CallOptions {
  /** Aborted to stop gently: nothing more is started; what runs has `graceMs` to end, then it is handed back as pending. */
  readonly stop?: AbortSignal;
  /** Defaults to 10,000. */
  readonly graceMs?: number;
  /** Called once for each task that ended. */
  readonly onTask?: (task: TaskRecord, error: VoiceLinguaError | null) => void;
  readonly onEvent?: (event: JobEvent) => void;
}

export interface SubmittedWork {
  readonly id: string;
  readonly created: boolean;
  readonly status: TaskStatus;
}

export interface DeleteOptions {
  /** Files that were written for the task are deleted too. Defaults to false. */
  readonly outputs?: boolean;
}

export interface PruneOptions extends DeleteOptions {
  /** The newest ended tasks that stay. At least one of `keep` and `olderThanMs` is needed. */
  readonly keep?: number;
  /** Only tasks that ended so long ago, milliseconds. */
  readonly olderThanMs?: number;
  /** Only tasks in this state. Defaults to all that have ended. */
  readonly status?: TaskStatus;
}

/** What happens in a store right now. */
export interface StoreStatus {
  readonly store: string;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Tasks in work, by whichever process. */
  readonly active: readonly TaskRecord[];
  /** Pending tasks that wait for their retry. */
  readonly waiting: number;
  readonly memory: MemoryState;
}

/** What a task would need. */
export interface Estimate {
  /** Seconds of audio; null when only decoding would tell. */
  readonly audioSeconds: number | null;
  /** Seconds of work on one lane, from what this store has seen of the model, else from its size. */
  readonly seconds: number;
  /** Peak memory of the engine host while it runs alone, bytes. */
  readonly memory: number;
  /** What chat models would about cost, of a text; null where none would be asked, and for recordings, whose text nobody knows yet. */
  readonly translation: TranslationEstimate | null;
  /** The same work is completed already. */
  readonly done: boolean;
  readonly textId: string;
}

/** Requests to chat models that are not made yet. */
export interface TranslationEstimate {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null without prices. */
  readonly cost: number | null;
  readonly currency: string;
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: ReadonlyArray<{
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly fix?: string;
  }>;
}

export interface VoiceLingua extends AsyncDisposable {
  readonly translationMemory: TranslationMemoryAccess;
  transcribe(source: TranscribeSource, options?: TranscribeOptions): Job<Transcript>;
  /** The language of a recording, and nothing else; a task as any other. */
  detectLanguage(source: TranscribeSource, options?: DetectLanguageOptions): Promise<DetectedLanguage>;
  /** A string that is the id of a stored task translates that task's transcript or text. */
  translate(input: TranslateInput, options: TranslateOptions): Job<TranslationSet>;
  /**
   * Translates HTML, SubRip, WebVTT or plain text, and keeps its structure. The texts of a document are a task as any other, so that a
   * second call after a crash does what is missing; the document itself is read and written by the call alone. Sentences of subtitles are
   * translated whole and shared out among their cues. Files are UTF-8, or UTF-16 with a byte order mark, of 16 MiB at most.
   * @throws {VoiceLinguaError} `INPUT_*` for a file that cannot be read or is no document of its kind
   */
  translateDocument(source: DocumentSource, options: TranslateDocumentOptions): Job<TranslatedDocument>;
  /** The language of a text; `und` with probability 0 where it has no words. Of single words it is often wrong, and says so. */
  detectTextLanguage(text: string): Promise<DetectedLanguage>;
  packageTask(taskId: string, options?: PackageOptions): Job<Package>;
  query(taskId: string): Promise<Package>;
  query(content: ContentQuery): Promise<QueryResult>;
  query(many: ReadonlyArray<string | ContentQuery>): Promise<Array<Package | QueryResult | QueryFailure>>;
  query(filter: QueryFilter): Promise<QueryResult[]>;
  /** Stores tasks without waiting for them; answers in order. */
  submit(request: TaskRequest): Promise<SubmittedWork>;
  submit(requests: readonly TaskRequest[]): Promise<SubmittedWork[]>;
  /**
   * Works off the given tasks, or all pending ones; resolves when they have ended. Ids may also come one after the other, while
   * the first are in work.
   */
  run(ids?: readonly string[] | AsyncIterable<string>, options?: RunOptions): Promise<RunSummary>;
  /** What tasks would need, without storing or running them; answers in order. */
  estimate(requests: readonly TaskRequest[]): Promise<Array<Estimate | VoiceLinguaError>>;
  watch(taskId: string): AsyncIterable<JobEvent>;
  task(taskId: string): Promise<TaskRecord>;
  tasks(filter?: TaskFilter): Promise<TaskRecord[]>;
  cancel(taskId: string): Promise<TaskRecord>;
  /** Failed or cancelled → pending; goes on from its checkpoints. Rejects with `TASK_STATE` for another state. */
  retry(taskId: string): Promise<TaskRecord>;
  /** Deletes a task and all that is stored of it, also while it runs; false when there is none. */
  delete(taskId: string, options?: DeleteOptions): Promise<boolean>;
  /** Deletes ended tasks; answers how many. */
  prune(options: PruneOptions): Promise<number>;
  /** How the attempts at a task went. */
  attempts(taskId: string): Promise<Attempt[]>;
  status(): Promise<StoreStatus>;
  stats(filter?: StatsFilter): Promise<StoreStats>;
  /** Metrics in the Prometheus text format: of this instance, and the store's counts. */
  metrics(): Promise<string>;
  /**
   * Makes shortlists of tokens for translation into the given languages, measures what they change and what they bring, and keeps those
   * that change next to nothing; later translations with the model use them. Takes as long as translating the sample several times.
   */
  optimizeModel(options: OptimizeOptions): Promise<OptimizedModel>;
  /** What chat models have cost this instance so far, by provider; those that were not asked are left out. */
  translationCosts(): Promise<Readonly<Record<string, TranslationCost>>>;
  /** Versions, devices, models, store: what `voicelingua doctor` prints. */
  doctor(): Promise<DoctorReport>;
  /** Cancels what still runs after `graceMs`; idempotent. */
  close(): Promise<void>;
}
