import type { SerializedError } from './errors.js';
import type { Accuracy, AudioInfo } from './transcript.js';

/** The five states of seed 000. `pending` again after a lost lease or a retry. */
export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
export type TaskType = 'audio' | 'text';
/** Where a content comes from: the recording, or a given text or reference text. */
export type SourceType = 'AUDIO' | 'TEXT';

export const TASK_STATUSES: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];
export const SOURCE_TYPES: readonly SourceType[] = ['AUDIO', 'TEXT'];

/** What a task is asked to do: everything needed to run it, kept with it, so that a run can be repeated. */
export interface TaskSpec {
  /** Id to give the task when it is new; a store makes one up otherwise. */
  readonly id?: string;
  readonly type: TaskType;
  /** The caller's own name of the content; unique names are not required, the newest completed task wins in queries. */
  readonly textId: string;
  /** Absolute path of the recording (audio tasks). */
  readonly audioPath?: string;
  /** The text (text tasks). */
  readonly text?: string;
  readonly referenceText?: string;
  /** Target languages, normalised, in the order asked for. */
  readonly languages: readonly string[];
  /** Language of the recording or text; `auto` to detect. */
  readonly sourceLanguage: string;
  readonly sttModel?: string;
  readonly mtModel?: string;
  /** Higher runs first. */
  readonly priority: number;
  /** Remaining options that shape the result (beam size, strategy …), as given to the stages. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Hash of content and options: the same work submitted twice is done once. */
  readonly idempotencyKey: string;
}

/** A stored task. Times are ISO 8601 in UTC. */
export interface TaskRecord extends TaskSpec {
  readonly id: string;
  readonly status: TaskStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  /** Times the task was claimed and not handed back. */
  readonly attempts: number;
  readonly error: SerializedError | null;
  /** 0..1 */
  readonly progress: number;
  readonly detectedLanguage: string | null;
  readonly accuracy: Accuracy | null;
  readonly audio: AudioInfo | null;
  /** Seconds of audio, once known. */
  readonly audioDuration: number | null;
  /** Seconds of work over all attempts. */
  readonly processingTime: number;
  /** Model names that produced the results, e.g. `{ stt: 'demo-stt', mt: 'demo-mt' }`. */
  readonly models: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** One stored content: a transcript or reference text in its own language, or its translation. */
export interface TranslationRecord {
  readonly taskId: string;
  readonly textId: string;
  readonly language: string;
  readonly source: SourceType;
  readonly content: string;
  /** 0..1 */
  readonly confidence: number;
  /** ISO 8601 UTC. */
  readonly timestamp: string;
}
