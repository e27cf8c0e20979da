import type {
  ErrorCategory,
  JobEvent,
  Package,
  QueryFailure,
  QueryFilter,
  QueryResult,
  SourceType,
  TaskRecord,
  TaskRequest,
  TaskStatus,
  TaskType,
  Transcript,
  VoiceLingua,
  VoiceLinguaOptions,
} from '../index.js';

export type {
  ErrorCategory,
  JobEvent,
  Package,
  QueryFailure,
  QueryFilter,
  QueryResult,
  SourceType,
  TaskRecord,
  TaskRequest,
  TaskStatus,
  TaskType,
  Transcript,
  VoiceLingua,
  VoiceLinguaOptions,
};

/** What the commands need of the library. */
export interface Library {
  openVoiceLingua(options?: VoiceLinguaOptions): Promise<VoiceLingua>;
  readonly CORE_LANGUAGES: readonly string[];
  readonly FORMAT_NAMES: readonly string[];
  normalizeLanguage(code: string): string;
}

/** Loaded on first use only: `--help` and usage errors must not wait for the native addon. */
export async function loadLibrary(): Promise<Library> {
  return await import('../index.js');
}
