import type { TaskRecord } from '../api.js';

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
