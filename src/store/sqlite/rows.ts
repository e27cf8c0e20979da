import type { Coverage } from '../../domain/coverage.js';
import type { SerializedError } from '../../domain/errors.js';
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
import { type KnownFacts, toJson } from '../rules.js';
import type { Checkpoint } from '../task-store.js';
import { assertSum, DamagedRow } from './checksum.js';

/** A row of `tasks`. Times are milliseconds. */
export interface TaskRow {
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
  readonly ending: number | null;
  readonly not_before: number | null;
  readonly attempts: number;
  readonly retries: number;
  readonly crashes: number;
  readonly losses: number;
  readonly fencing: number;
  readonly owner: string | null;
  readonly lease_until: number | null;
  readonly lease_epoch: string | null;
  readonly error: string | null;
  readonly progress: number;
  readonly detected_language: string | null;
  readonly accuracy: string | null;
  readonly audio: string | null;
  readonly audio_duration: number | null;
  readonly processing_time: number;
  readonly models: string;
  readonly warnings: string;
  readonly coverage: string | null;
  readonly sum: number;
}

/** A row of `task_inputs`. */
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

/** Both, as {@link FULL_COLUMNS} selects them. */
export interface FullTaskRow extends TaskRow, InputRow {
  readonly input_sum: number;
}

const TASK_COLUMNS = `
  t.seq, t.id, t.type, t.text_id, t.priority, t.idempotency_key, t.cost, t.status, t.created_at, t.updated_at,
  t.started_at, t.completed_at, t.ending, t.not_before, t.attempts, t.retries, t.crashes, t.losses, t.fencing, t.owner,
  t.lease_until, t.lease_epoch, t.error, t.progress, t.detected_language, t.accuracy, t.audio, t.audio_duration,
  t.processing_time, t.models, t.warnings, t.coverage, t.sum`;

const FULL_COLUMNS = `${TASK_COLUMNS}, i.source_language, i.languages, i.options, i.stt_model, i.mt_model,
  i.audio_path, i.text, i.reference_text, i.sum AS input_sum`;

/** Selects {@link TaskRow}s of `tasks AS t`. */
export const SELECT_TASK = `SELECT ${TASK_COLUMNS} FROM tasks AS t`;

/**
 * Selects {@link FullTaskRow}s.
 * @param tasks where they come from: a FROM clause with `tasks AS t` in it
 */
export function selectFull(tasks = 'tasks AS t'): string {
  return `SELECT ${FULL_COLUMNS} FROM ${tasks} CROSS JOIN task_inputs AS i ON i.task_seq = t.seq`;
}

/** The row, if it is as it was written. */
export function sound<R extends TaskRow>(row: R): R {
  assertSum('tasks', row, row.sum, `task ${row.id}`);
  return row;
}

export function toFacts(row: TaskRow): KnownFacts {
  return {
    detectedLanguage: row.detected_language,
    accuracy: parsed<Accuracy>(row.accuracy),
    coverage: parsed<Coverage>(row.coverage),
    audio: parsed<AudioInfo>(row.audio),
    audioDuration: row.audio_duration,
    models: fromJson<Record<string, string>>(row.models),
    warnings: fromJson<string[]>(row.warnings),
    progress: row.progress,
  };
}

/** The columns of {@link toFacts}. */
export function ofFacts(facts: KnownFacts): Partial<TaskRow> {
  return {
    detected_language: facts.detectedLanguage,
    accuracy: facts.accuracy === null ? null : toJson('accuracy', facts.accuracy),
    coverage: facts.coverage === null ? null : toJson('coverage', facts.coverage),
    audio: facts.audio === null ? null : toJson('audio', facts.audio),
    audio_duration: facts.audioDuration,
    models: toJson('models', facts.models),
    warnings: toJson('warnings', facts.warnings),
    progress: facts.progress,
  };
}

/** @param row one whose own part is known to be as it was written, see {@link sound}; the input's is looked at here. */
export function toTaskRecord(row: FullTaskRow): TaskRecord {
  assertSum('task_inputs', row, row.input_sum, `the input of task ${row.id}`);
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
    startedAt: isoTimeOrNull(row.started_at),
    completedAt: isoTimeOrNull(row.completed_at),
    attempts: row.attempts,
    error: parsed<SerializedError>(row.error),
    processingTime: row.processing_time,
    retries: row.retries,
    crashes: row.crashes,
    losses: row.losses,
    notBefore: isoTimeOrNull(row.not_before),
    owner: row.owner,
    ...toFacts(row),
  };
}

export interface CheckpointRow {
  readonly stage: string;
  readonly piece: string;
  readonly position: number;
  readonly fingerprint: string;
  readonly result: string;
  readonly sum: number;
}

export function toCheckpoint(row: CheckpointRow): Checkpoint {
  const { stage, piece, fingerprint } = row;
  assertSum('checkpoints', row, row.sum, `checkpoint ${stage} ${piece}`);
  return { stage, piece, fingerprint, result: fromJson<unknown>(row.result) };
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

export function toTranslationRecord(row: TranslationRow): TranslationRecord {
  assertSum('translations', row, row.sum, `a content of task ${row.task_id}`);
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

/** The segments of a window as they were written, JSON. */
export function soundSegments(row: WindowRow): string {
  assertSum('windows', row, row.sum, `window ${row.window_index} of a recording`);
  return row.segments;
}

export interface AttemptRow {
  readonly number: number;
  readonly owner: string;
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: AttemptOutcome;
  readonly error: string | null;
  readonly sum: number;
}

export function toAttempt(row: AttemptRow): Attempt {
  assertSum('attempts', row, row.sum, `attempt ${row.number} at a task`);
  return {
    number: row.number,
    owner: row.owner,
    startedAt: isoTime(row.started_at),
    endedAt: isoTime(row.ended_at),
    outcome: row.outcome,
    error: parsed<SerializedError>(row.error),
  };
}

function isoTimeOrNull(wall: number | null): string | null {
  return wall === null ? null : isoTime(wall);
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
