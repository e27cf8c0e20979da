import type { Readable, Writable } from 'node:stream';
import type { DocumentFormatName } from './domain/document-format.js';
import type { SerializedError, VoiceLinguaError } from './domain/errors.js';
import type { GlossaryTerm } from './domain/glossary/glossary.js';
import type { MemoryState } from './domain/memory.js';
import type { Package, QueryResult } from './domain/package.js';
import type { Segment } from './domain/segment.js';
import type { OptimizedModel, OptimizeStep } from './domain/shortlist-report.js';
import type { SubtitleLayout } from './domain/subtitles.js';
import type { Attempt, SourceType, TaskRecord, TaskStatus, TaskType } from './domain/task.js';
import type { Transcript } from './domain/transcript.js';
import type { DetectionSettings, TranscriptionOptions } from './domain/transcription-options.js';
import type { TranslationCost } from './domain/translation-account.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';
import type { MemoryExport, MemoryImport } from './store/memory-exchange.js';
import type { MemoryGroup, StatsFilter, StoreStats, TaskFilter } from './store/task-store.js';

export type { GlossaryTerm } from './domain/glossary/glossary.js';
export type { MemoryState } from './domain/memory.js';
export type { OptimizedLanguage, OptimizedModel, OptimizeStep, ShortlistTrial } from './domain/shortlist-report.js';
export type { TranslationCost } from './domain/translation-account.js';
export type { MemoryExport, MemoryImport } from './store/memory-exchange.js';
export type { MemoryGroup } from './store/task-store.js';

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

/** Settings of a provider's chat models; see docs/llm-translation.md. */
export interface LlmProviderOptions {
  /** Where requests go. Defaults to the provider's own address. */
  readonly baseUrl?: string;
  /** Environment variables that may hold the key, in place of the provider's. */
  readonly keyNames?: string | readonly string[];
  /** Longest time for one request, milliseconds. Defaults to 120,000. */
  readonly timeoutMs?: number;
  /** Largest answer, bytes. Defaults to 8 MiB. */
  readonly maxResponseBytes?: number;
  /** Randomness, 0..2. Defaults to 0. */
  readonly temperature?: number;
  /** Sentences before each that the model is shown. Defaults to 3. */
  readonly contextSentences?: number;
  /** Most tokens of the sentences of one request, estimated. Defaults to 1,200. */
  readonly batchTokens?: number;
  /** Most sentences of one request. Defaults to 30. */
  readonly batchSentences?: number;
  /** Most tokens of one answer. Defaults to 4,096. */
  readonly maxOutputTokens?: number;
  /** What the models translate. Defaults to some seventy languages. */
  readonly languages?: string | readonly string[];
  /** Money for a million tokens; `currency` defaults to USD. */
  readonly prices?: {
    readonly input: number;
    readonly cachedInput?: number;
    readonly output: number;
    readonly currency?: string;
  };
  /** Most that all requests of this instance to the provider may cost, in the prices' currency; needs `prices`. */
  readonly budget?: number;
  readonly limits?: {
    readonly requestsPerMinute?: number;
    readonly tokensPerMinute?: number;
    /** Requests at once. Defaults to 4. */
    readonly concurrency?: number;
  };
  readonly retry?: {
    readonly maxRetries?: number;
    readonly baseMs?: number;
    readonly capMs?: number;
    readonly deadlineMs?: number;
  };
  /** Folder of the response cache; without one answers are kept in memory. */
  readonly cacheFolder?: string;
}

/** Settings of all providers, and under a provider's name what is other for that one. */
export interface LlmOptions extends LlmProviderOptions {
  readonly openai?: LlmProviderOptions;
  readonly deepseek?: LlmProviderOptions;
  readonly gemini?: LlmProviderOptions;
  readonly local?: LlmProviderOptions;
}

interface CallOptions {
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

export type TranslateInput = string | readonly string[] | readonly Unit[] | Transcript;

/**
 * How terms are to be translated: the path of a CSV, TSV or text file (docs/glossary-and-memory.md), or the terms themselves, 100,000 at
 * most. A file with two columns that do not name their languages needs a source language that is known and one target.
 */
export type GlossaryInput = string | readonly GlossaryTerm[];

export interface TranslateOptions extends CallOptions {
  /** Target languages. */
  readonly to: string | readonly string[];
  /** Language of the text. Defaults to the transcript's language, or `auto`: it is detected, and a warning says where that is not sure. */
  readonly from?: string;
  /** What the texts are: `html` keeps tags, attributes and scripts, and translates what people read. Defaults to `text`. */
  readonly format?: 'text' | 'html';
  /**
   * A model, or several, the preferred first, as a list or in one text with commas: a name, a CTranslate2 folder, or a chat model
   * (`openai:MODEL`, `deepseek:`, `gemini:`, `local:`). Each pair of languages goes to the first that does it, or through English. A
   * model may have its languages in front (`en-de=MODEL`) and a tokenizer behind (`MODEL+tokenizer=FILE`).
   */
  readonly model?: string | readonly string[];
  /** Defaults to 4, for the embedded demo model to 1. */
  readonly beamSize?: number;
  /** Tokens; defaults to 256. */
  readonly maxTokens?: number;
  /**
   * What becomes of a sentence whose translation checks speak against. `retry`, the default: it is translated again in other ways, and
   * marked when it stays suspicious; `mark`: marked only; `off`: nothing is checked, `confidence` is the model's own.
   */
  readonly checks?: 'retry' | 'mark' | 'off';
  /** Exponent of the length in a beam's score, −100..100: above 1 longer translations win, below 1 shorter ones. Defaults to 1. */
  readonly lengthPenalty?: number;
  /** Above 1 makes tokens less likely that came before, 0.01..100. Defaults to 1. */
  readonly repetitionPenalty?: number;
  /** So many tokens in a row come once, 0..4,096; 0, the default, allows all. */
  readonly noRepeatNgramSize?: number;
  /** Terms and their translations; none by default. The store keeps them with the task. Another glossary is other work. */
  readonly glossary?: GlossaryInput;
  /** False neither looks a sentence up in the store's translation memory nor adds it. Defaults to true. */
  readonly memory?: boolean;
  readonly textId?: string;
  readonly priority?: number;
}

/** Outcome of `translate`: for each language, the units in order. */
export interface TranslationSet {
  readonly source_language: string;
  readonly languages: Readonly<Record<string, LanguageTranslation>>;
  readonly model: string;
  readonly warnings: readonly string[];
  readonly processing_time: number;
  readonly task_id: string;
  /** What chat models cost; absent where none was asked. */
  readonly translation_cost?: TranslationCost;
}

export interface LanguageTranslation {
  /** The units joined as the input was (lines stay lines). */
  readonly text: string;
  readonly units: readonly TranslatedUnit[];
  /** Mean over sentences, 0..1. */
  readonly confidence: number;
}

/** A file, or a document's text (or the bytes of its file) with the name that tells its format. */
export type DocumentSource = string | URL | { readonly name: string; readonly text: string | Uint8Array };

export interface TranslateDocumentOptions extends Omit<TranslateOptions, 'format'> {
  /** Defaults to what the name's ending says. */
  readonly format?: DocumentFormatName;
  /** Folder to write `<text id>.<language>.<ending>` to; nothing is written without it. */
  readonly out?: string;
}

/** A document in its target languages. */
export interface TranslatedDocument {
  readonly format: DocumentFormatName;
  readonly source_language: string;
  readonly languages: Readonly<Record<string, DocumentTranslation>>;
  readonly model: string;
  readonly warnings: readonly string[];
  readonly processing_time: number;
  readonly task_id: string;
}

export interface DocumentTranslation {
  /** The whole document, with what is not text as it was. */
  readonly text: string;
  /** Mean over its sentences, 0..1. */
  readonly confidence: number;
  /** Where it was written to; absent without `out`. */
  readonly path?: string;
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

/** Options of {@link VoiceLingua.optimizeModel}. */
export interface OptimizeOptions extends CallOptions {
  /** Defaults to the instance's translation model. */
  readonly model?: string;
  /** Languages to translate into. */
  readonly to: string | readonly string[];
  /** Language of the sample. Defaults to `en`. */
  readonly from?: string;
  /** Texts in the target languages, by language: their tokens make a list that is narrower than the language's script. */
  readonly texts?: Readonly<Record<string, readonly string[]>>;
  /**
   * Sentences of the source language to measure on. From 400 on every other one teaches: tokens of its translation are in the list.
   * Defaults to sentences of the translation memory, filled up to 200 with some that come with the project (`en`).
   */
  readonly sample?: readonly string[];
  /** Beam width to measure with. Defaults to the model's. */
  readonly beamSize?: number;
  /** Called before each part of the work. */
  readonly onProgress?: (step: OptimizeStep) => void;
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

export interface MemoryImportOptions extends CallOptions {
  /** Only translations from these languages. Defaults to all. */
  readonly from?: string | readonly string[];
  /** Only translations into these languages. Defaults to all. */
  readonly to?: string | readonly string[];
  /** What becomes of inline codes, which hold formatting of the file that was translated: left out, or kept as text. Defaults to `drop`. */
  readonly inlineCodes?: 'drop' | 'text';
  /**
   * Takes what `export` wrote back as it was: with its models, options and confidences. Otherwise, the default, each entry is an import:
   * it goes before what any model makes.
   */
  readonly restore?: boolean;
  /** Called now and then with what is done so far. */
  readonly onProgress?: (soFar: MemoryImport) => void;
}

export interface MemoryExportOptions extends CallOptions {
  readonly from?: string;
  readonly to?: string;
  /** Of this model alone; `imported` are those that no model made. */
  readonly model?: string;
  /** Called now and then with what is done so far. */
  readonly onProgress?: (soFar: MemoryExport) => void;
}

export interface MemoryPruneOptions extends CallOptions {
  /** The entries used last that stay. At least one of `keep`, `olderThanMs` and `model` is needed. */
  readonly keep?: number;
  /** Only entries that were last used so long ago, milliseconds. */
  readonly olderThanMs?: number;
  /** Only entries of this model; `imported` are those that no model made. */
  readonly model?: string;
  /** Only counts. Defaults to false. */
  readonly dryRun?: boolean;
}

/** What the translation memory of a store holds. */
export interface MemoryOverview {
  /** Translated sentences. */
  readonly entries: number;
  /** Most of them; the longest unused go first. */
  readonly limit: number;
  /** Of sentences and translations, as UTF-8. */
  readonly bytes: number;
  /** How often it gave one back, over the life of the store. */
  readonly reused: number;
  /** How many had to go because it was full, over the life of the store. */
  readonly evicted: number;
  /** By pair of languages and model. */
  readonly groups: readonly MemoryGroup[];
}

/** The translation memory of a store, for every task in it. */
export interface TranslationMemoryAccess {
  /**
   * Adds the translations of a TMX file, read as it comes. Of two for one sentence the later stays.
   * @param source a path, or a stream of the file's bytes
   * @throws {VoiceLinguaError} `INPUT_*`; what came before the mistake stays, and `details.imported` says how many entries that are
   */
  import(source: string | Readable, options?: MemoryImportOptions): Promise<MemoryImport>;
  /**
   * Writes it as TMX 1.4b.
   * @param target a path, which is written under another name and then renamed; or a stream, which is left open
   */
  export(target: string | Writable, options?: MemoryExportOptions): Promise<MemoryExport>;
  /** Deletes entries, the longest unused first; answers how many. */
  prune(options: MemoryPruneOptions): Promise<number>;
  /** Counts it; reads all of it. */
  overview(): Promise<MemoryOverview>;
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
