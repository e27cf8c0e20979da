import type { KeptItems } from '../domain/prepared-sentence.js';
import type { Segment, WindowPiece, WindowSpan, Word } from '../domain/segment.js';
import type { AudioInfo } from '../domain/transcript.js';
import type { DetectionSettings } from '../domain/transcription-options.js';
import type { TranslationAccount } from '../domain/translation-account.js';

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
  /** How speech is told from silence, with the detector that the decoder has; false takes all sound as speech. Defaults to all defaults. */
  readonly detection?: Omit<DetectionSettings, 'model'> | false;
  /** Longest silence that is kept between two pieces of speech of one window, seconds; longer ones are shortened to it. Defaults to 2. */
  readonly maxGapSeconds?: number;
  /** One channel, from 0; −1, the default, mixes all. */
  readonly channel?: number;
  /** Where to begin, seconds. Defaults to 0. Times stay those of the recording. */
  readonly offset?: number;
  /** How much to take from there, seconds. Defaults to all. */
  readonly duration?: number;
}

/**
 * One window of a recording. Its samples stay where they were decoded; recognisers find them there by its number, until it
 * is discarded, or its recording is closed; so that a window can be recognised again in another way.
 */
export interface PcmWindow {
  readonly span: WindowSpan;
  readonly window: number;
  /** False when the detector heard no speech in it; the samples of such a window are not kept, and it gives no segments. */
  readonly speech: boolean;
  /** What stands in the window, in order: all of it as one piece, or pieces of speech with shortened silence between them. */
  readonly pieces?: readonly WindowPiece[];
  /** Where the detector heard speech, seconds of the recording, without padding. */
  readonly spans?: ReadonlyArray<{ readonly start: number; readonly end: number }>;
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
  /** Frees a window that will not be recognised, or not again. */
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
  /** Width of the search: beam × patience hypotheses are finished before it ends. CTranslate2 only. Defaults to 1. */
  readonly patience?: number;
  /** Exponent of the length in a beam's score. Defaults to 1 (whisper.cpp: its own default). */
  readonly lengthPenalty?: number;
  /** Above 1 makes tokens less likely that came before; CTranslate2 only. Defaults to 1. */
  readonly repetitionPenalty?: number;
  /** N-grams of this size come once; 0, the default, allows all; CTranslate2 only. */
  readonly noRepeatNgramSize?: number;
  /** A decoding fails above this compression ratio (whisper.cpp: below its entropy threshold). Defaults to 2.4. */
  readonly compressionRatioThreshold?: number;
  /** A decoding fails below this mean log-probability. Defaults to −1. */
  readonly logprobThreshold?: number;
  /** A window is silent above this probability of no speech, unless its text is likely. Defaults to 0.6. */
  readonly noSpeechThreshold?: number;
  readonly initialPrompt?: string;
  /** Words to expect, put before each window. */
  readonly hotwords?: string;
  /** Token ids never to print; −1 stands for the model's own list of symbols. Defaults to [−1] with CTranslate2, none with whisper.cpp. */
  readonly suppressTokens?: readonly number[];
  /** Seed of sampling at temperatures above 0. Defaults to 0. */
  readonly seed?: number;
  /** False: one segment a window without times. Defaults to true. */
  readonly timestamps?: boolean;
  readonly wordTimestamps?: boolean;
  /** Keep earlier text of the same call as context (whisper-cli's default in sequential mode). Defaults to false. */
  readonly context?: boolean;
  /** Positions of 20 ms that the encoder works out (whisper-cli's `--audio-ctx`); never fewer than the sound has. Defaults to all, 0. */
  readonly audioContext?: number;
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

/** A word of a given text, found in the sound. */
export interface AlignedText {
  readonly words: readonly Word[];
  /** Mean log-probability of the text's tokens, given the sound. */
  readonly avg_logprob: number;
}

export interface RecognizerInfo {
  readonly model: string;
  readonly engine: 'whisper.cpp' | 'ctranslate2';
  readonly multilingual: boolean;
  readonly languages: readonly string[];
  /** Why the model cannot do Whisper's own `translate` task; null when it can. */
  readonly cannotTranslate?: string | null;
}

/** Speech to text, one window a call; the engine takes windows of several callers together. */
export interface Recognizer {
  info(): Promise<RecognizerInfo>;
  recognize(
    window: PcmWindow,
    options: RecognitionOptions,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<RecognizedWindow>;
  detectLanguage(window: PcmWindow, signal?: AbortSignal): Promise<LanguageGuess>;
  /** Finds the words of a given text in a window (forced alignment). Absent where the engine cannot. Times as in `recognize`. */
  align?(window: PcmWindow, text: string, language: string, signal?: AbortSignal): Promise<AlignedText>;
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
  /** How terms of the items are to be said. Only models that are told what to keep look at them. Defaults to none. */
  readonly terms?: readonly TermTranslation[];
  /** Sentences that stand before the first item, for context. Only chat models look at them. Defaults to none. */
  readonly before?: readonly string[];
}

/** A term as it stands in a sentence, and what it is called in the language of the translation. */
export interface TermTranslation {
  readonly source: string;
  readonly target: string;
}

export interface TranslatedText {
  readonly text: string;
  /** 0..1: exp of the mean token log-probability. */
  readonly confidence: number;
  /** Who translated it, where that is not the translator's model for the pair: a fallback, or two models of a pivot (`a + b`). */
  readonly model?: string;
}

export type { KeptItems } from '../domain/prepared-sentence.js';

export interface TranslatorInfo {
  readonly model: string;
  readonly family: 'm2m100' | 'nllb' | 'marian' | 'plain' | 'llm';
  /** Codes of the project (not the model's own) that the model can read or write; empty where nothing tells. */
  readonly languages: readonly string[];
  /** What it reads, where that is not all of `languages`. */
  readonly reads?: readonly string[];
  /** What it writes, where that is not all of `languages`. */
  readonly writes?: readonly string[];
  /** Defaults to `marks`. */
  readonly kept?: KeptItems;
  /** Beam width where none is asked for; absent for a model without. */
  readonly beamSize?: number;
}

/** Text to text. Order of the answer is the order of the items. */
export interface Translator {
  info(): Promise<TranslatorInfo>;
  /** What is known of the model that does a pair of languages. Absent where one model does them all, which `info` is about. */
  infoFor?(source: string, target: string): Promise<TranslatorInfo>;
  /** Another model for a pair, to try what the first one did badly; null when there is none. Absent where there is one model. */
  other?(source: string, target: string): Promise<Translator | null>;
  /** What has been paid for its translations so far, and who made them. Absent where that is of no interest. */
  account?(): TranslationAccount;
  translate(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal?: AbortSignal,
  ): Promise<TranslatedText[]>;
}

/** Tells speech in a stream of 16 kHz mono. */
export interface SpeechDetector {
  /** Samples of a frame. */
  readonly frameSamples: number;
  /** From which probability on its frames are best taken for speech. */
  readonly defaultThreshold: number;
  /** Probabilities of the frames that are whole with these samples, 0..1. Blocks. */
  detect(samples: Float32Array): Float32Array;
  /** Of the last frame, filled up with silence; empty when none is begun. */
  flush(): Float32Array;
  close(): void;
}
