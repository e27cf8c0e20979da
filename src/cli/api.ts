import type {
  ErrorCategory,
  Estimate,
  JobEvent,
  LlmOptions,
  MemoryState,
  OptimizedLanguage,
  OptimizeOptions,
  Package,
  PackageOptions,
  PruneOptions,
  QueryFailure,
  QueryFilter,
  QueryResult,
  SourceType,
  StoreStatus,
  SubmittedWork,
  TaskFilter,
  TaskRecord,
  TaskRequest,
  TaskStatus,
  TaskType,
  Transcript,
  TranslatedDocument,
  VoiceLingua,
  VoiceLinguaOptions,
} from '../index.js';

export type {
  ErrorCategory,
  Estimate,
  JobEvent,
  LlmOptions,
  MemoryState,
  OptimizedLanguage,
  OptimizeOptions,
  Package,
  PackageOptions,
  PruneOptions,
  QueryFailure,
  QueryFilter,
  QueryResult,
  SourceType,
  StoreStatus,
  SubmittedWork,
  TaskFilter,
  TaskRecord,
  TaskRequest,
  TaskStatus,
  TaskType,
  Transcript,
  TranslatedDocument,
  VoiceLingua,
  VoiceLinguaOptions,
};

export type MemoryImport = Awaited<ReturnType<VoiceLingua['translationMemory']['import']>>;
export type Attempt = Awaited<ReturnType<VoiceLingua['attempts']>>[number];
export type StoreStats = Awaited<ReturnType<VoiceLingua['stats']>>;

/** What the commands need of the library. */
export interface Library {
  openVoiceLingua(options?: VoiceLinguaOptions): Promise<VoiceLingua>;
  readonly CORE_LANGUAGES: readonly string[];
  readonly FORMAT_NAMES: readonly string[];
  normalizeLanguage(code: string): string;
  /** Path of a file that `packageTask` writes: `suffix` is `.json`, `.de.srt` … */
  outputPath(folder: string, textId: string, suffix: string): string;
}

/** Loaded on first use only: `--help` and usage errors must not wait for the native addon. */
export async function loadLibrary(): Promise<Library> {
  return await import('../index.js');
}
