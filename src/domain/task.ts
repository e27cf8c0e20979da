import type { Coverage } from './coverage.js';
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
  /**
   * About how many seconds of audio the work is (for a text: of speech that long), as far as a look at the input tells. Cheap
   * tasks need not wait behind long ones. Defaults to 0, which is unknown and counts as cheap.
   */
  readonly cost?: number;
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
  /** How much of the speech has text; null before it is known, and where no detector told what is speech. */
  readonly coverage: Coverage | null;
  readonly audio: AudioInfo | null;
  /** Seconds of audio, once known. */
  readonly audioDuration: number | null;
  /** Seconds of work over all attempts. */
  readonly processingTime: number;
  /** Model names that produced the results, e.g. `{ stt: 'demo-stt', mt: 'demo-mt' }`. */
  readonly models: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Failures after which the task was put back for another attempt. */
  readonly retries: number;
  /** Times the engine host died of this task. */
  readonly crashes: number;
  /** Owners that died or fell silent while they had the task, since its last checkpoint. */
  readonly losses: number;
  /** A retry waits until then; null when the task may be claimed at once. */
  readonly notBefore: string | null;
  /** Who works on it while it is `processing`. */
  readonly owner: string | null;
}

/** How one attempt at a task ended: `running` while it has not. */
export type AttemptOutcome =
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  /** Put back after a failure that may pass. */
  | 'retry'
  /** The engine host died of it. */
  | 'crash'
  /** Handed back unharmed: shutdown, or the host died of another task. */
  | 'released'
  /** The owner died, or its lease ran out. */
  | 'lost';

/** One attempt at a task, in the order of their numbers. Times are ISO 8601 in UTC. */
export interface Attempt {
  /** The lease's fencing number. */
  readonly number: number;
  readonly owner: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: AttemptOutcome;
  /** Why it did not end well; of a crash, `details` hold the signal, the window, and the last lines of the host's stderr. */
  readonly error: SerializedError | null;
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
