import type { Attempt, TaskRecord } from './api.js';

/** A task as `--json` prints it, in the names of the package. */
export function taskRecord(task: TaskRecord) {
  return {
    type: 'task',
    task_id: task.id,
    text_id: task.textId,
    task_type: task.type,
    status: task.status,
    audio_path: task.audioPath ?? null,
    language: task.sourceLanguage,
    source_language: task.detectedLanguage,
    languages: task.languages,
    priority: task.priority,
    progress: task.progress,
    attempts: task.attempts,
    retries: task.retries,
    crashes: task.crashes,
    losses: task.losses,
    not_before: task.notBefore,
    owner: task.owner,
    created_at: task.createdAt,
    started_at: task.startedAt,
    completed_at: task.completedAt,
    audio: task.audio,
    audio_duration: task.audioDuration,
    processing_time: task.processingTime,
    models: task.models,
    accuracy: task.accuracy?.accuracy ?? null,
    wer: task.accuracy?.wer ?? null,
    cer: task.accuracy?.cer ?? null,
    warnings: task.warnings,
    error: task.error,
  };
}

export function attemptRecord({ number, owner, startedAt, endedAt, outcome, error }: Attempt) {
  return { number, owner, started_at: startedAt, ended_at: endedAt, outcome, error };
}

/** Seconds from one time of the store to another; null while one is missing. */
export const secondsBetween = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;

/** Processing time by audio time; null for a text, and for a recording of no length. */
export const realTimeFactor = ({ audioDuration, processingTime }: TaskRecord): number | null =>
  audioDuration === null || audioDuration === 0 ? null : processingTime / audioDuration;
