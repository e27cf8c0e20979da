import { parseOpenOptions } from './api-options.js';
import type {
  DetectedLanguage,
  DocumentSource,
  Job,
  PackageOptions,
  TranscribeOptions,
  TranscribeSource,
  TranslateDocumentOptions,
  TranslatedDocument,
  TranslateInput,
  TranslateOptions,
  TranslationSet,
  VoiceLingua,
  VoiceLinguaOptions,
} from './api-types.js';
import type { Package } from './domain/package.js';
import type { Transcript } from './domain/transcript.js';
import { LocalVoiceLingua } from './voice-lingua.js';

export type * from './api-types.js';
export type { DocumentFormatName } from './domain/document-format.js';
export type { TextEdit } from './domain/edits.js';
export {
  ERROR_TRAITS,
  type ErrorCategory,
  type ErrorCode,
  type SerializedError,
  VoiceLinguaError,
} from './domain/errors.js';
export { CORE_LANGUAGES, normalizeLanguage } from './domain/language.js';
export type { ContentKey, Package, PackageContent, QueryResult } from './domain/package.js';
export type { Segment, SegmentFlag, Word } from './domain/segment.js';
export type { Span } from './domain/spans.js';
export type { SubtitleLayout } from './domain/subtitles.js';
export type { SourceType, TaskRecord, TaskStatus, TaskType } from './domain/task.js';
export { outputPath } from './domain/text-id.js';
export type { Accuracy, AudioInfo, Transcript } from './domain/transcript.js';
export type { DetectionSettings, TranscriptionOptions } from './domain/transcription-options.js';
export type { TranslatedUnit, Unit } from './domain/unit.js';
export { FORMAT_NAMES } from './formats/registry.js';
export type { TaskFilter } from './store/task-store.js';

/**
 * Opens the task store and gives the library's functions as methods; engines start with the first work.
 * @throws {VoiceLinguaError} `UNKNOWN_OPTION`, `INVALID_ARGUMENT`, or `STORE_*` when the store cannot be opened
 */
export async function openVoiceLingua(options?: VoiceLinguaOptions): Promise<VoiceLingua> {
  return new LocalVoiceLingua(parseOpenOptions(options)).ready();
}

let shared: LocalVoiceLingua | null = null;

/** The instance behind the module functions, opened by the first call, with the default store and models. */
function defaultInstance(): VoiceLingua {
  shared ??= new LocalVoiceLingua(parseOpenOptions());
  return shared;
}

/** {@link VoiceLingua.transcribe} on the default instance. */
export function transcribe(source: TranscribeSource, options?: TranscribeOptions): Job<Transcript> {
  return defaultInstance().transcribe(source, options);
}

/** {@link VoiceLingua.translate} on the default instance. */
export function translate(input: TranslateInput, options: TranslateOptions): Job<TranslationSet> {
  return defaultInstance().translate(input, options);
}

/** {@link VoiceLingua.translateDocument} on the default instance. */
export function translateDocument(source: DocumentSource, options: TranslateDocumentOptions): Job<TranslatedDocument> {
  return defaultInstance().translateDocument(source, options);
}

/** {@link VoiceLingua.detectTextLanguage} on the default instance. */
export function detectTextLanguage(text: string): Promise<DetectedLanguage> {
  return defaultInstance().detectTextLanguage(text);
}

/** {@link VoiceLingua.packageTask} on the default instance; also exported as `package`. */
export function packageTask(taskId: string, options?: PackageOptions): Job<Package> {
  return defaultInstance().packageTask(taskId, options);
}
export { packageTask as package };

/** {@link VoiceLingua.query} on the default instance. */
export const query = ((what: string) => defaultInstance().query(what)) as VoiceLingua['query'];

/** Closes the default instance, if one was opened; the next call opens a new one. */
export async function closeDefault(): Promise<void> {
  const instance = shared;
  shared = null;
  await instance?.close();
}
