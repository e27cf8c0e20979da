import type { SerializedError } from '../../domain/errors.js';
import type { Segment } from '../../domain/segment.js';
import type {
  Attempt,
  AttemptOutcome,
  SourceType,
  TaskRecord,
  TaskStatus,
  TaskType,
  TranslationRecord,
} from '../../domain/task.js';
import type { Accuracy, AudioInfo } from '../../domain/transcript.js';
import { isoTime } from '../clock.js';
import type { KnownFacts } from '../rules.js';
import type { Checkpoint } from '../task-store.js';
import { assertSum, DamagedRow, type Summed } from './checksum.js';

export interface FactsRow {
  readonly detected_language: string | null;
  readonly accuracy: string | null;
  readonly audio: string | null;
  readonly audio_duration: number | null;
  readonly models: string;
  readonly warnings: string;
  readonly progress: number;
  readonly facts_sum: number;
}

/** The columns under `facts_sum`. */
export function factsSummed(row: Omit<FactsRow, 'progress' | 'facts_sum'>): Summed[] {
  return [row.detected_language, row.accuracy, row.audio, row.audio_duration, row.models, row.warnings];
}

export function toFacts(row: FactsRow): KnownFacts {
  assertSum('what is known of a task', row.facts_sum, ...factsSummed(row));
  return {
    detectedLanguage: row.detected_language,
    accuracy: parsed<Accuracy>(row.accuracy),
    audio: parsed<AudioInfo>(row.audio),
    audioDuration: row.audio_duration,
    models: fromJson<Record<string, string>>(row.models),
    warnings: fromJson<string[]>(row.warnings),
    progress: row.progress,
  };
}

export interface InputRow {
  readonly source_language: string;
  readonly languages: string;
  readonly options: string;
  readonly stt_model: string | null;
  readonly mt_model: string | null;
  readonly audio_path: string | null;
  readonly text: string | null;
  readonly reference_text: string | null;
}

/** The columns of `task_inputs` under their `sum`, in the order of the table. */
export function inputSummed(row: InputRow): Summed[] {
  return [
    row.source_language,
    row.languages,
    row.options,
    row.stt_model,
    row.mt_model,
    row.audio_path,
    row.text,
    row.reference_text,
  ];
}

/** A row of `tasks` joined with its `task_inputs`, as {@link TASK_COLUMNS} selects it. */
export interface TaskRow extends FactsRow, InputRow {
  readonly seq: number;
  readonly id: string;
  readonly type: TaskType;
  readonly text_id: string;
  readonly priority: number;
  readonly idempotency_key: string;
  readonly cost: number | null;
  readonly status: TaskStatus;
  readonly created_at: number;
  readonly updated_at: number;
  readonly started_at: number | null;
  readonly completed_at: number | null;
  readonly not_before: number | null;
  readonly attempts: number;
  readonly retries: number;
  readonly crashes: number;
  readonly losses: number;
  readonly fencing: number;
  readonly owner: string | null;
  readonly error: string | null;
  readonly processing_time: number;
  readonly sum: number;
}

export const TASK_COLUMNS = `
  t.seq, t.id, t.type, t.text_id, t.priority, t.idempotency_key, t.cost, t.status, t.created_at, t.updated_at,
  t.started_at, t.completed_at, t.not_before, t.attempts, t.retries, t.crashes, t.losses, t.fencing, t.owner, t.error,
  t.progress, t.detected_language, t.accuracy, t.audio, t.audio_duration, t.processing_time, t.models, t.warnings,
  t.facts_sum, i.source_language, i.languages, i.options, i.stt_model, i.mt_model, i.audio_path, i.text,
  i.reference_text, i.sum`;

export function toTaskRecord(row: TaskRow): TaskRecord {
  assertSum(`the input of task ${row.id}`, row.sum, ...inputSummed(row));
  return {
    id: row.id,
    type: row.type,
    textId: row.text_id,
    ...(row.audio_path === null ? {} : { audioPath: row.audio_path }),
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.reference_text === null ? {} : { referenceText: row.reference_text }),
    languages: fromJson<string[]>(row.languages),
    sourceLanguage: row.source_language,
    ...(row.stt_model === null ? {} : { sttModel: row.stt_model }),
    ...(row.mt_model === null ? {} : { mtModel: row.mt_model }),
    priority: row.priority,
    options: fromJson<Record<string, unknown>>(row.options),
    idempotencyKey: row.idempotency_key,
    ...(row.cost === null ? {} : { cost: row.cost }),
    status: row.status,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
    startedAt: row.started_at === null ? null : isoTime(row.started_at),
    completedAt: row.completed_at === null ? null : isoTime(row.completed_at),
    attempts: row.attempts,
    error: parsed<SerializedError>(row.error),
    processingTime: row.processing_time,
    retries: row.retries,
    crashes: row.crashes,
    losses: row.losses,
    notBefore: row.not_before === null ? null : isoTime(row.not_before),
    owner: row.owner,
    ...toFacts(row),
  };
}

export interface CheckpointRow {
  readonly stage: string;
  readonly piece: string;
  readonly fingerprint: string;
  readonly result: string;
  readonly sum: number;
}

export function toCheckpoint(row: CheckpointRow): Checkpoint {
  assertSum(`checkpoint ${row.stage} ${row.piece}`, row.sum, row.stage, row.piece, row.fingerprint, row.result);
  return {
    stage: row.stage,
    piece: row.piece,
    fingerprint: row.fingerprint,
    result: fromJson<unknown>(row.result),
  };
}

export interface TranslationRow {
  readonly id: number;
  readonly task_id: string;
  readonly text_id: string;
  readonly language: string;
  readonly source: SourceType;
  readonly content: string;
  readonly confidence: number;
  readonly timestamp: string;
  readonly sum: number;
}

export const TRANSLATION_COLUMNS =
  't.id AS task_id, r.id, r.text_id, r.language, r.source, r.content, r.confidence, r.timestamp, r.sum';

/** The columns of `translations` under their `sum`. */
export function translationSummed(row: Omit<TranslationRow, 'id' | 'task_id' | 'sum'>): Summed[] {
  return [row.text_id, row.language, row.source, row.confidence, row.timestamp, row.content];
}

export function toTranslationRecord(row: TranslationRow): TranslationRecord {
  assertSum(`a content of task ${row.task_id}`, row.sum, ...translationSummed(row));
  return {
    taskId: row.task_id,
    textId: row.text_id,
    language: row.language,
    source: row.source,
    content: row.content,
    confidence: row.confidence,
    timestamp: row.timestamp,
  };
}

export interface WindowRow {
  readonly window_index: number;
  readonly start_time: number;
  readonly end_time: number;
  readonly segments: string;
  readonly sum: number;
}

export function toSegments(row: WindowRow): Segment[] {
  const { window_index, start_time, end_time, segments } = row;
  assertSum(`window ${window_index} of a recording`, row.sum, window_index, start_time, end_time, segments);
  return fromJson<Segment[]>(segments);
}

export interface AttemptRow {
  readonly number: number;
  readonly owner: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: AttemptOutcome;
  readonly error: string | null;
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    owner: row.owner,
    startedAt: isoTime(row.started_at),
    endedAt: row.ended_at === null ? null : isoTime(row.ended_at),
    outcome: row.outcome,
    error: parsed<SerializedError>(row.error),
  };
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : fromJson<T>(json);
}

/** What stands in the store was JSON when it was written. */
function fromJson<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    throw new DamagedRow(`a row holds damaged JSON (${(error as Error).message})`);
  }
}
