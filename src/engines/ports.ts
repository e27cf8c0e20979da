import type { Segment, WindowSpan } from '../domain/segment.js';
import type { AudioInfo } from '../domain/transcript.js';

/** Where a recording's bytes are: a file, an encoded file in memory, or samples (16 kHz mono float32 in −1..1). */
export type AudioSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly name: string }
  | { readonly kind: 'samples'; readonly samples: Float32Array };

export interface WindowOptions {
  /** Longest window, seconds, at most 30 (Whisper's input). Defaults to 30. */
  readonly maxWindowSeconds?: number;
  /** `sequential` gives the whole recording as one window, for whisper.cpp's own long-form algorithm. Defaults to `windowed`. */
  readonly strategy?: 'windowed' | 'sequential';
}

/**
 * One window of a recording. Its samples stay where they were decoded; recognisers find them there by its number, until it
 * is recognised or discarded, or its recording is closed.
 */
export interface PcmWindow {
  readonly span: WindowSpan;
  readonly window: number;
  /** False when the detector heard no speech in it; the samples of such a window are not kept, and it gives no segments. */
  readonly speech: boolean;
}

export interface AudioSummary {
  /** Seconds of sound decoded; at the end the true length, which a container's own duration may not be. */
  readonly seconds: number;
  /** What the decoder had to forgive (skipped packets, truncation …). */
  readonly warnings: readonly string[];
}

/** An open recording, read window by window; memory does not grow with its length. */
export interface AudioStream {
  readonly info: AudioInfo;
  /** The next window, or null at the end. */
  nextWindow(): Promise<PcmWindow | null>;
  /** Frees a window that will not be recognised. */
  discard(window: PcmWindow): void;
  /** What has come out so far. */
  summary(): Promise<AudioSummary>;
  close(): Promise<void>;
}

export interface Decoder {
  open(source: AudioSource, options: WindowOptions, signal?: AbortSignal): Promise<AudioStream>;
}

export interface RecognitionOptions {
  /** Code of the project, never `auto`: the caller detects first. Text comes in its script (`zh`, `zh-tw`). */
  readonly language: string;
  /** `translate` is Whisper's own translation to English. Defaults to `transcribe`. */
  readonly task?: 'transcribe' | 'translate';
  /** Beam width; 1 is greedy. Defaults to 5, as whisper-cli's. */
  readonly beamSize?: number;
  /** Candidates of temperature sampling. Defaults to 5. */
  readonly bestOf?: number;
  /** First temperature. Defaults to 0. */
  readonly temperature?: number;
  /** Step of the temperature fallback; 0 switches it off. Defaults to 0.2. */
  readonly temperatureIncrement?: number;
  readonly initialPrompt?: string;
  /** False: one segment a window without times. Defaults to true. */
  readonly timestamps?: boolean;
  readonly wordTimestamps?: boolean;
  /** Keep earlier text of the same call as context (whisper-cli's default in sequential mode). Defaults to false. */
  readonly context?: boolean;
}

export interface RecognizedWindow {
  /** Ids count from 0 inside the window; times are relative to the recording. */
  readonly segments: readonly Segment[];
}

export interface LanguageGuess {
  readonly language: string;
  /** 0..1 */
  readonly probability: number;
}

export interface RecognizerInfo {
  readonly model: string;
  readonly engine: 'whisper.cpp' | 'ctranslate2';
  readonly multilingual: boolean;
  readonly languages: readonly string[];
}

/** Speech to text, one window a call. */
export interface Recognizer {
  info(): Promise<RecognizerInfo>;
  recognize(
    window: PcmWindow,
    options: RecognitionOptions,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<RecognizedWindow>;
  detectLanguage(window: PcmWindow, signal?: AbortSignal): Promise<LanguageGuess>;
}

/**
 * One sentence to bring into one language; a batch mixes sources and targets freely. From `zh` to `zh-tw` and back only
 * the script changes.
 */
export interface TranslationItem {
  readonly text: string;
  readonly source: string;
  readonly target: string;
}

export interface TranslationOptions {
  /** Beam width; 1 is greedy. Defaults to 4, as in seed 000. */
  readonly beamSize?: number;
  /** Longest output, tokens. Defaults to 256. */
  readonly maxTokens?: number;
  readonly lengthPenalty?: number;
  readonly repetitionPenalty?: number;
  readonly noRepeatNgramSize?: number;
}

export interface TranslatedText {
  readonly text: string;
  /** 0..1: exp of the mean token log-probability. */
  readonly confidence: number;
}

export interface TranslatorInfo {
  readonly model: string;
  readonly family: 'm2m100' | 'nllb' | 'marian' | 'plain';
  /** Codes of the project (not the model's own) that the model can read and write. */
  readonly languages: readonly string[];
}

/** Text to text. Order of the answer is the order of the items. */
export interface Translator {
  info(): Promise<TranslatorInfo>;
  translate(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal?: AbortSignal,
  ): Promise<TranslatedText[]>;
}

/** Speech spans in 16 kHz mono samples. */
export interface SpeechDetector {
  /** Half-open sample ranges that hold speech, ascending, not overlapping. */
  detect(samples: Float32Array): ReadonlyArray<{ readonly start: number; readonly end: number }>;
}
