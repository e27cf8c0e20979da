import type { CallOptions } from './api-types.js';
import type { DocumentFormatName } from './domain/document-format.js';
import type { GlossaryTerm } from './domain/glossary/glossary.js';
import type { OptimizeStep } from './domain/shortlist-report.js';
import type { Transcript } from './domain/transcript.js';
import type { TranslationCost } from './domain/translation-account.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';

export type { GlossaryTerm } from './domain/glossary/glossary.js';
export type { OptimizedLanguage, OptimizedModel, OptimizeStep, ShortlistTrial } from './domain/shortlist-report.js';
export type { TranslationCost } from './domain/translation-account.js';

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
