import type { TextEdit } from './edits.js';
import type { Segment } from './segment.js';
import type { Span } from './spans.js';
import type { SuspectSentence } from './suspect-sentence.js';
import type { SourceType, TaskType } from './task.js';
import type { TranslationCost } from './translation-account.js';

/** Key of a content inside a package's language entry: `text` for AUDIO, `reference_text` for TEXT. */
export type ContentKey = 'text' | 'reference_text';

export interface PackageContent {
  readonly content: string;
  readonly source: SourceType;
  readonly confidence: number;
  readonly timestamp: string;
  /** Sentences whose translation may be wrong, at most 1,000; absent where nothing speaks against any. */
  readonly suspects?: readonly SuspectSentence[];
}

/** The package of seed 000; `schema/package.schema.json` is its JSON Schema. Field names are fixed. */
export interface Package {
  readonly task_id: string;
  readonly task_type: TaskType;
  readonly text_id: string;
  readonly created_at: string;
  readonly completed_at: string;
  /** Null without a reference text. */
  readonly accuracy: number | null;
  readonly metadata: {
    readonly audio_duration: number | null;
    readonly audio_format: string | null;
    readonly model_version: string | null;
    readonly processing_time: number | null;
    readonly wer?: number;
    readonly cer?: number;
    /** Edits there are in all; `edits` lists at most 1,000. */
    readonly edits_total?: number;
    /** Share of the detected speech with text, 0..1. */
    readonly coverage?: number;
    /** Stretches of speech without text, seconds. */
    readonly uncovered?: readonly Span[];
    /** What chat models cost; absent where none was asked. */
    readonly translation_cost?: TranslationCost;
    readonly [more: string]: unknown;
  };
  readonly translations: Readonly<Record<string, Partial<Record<ContentKey, PackageContent>>>>;
  readonly query_index: {
    readonly by_language: Readonly<Record<string, readonly ContentKey[]>>;
    readonly by_source: Partial<Record<SourceType, Readonly<Record<string, ContentKey>>>>;
  };
  readonly source_language: string;
  readonly languages: readonly string[];
  readonly segments: readonly Segment[];
  /** How the transcript differs from the reference text; absent without one, and where it was not asked for. */
  readonly edits?: readonly TextEdit[];
  /** Texts of `segments` in other languages, one for each segment in order; subtitles are made of them. */
  readonly segment_translations?: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
}

/** Answer of `query({ language, textId, source })`. */
export interface QueryResult {
  readonly task_id: string;
  readonly text_id: string;
  readonly language: string;
  readonly source: SourceType;
  readonly content: string;
  readonly confidence: number;
  readonly timestamp: string;
  readonly accuracy: number | null;
}
