import type { SerializedError } from '../../domain/errors.js';
import type { Segment } from '../../domain/segment.js';
import type { SourceType, TaskRecord, TaskStatus, TaskType, TranslationRecord } from '../../domain/task.js';
import type { Accuracy, AudioInfo } from '../../domain/transcript.js';
import { isoTime } from '../clock.js';
import type { KnownFacts } from '../rules.js';
import type { Checkpoint } from '../task-store.js';

export interface FactsRow {
  readonly detected_language: string | null;
  readonly accuracy: string | null;
  readonly audio: string | null;
  readonly audio_duration: number | null;
  readonly models: string;
  readonly warnings: string;
  readonly progress: number;
}

export function toFacts(row: FactsRow): KnownFacts {
  return {
    detectedLanguage: row.detected_language,
    accuracy: parsed<Accuracy>(row.accuracy),
    audio: parsed<AudioInfo>(row.audio),
    audioDuration: row.audio_duration,
    models: JSON.parse(row.models) as Record<string, string>,
    warnings: JSON.parse(row.warnings) as string[],
    progress: row.progress,
  };
}

/** A row of `tasks` joined with its `task_inputs`, as {@link TASK_COLUMNS} selects it. */
export interface TaskRow extends FactsRow {
  readonly seq: number;
  readonly id: string;
  readonly type: TaskType;
  readonly text_id: string;
  readonly priority: number;
  readonly idempotency_key: string;
  readonly status: TaskStatus;
  readonly created_at: number;
  readonly updated_at: number;
  readonly started_at: number | null;
  readonly completed_at: number | null;
  readonly attempts: number;
  readonly fencing: number;
  readonly error: string | null;
  readonly processing_time: number;
  readonly source_language: string;
  readonly languages: string;
  readonly options: string;
  readonly stt_model: string | null;
  readonly mt_model: string | null;
  readonly audio_path: string | null;
  readonly text: string | null;
  readonly reference_text: string | null;
}

export const TASK_COLUMNS = `
  t.seq, t.id, t.type, t.text_id, t.priority, t.idempotency_key, t.status, t.created_at, t.updated_at, t.started_at,
  t.completed_at, t.attempts, t.fencing, t.error, t.progress, t.detected_language, t.accuracy, t.audio,
  t.audio_duration, t.processing_time, t.models, t.warnings, i.source_language, i.languages, i.options, i.stt_model,
  i.mt_model, i.audio_path, i.text, i.reference_text`;

export function toTaskRecord(row: TaskRow): TaskRecord {
  return {
    id: row.id,
    type: row.type,
    textId: row.text_id,
    ...(row.audio_path === null ? {} : { audioPath: row.audio_path }),
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.reference_text === null ? {} : { referenceText: row.reference_text }),
    languages: JSON.parse(row.languages) as string[],
    sourceLanguage: row.source_language,
    ...(row.stt_model === null ? {} : { sttModel: row.stt_model }),
    ...(row.mt_model === null ? {} : { mtModel: row.mt_model }),
    priority: row.priority,
    options: JSON.parse(row.options) as Record<string, unknown>,
    idempotencyKey: row.idempotency_key,
    status: row.status,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
    startedAt: row.started_at === null ? null : isoTime(row.started_at),
    completedAt: row.completed_at === null ? null : isoTime(row.completed_at),
    attempts: row.attempts,
    error: parsed<SerializedError>(row.error),
    processingTime: row.processing_time,
    ...toFacts(row),
  };
}

export interface CheckpointRow {
  readonly stage: string;
  readonly piece: string;
  readonly fingerprint: string;
  readonly result: string;
}

export function toCheckpoint(row: CheckpointRow): Checkpoint {
  return {
    stage: row.stage,
    piece: row.piece,
    fingerprint: row.fingerprint,
    result: JSON.parse(row.result) as unknown,
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
}

export const TRANSLATION_COLUMNS =
  't.id AS task_id, r.id, r.text_id, r.language, r.source, r.content, r.confidence, r.timestamp';

export function toTranslationRecord(row: TranslationRow): TranslationRecord {
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

export function toSegments(json: string): Segment[] {
  return JSON.parse(json) as Segment[];
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}
