/**
 * The whole surface of the addon (native/binding/addon.cc), typed in one place.
 * Every call that infers, decodes or loads BLOCKS its thread: call from a worker thread.
 * A failing call throws the class given to `initialize`, with a code of {@link NativeErrorCode}.
 */
export type NativeErrorCode =
  | 'INVALID_ARGUMENT'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_INVALID'
  | 'MODEL_UNSUPPORTED'
  | 'INPUT_NOT_FOUND'
  | 'INPUT_PERMISSION'
  | 'INPUT_IS_DIRECTORY'
  | 'INPUT_NOT_REGULAR'
  | 'INPUT_EMPTY'
  | 'INPUT_CORRUPT'
  | 'INPUT_TOO_LARGE'
  | 'INPUT_UNSUPPORTED_FORMAT'
  | 'INPUT_UNSUPPORTED_CODEC'
  | 'INPUT_NO_AUDIO'
  | 'INPUT_READ_FAILED'
  | 'OUT_OF_MEMORY'
  | 'DEVICE_UNAVAILABLE'
  | 'ENGINE_FAILED'
  | 'CANCELLED'
  | 'DEADLINE_EXCEEDED'
  | 'CLOSED'
  | 'INTERNAL';

declare const handleBrand: unique symbol;
/** Opaque; tagged on the native side, so that a wrong or closed handle is a coded error, never a crash. */
interface Handle<Kind extends string> {
  readonly [handleBrand]: Kind;
}
export type ModelHandle = Handle<'model'>;
export type RecognizerHandle = Handle<'recognizer'>;
export type TranslatorHandle = Handle<'translator'>;
export type TokenizerHandle = Handle<'tokenizer'>;
export type AudioHandle = Handle<'audio'>;
export type DetectorHandle = Handle<'detector'>;
/** Number of an entry in the process-wide cancel-token table; 0 is "never cancelled". */
export type CancelToken = number;

export type ModelFormat = 'whisper-ggml' | 'ct2-whisper' | 'ct2-seq2seq' | 'silero-ggml';

export interface ModelInspection {
  readonly format: ModelFormat;
  /** Bytes of weights on disk. */
  readonly bytes: number;
  readonly multilingual: boolean;
  /** Of a Whisper, in the order of its tokens: what it can be asked to hear. Empty for others. */
  readonly languages: readonly string[];
  /** Whisper: vocabulary, mel bands, layers; empty for others. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** ggml: `f16`, `q5_0` …; CTranslate2: `int8`, `float32` … as stored. */
  readonly quantization: string;
}

export interface NativeDescription {
  readonly versions: Readonly<Record<string, string>>;
  readonly compiler: string;
  readonly device: 'cpu' | 'cuda';
  /** Number of CUDA devices that can be used; 0 in the CPU build. */
  readonly cudaDevices: number;
  /** whisper.cpp's own line of CPU features. */
  readonly cpuFeatures: string;
  readonly computeTypes: readonly string[];
  /** Weights held by the process-wide registry. */
  readonly models: ReadonlyArray<{
    readonly path: string;
    readonly format: ModelFormat;
    readonly references: number;
    readonly bytes: number;
  }>;
  /** Live handles of all threads, by kind, cancel tokens and kept samples; for leak tests. */
  readonly handles: Readonly<Record<string, number>>;
  /** Bytes of CTranslate2's large blocks, in use and kept for its next ones; 0 before `keepLargeMemoryApart`. */
  readonly engineMemory: { readonly used: number; readonly kept: number };
}

export interface NativeKernelCheck {
  readonly available: boolean;
  /** Products that a kernel computed, and those that it left to oneDNN. */
  readonly computed: number;
  readonly left: number;
  /** Largest error of a sum of products, by the sum of their sizes. */
  readonly worst: number;
  /** Attentions computed with vectors, and with tiles, and the largest error of an output; values are at most 1. */
  readonly attentions: number;
  readonly worstAttention: number;
  readonly tileAttentions: number;
  readonly worstTileAttention: number;
  /** Sums of integers that were wrong, and values beside a result that were written over. */
  readonly wrong: number;
}

export interface NativeKernelFacts {
  /** Whether this CPU runs the project's own kernels, and whether it has tiles of 16-bit floats (Intel AMX). */
  readonly available: boolean;
  readonly tiles: boolean;
  /** Layers of a CTranslate2 encoder whose attention they computed since the process began. */
  readonly encoderAttentions: number;
}

export interface NativeLogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly source: 'whisper' | 'ggml' | 'ctranslate2' | 'rust' | 'voicelingua';
  readonly message: string;
}

export interface OpenModelOptions {
  readonly device: 'cpu' | 'cuda';
  readonly deviceIndex: number;
  /** CTranslate2's compute type (`default`, `auto`, `int8`, `float32` …); ignored for ggml. */
  readonly computeType: string;
}

/** Names and meaning of {@link RecognitionOptions} of `src/engines/ports.ts`; all are required. */
export interface NativeRecognizeOptions {
  readonly translate: boolean;
  readonly threads: number;
  /** 1 to 8; 1 is greedy. */
  readonly beamSize: number;
  /** Candidates at temperatures above 0, 1 to 8. */
  readonly bestOf: number;
  /** CTranslate2 only. */
  readonly patience: number;
  /** Negative is the engine's own: 1 in CTranslate2, the mean log-probability in whisper.cpp. */
  readonly lengthPenalty: number;
  /** CTranslate2 only. */
  readonly repetitionPenalty: number;
  /** 0 allows all n-grams; CTranslate2 only. */
  readonly noRepeatNgramSize: number;
  readonly temperature: number;
  /** Step of the temperature fallback up to 1; 0 switches it off. */
  readonly temperatureIncrement: number;
  /** whisper.cpp takes it as the entropy below which a decoding fails. */
  readonly compressionRatioThreshold: number;
  readonly logprobThreshold: number;
  readonly noSpeechThreshold: number;
  /**
   * Ids never to print; −1 is the model's own list (whisper.cpp: its non-speech tokens). Null is the engine's default: the
   * model's list in CTranslate2, none in whisper.cpp.
   */
  readonly suppressTokens: readonly number[] | null;
  /** Of sampling; CTranslate2 only (whisper.cpp's generators have fixed seeds). */
  readonly seed: number;
  readonly timestamps: boolean;
  readonly wordTimestamps: boolean;
  /** Text before as context from 30 s to 30 s of one window; whisper.cpp only. */
  readonly context: boolean;
  /**
   * Positions of 20 ms that the encoder works out, at most 1500 (30 s); 0 is all. Never fewer than the sound of a window has; one
   * that is longer than 30 s is heard whole.
   */
  readonly audioContext: number;
}

/** 16 kHz mono in −1..1, which is copied, or the number of samples that are kept ({@link NativeBinding.keepSamples}). */
export type NativeSamples = Float32Array | number;

/** What is recognised at once, 16 kHz mono in −1..1. CTranslate2 takes at most 30 s, whisper.cpp two hours. */
export interface NativeWindow {
  readonly samples: NativeSamples;
  /** A Whisper code, or `auto`. */
  readonly language: string;
  readonly initialPrompt: string;
  /** Words to expect, put before the prompt. */
  readonly hotwords: string;
}

export interface NativeAlignmentWindow {
  readonly samples: NativeSamples;
  readonly language: string;
  /** What is said in it. */
  readonly text: string;
}

export interface NativeWord {
  /** With the space before it, if any. Valid UTF-8: no character is split. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly probability: number;
  /** How many of the segment's tokens it is made of. */
  readonly tokens: number;
}

export interface NativeSegment {
  /** Seconds from the first sample. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly noSpeechProbability: number;
  readonly averageLogprob: number;
  readonly compressionRatio: number;
  /** NaN from whisper.cpp, which does not tell. */
  readonly temperature: number;
  /** Text tokens only. */
  readonly tokens: Int32Array;
  /** One a token; empty from CTranslate2 without word times. */
  readonly probabilities: Float32Array;
  /** Monotone and inside the segment. */
  readonly words: readonly NativeWord[];
}

/** Of one window; one of silence has no segments. */
export interface NativeRecognition {
  readonly segments: readonly NativeSegment[];
  /** All tokens in order, control and timestamp tokens included (for exactness tests against whisper-cli). */
  readonly tokens: Int32Array;
  /** The one given, or detected for `auto`. */
  readonly language: string;
  /** NaN from whisper.cpp for a window without segments. */
  readonly noSpeechProbability: number;
  readonly averageLogprob: number;
  readonly compressionRatio: number;
  /** NaN from whisper.cpp. */
  readonly temperature: number;
  /** True when the thresholds are not met, whatever temperature was tried. */
  readonly failed: boolean;
}

export interface NativeAlignment {
  readonly words: readonly NativeWord[];
  /** Mean over the text's tokens. */
  readonly averageLogprob: number;
}

export interface NativeTranslateOptions {
  readonly threads: number;
  readonly beamSize: number;
  readonly patience: number;
  readonly lengthPenalty: number;
  readonly coveragePenalty: number;
  readonly repetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  readonly maxInputLength: number;
  readonly maxDecodingLength: number;
  readonly minDecodingLength: number;
  readonly numHypotheses: number;
  readonly returnScores: boolean;
  readonly maxBatchSize: number;
  /** `examples` or `tokens`. */
  readonly batchType: string;
  /**
   * Names given to `setShortlist`: the output is kept to their tokens together, and each row to those of its own source too. Empty for
   * the whole vocabulary.
   */
  readonly shortlists: readonly string[];
}

export interface NativeHypotheses {
  /** Best first; each a list of target tokens, prefix included as the engine gives it. */
  readonly hypotheses: ReadonlyArray<readonly string[]>;
  /** Cumulated log-probability, normalised by length when lengthPenalty is not 0 (as Python's ctranslate2). */
  readonly scores: Float32Array;
}

export interface NativeAudioInfo {
  readonly container: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds, NaN when unknown. */
  readonly duration: number;
}

export interface NativeDetectorInfo {
  readonly engine: 'silero' | 'embedded';
  /** Samples of a frame. */
  readonly frameSamples: number;
  /** The probability from which on a frame is best taken for speech. */
  readonly defaultThreshold: number;
}

export interface AudioOptions {
  /** −1 mixes all channels; otherwise the index of one. */
  readonly channel: number;
}

/** What {@link NativeBinding.reportCrashes} writes. */
export interface NativeCrash {
  /** Number of the signal. */
  readonly signal: number;
  /** The marked call of the thread that crashed, 0 for a thread without one. */
  readonly call: number;
  /** Marked calls of all threads. */
  readonly active: readonly number[];
}

export interface NativeBinding {
  /** Once per environment, before anything else: the class whose instances (code, message) native errors become. */
  initialize(errorClass: new (code: NativeErrorCode, message: string) => Error): void;
  describe(): NativeDescription;
  /** Takes what the engines logged since the last call (a bounded ring; nothing is ever printed). */
  drainLog(): NativeLogEntry[];

  /** `deadlineMs` > 0 cancels by itself after that time (`DEADLINE_EXCEEDED`). Usable from any thread. */
  createToken(deadlineMs: number): CancelToken;
  cancelToken(token: CancelToken): void;
  releaseToken(token: CancelToken): void;

  /** Notes the number of the call that this thread works on, for the report of a crash; 0 is none. */
  markCall(call: number): void;
  /**
   * From now on a fatal signal of this process writes a {@link NativeCrash} as one line of JSON to `fd`, then takes its
   * usual course. For a process that is the engines' own. Nothing happens on Windows.
   */
  reportCrashes(fd: number): void;
  /**
   * Ends this process with SIGKILL when the thread that started it ends, and at once when its parent is not `parent`
   * any more. False where the system knows no such thing (not Linux).
   */
  dieWithParent(parent: number): boolean;
  /** Gives freed memory back to the system, where an allocator would keep it. Takes milliseconds. */
  trimMemory(): void;
  /**
   * Has CTranslate2 compute with vectors of 512 bits where the CPU keeps its clock with them (false elsewhere). For a process that is
   * the engines' own, before its first computation: it sets CT2_FORCE_CPU_ISA, unless that is set.
   */
  preferWideVectors(): boolean;
  /**
   * Compares the project's own matrix products with plain loops, over random shapes. Nothing is computed where the CPU lacks
   * AVX-512 with VNNI, or VOICELINGUA_KERNELS is `off`; oneDNN does all then.
   */
  checkKernels(seed: number, rounds: number): NativeKernelCheck;
  kernelFacts(): NativeKernelFacts;
  /**
   * Keeps samples outside of JavaScript and gives their number, which any thread may use until {@link dropSamples}. Those that
   * 16-bit numbers hold exactly take two bytes each, others four.
   * @param empties whether the array, and all others on its buffer, are empty after it
   */
  keepSamples(samples: Float32Array, empties: boolean): number;
  /** A call that works on them goes on. Nothing happens for a number that stands for none. */
  dropSamples(number: number): void;
  /**
   * From now on each large block of memory is a mapping of its own, which leaves no gap when it is freed (glibc), and those of
   * CTranslate2 are kept for its next ones, as many as were in use at once, until `trimMemory` gives them back (Linux). For a
   * process that is the engines' own.
   */
  keepLargeMemoryApart(): void;
  /**
   * For tests, there only with `VOICELINGUA_TEST_FAULTS` in the environment: `abort`, `segv`, `bus`, `fpe`, `ill`,
   * `terminate` (an exception that nobody catches), `overflow` (of the stack), `exit` (with `amount` as the code), `hang` (blocks for `amount` milliseconds, whatever its
   * token), `leak` (`amount` bytes).
   */
  fault?(kind: string, amount: number): void;

  /** Validates a model file or folder with the project's own code, without an engine. Cheap: reads headers. */
  inspectModel(path: string): ModelInspection;
  /** Validates, then loads or shares weights through the process-wide registry. */
  openModel(path: string, options: OpenModelOptions): ModelHandle;
  /** A lane's own scratch state (whisper.cpp) or replica (CTranslate2) on shared weights. */
  openRecognizer(model: ModelHandle): RecognizerHandle;
  openTranslator(model: ModelHandle): TranslatorHandle;
  /** Releases any handle; the second time is a no-op. */
  close(
    handle: ModelHandle | RecognizerHandle | TranslatorHandle | TokenizerHandle | AudioHandle | DetectorHandle,
  ): void;

  /**
   * Blocks; answers in the order of the windows. NaN and infinities count as 0; shorter audio is padded. whisper.cpp
   * takes the windows one after the other, CTranslate2 as one batch. A cancel is seen by whisper.cpp within an operation;
   * by CTranslate2 between encoding and each search of a batch, so keep batches small.
   */
  recognize(
    recognizer: RecognizerHandle,
    windows: readonly NativeWindow[],
    options: NativeRecognizeOptions,
    token: CancelToken,
    onProgress?: (fraction: number) => void,
  ): NativeRecognition[];
  /** Blocks. Language probabilities from the first 30 s of each window, best first. */
  detectLanguage(
    recognizer: RecognizerHandle,
    windows: readonly NativeSamples[],
    threads: number,
    token: CancelToken,
  ): Array<Array<{ language: string; probability: number }>>;
  /** Blocks. Finds the words of given texts (forced alignment). CTranslate2 only: `MODEL_UNSUPPORTED` from whisper.cpp. */
  align(
    recognizer: RecognizerHandle,
    windows: readonly NativeAlignmentWindow[],
    threads: number,
    token: CancelToken,
  ): NativeAlignment[];

  /** Blocks. `source[i]` and `targetPrefix[i]` are tokens; an empty prefix is none. */
  translate(
    translator: TranslatorHandle,
    source: ReadonlyArray<readonly string[]>,
    targetPrefix: ReadonlyArray<readonly string[]>,
    options: NativeTranslateOptions,
    token: CancelToken,
  ): NativeHypotheses[];
  /** Names a part of the target vocabulary, for `shortlists`, by ids. */
  setShortlist(translator: TranslatorHandle, name: string, ids: Int32Array): void;
  /** Rows that a translator has translated, and sources that were encoded for them: rows of one batch with the same source share one. */
  translatorWork(translator: TranslatorHandle): { readonly rows: number; readonly encoded: number };
  /** The target vocabulary, in the order of ids. */
  targetVocabulary(model: ModelHandle): string[];

  openTokenizer(path: string): TokenizerHandle;
  tokenize(tokenizer: TokenizerHandle, texts: readonly string[]): string[][];
  detokenize(tokenizer: TokenizerHandle, pieces: ReadonlyArray<readonly string[]>): string[];

  /** A path, or the bytes of an encoded file (copied). */
  openAudio(source: string | Uint8Array, options: AudioOptions): AudioHandle;
  audioInfo(audio: AudioHandle): NativeAudioInfo;
  /** Blocks. Fills `buffer` with 16 kHz mono; returns the count, 0 at the end. */
  readAudio(audio: AudioHandle, buffer: Float32Array, token: CancelToken): number;
  audioWarnings(audio: AudioHandle): string[];

  /** Silero's weights as a ggml file, validated first; `''` is the detector that is built in. */
  openDetector(path: string): DetectorHandle;
  detectorInfo(detector: DetectorHandle): NativeDetectorInfo;
  /**
   * Blocks. The probability of speech of each frame that is whole with these samples (16 kHz mono in −1..1), which follow on those
   * of earlier calls; what fills no frame waits. After a call that fails or is stopped the next one begins a new stream.
   */
  detectSpeech(detector: DetectorHandle, samples: Float32Array, token: CancelToken): Float32Array;
  /** Of the frame that is begun, filled up with silence; empty when none is. */
  flushDetector(detector: DetectorHandle): Float32Array;
  /** Forgets the stream so far. */
  resetDetector(detector: DetectorHandle): void;
}
