import type { LanguageTranslation, TranslationSet } from './api-types.js';
import { toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import { joinPieces } from './domain/script.js';
import { meanConfidence, ownRecording } from './domain/segments.js';
import type { TaskRecord } from './domain/task.js';
import type { Transcript } from './domain/transcript.js';
import { storedAccount } from './pipeline/task-account.js';
import { contentPiece, translatedContent } from './stages/translate/translate.js';
import type { TaskStore } from './store/task-store.js';

/** The task when it has completed; throws what it failed with, or why it did not end. */
export function completedTask(task: TaskRecord): TaskRecord {
  if (task.status === 'completed') return task;
  if (task.status === 'failed' && task.error !== null) throw toVoiceLinguaError(task.error);
  if (task.status === 'cancelled') throw new VoiceLinguaError('CANCELLED', `Task ${task.id} was cancelled.`);
  throw new VoiceLinguaError(
    'TASK_NOT_COMPLETED',
    `Task ${task.id} is ${task.status}. Work it off with run() or "voicelingua run", or wait for it.`,
    { details: { taskId: task.id, status: task.status } },
  );
}

/** The transcript of a completed audio task, from stored rows alone. */
export async function storedTranscript(store: TaskStore, task: TaskRecord): Promise<Transcript> {
  const segments = ownRecording(await store.segments(task.id));
  const [found] = await store.checkpoints(task.id, 'transcribe', 'language');
  const detected = found?.result as { probability: number } | undefined;
  const language = task.detectedLanguage ?? task.sourceLanguage;
  return {
    text: joinPieces(
      segments.map(({ text }) => text),
      language,
    ),
    language,
    language_probability: detected?.probability ?? (task.sourceLanguage === 'auto' && segments.length === 0 ? 0 : 1),
    duration: task.audioDuration ?? 0,
    segments,
    confidence: meanConfidence(segments),
    audio: task.audio ?? { format: 'unknown', codec: 'unknown', sample_rate: 0, channels: 0, duration: null },
    model: task.models.stt ?? '',
    warnings: task.warnings,
    ...(task.coverage === null ? {} : { coverage: task.coverage.coverage, uncovered: task.coverage.uncovered }),
    ...(task.accuracy === null ? {} : { accuracy: task.accuracy }),
    processing_time: task.processingTime,
    task_id: task.id,
  };
}

/** The translations of a completed task with their units, from stored rows alone. */
export async function storedTranslationSet(store: TaskStore, task: TaskRecord): Promise<TranslationSet> {
  const source = task.type === 'audio' ? 'AUDIO' : 'TEXT';
  const content = translatedContent(await store.checkpoints(task.id, 'translate', contentPiece(source)), source);
  const records = await store.translations({ taskId: task.id, source });
  const cost = (await storedAccount(store, task.id))?.cost ?? null;
  const languages: Record<string, LanguageTranslation> = {};
  for (const language of task.languages) {
    const record = records.find((one) => one.language === language);
    if (record === undefined) continue;
    const units = content[language]?.units ?? [{ id: '0', text: record.content, confidence: record.confidence }];
    languages[language] = { text: record.content, units, confidence: record.confidence };
  }
  return {
    source_language: task.detectedLanguage ?? task.sourceLanguage,
    languages,
    model: task.models.mt ?? '',
    warnings: task.warnings,
    processing_time: task.processingTime,
    task_id: task.id,
    ...(cost === null ? {} : { translation_cost: cost }),
  };
}
