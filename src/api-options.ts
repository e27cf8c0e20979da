import type {
  ContentQuery,
  DeleteOptions,
  DetectLanguageOptions,
  GlossaryInput,
  LogEntry,
  MemoryExportOptions,
  MemoryImportOptions,
  MemoryPruneOptions,
  OptimizeOptions,
  OptimizeStep,
  PackageOptions,
  PruneOptions,
  QueryFilter,
  RunOptions,
  TaskRequest,
  TranscribeOptions,
  TranslateDocumentOptions,
  TranslateOptions,
  VoiceLinguaOptions,
} from './api-types.js';
import { DOCUMENT_FORMATS } from './domain/document-format.js';
import { MAX_TERMS } from './domain/glossary/given-terms.js';
import { normalizeLanguage } from './domain/language.js';
import {
  abortSignal,
  boolean,
  callback,
  defineOptions,
  integer,
  invalidArgument,
  language,
  languages,
  nested,
  number,
  type OptionKind,
  oneOf,
  oneOrMore,
  orFalse,
  required,
  string,
  strings,
} from './domain/options.js';
import { SOURCE_TYPES, TASK_STATUSES } from './domain/task.js';
import { type ChatSettings, parseChatSettings } from './engines/llm/settings.js';
import { modelReferences } from './model-list.js';
import { checkRecognition, RECOGNITION } from './recognition-options.js';
import type { StatsFilter, TaskFilter } from './store/task-store.js';

const MAX_TRANSLATION_BEAM = 32;
const MAX_LANES = 256;
/** What a timer of Node can wait: 24 days. */
const MAX_DURATION_MS = 2 ** 31 - 1;
const PRIORITY = { min: -1_000_000, max: 1_000_000 };
const SOURCES = SOURCE_TYPES as readonly ['AUDIO', 'TEXT'];
const STATUSES = TASK_STATUSES as readonly ['pending', 'processing', 'completed', 'failed', 'cancelled'];
const TYPES = ['audio', 'text'] as const;

/** A path, or a list whose entries are looked at later, a few at a time (task-glossaries.ts). */
const glossary: OptionKind<GlossaryInput, 'optional'> = {
  presence: 'optional',
  read: (value, place) => {
    if (typeof value === 'string') return string().read(value, place);
    if (Array.isArray(value) && value.length > 0 && value.length <= MAX_TERMS) return value;
    const given = Array.isArray(value) && value.length > 0 ? `${value.length} terms` : value;
    throw invalidArgument(place.owner, place.name, `the path of a file, or a list of 1 to ${MAX_TERMS} terms`, given);
  },
};

/** In the ranges that the addon takes (native/binding/text_calls.cc). */
const translation = {
  beamSize: integer({ min: 1, max: MAX_TRANSLATION_BEAM }),
  maxTokens: integer({ min: 1, max: 4096 }),
  checks: oneOf(['retry', 'mark', 'off']),
  lengthPenalty: number({ min: -100, max: 100 }),
  repetitionPenalty: number({ min: 0.01, max: 100 }),
  noRepeatNgramSize: integer({ min: 0, max: 4096 }),
  glossary,
  memory: boolean(),
} as const;

const page = { limit: integer({ min: 1 }), offset: integer({ min: 0 }) } as const;

/** {@link VoiceLinguaOptions} as they are read: models of a list in one text. */
export type OpenOptions = Omit<VoiceLinguaOptions, 'mtModel' | 'llm'> & {
  readonly mtModel?: string;
  readonly llm?: ChatSettings;
};

export const parseOpenOptions: (given?: unknown) => OpenOptions = defineOptions('openVoiceLingua', {
  store: string(),
  device: oneOf(['auto', 'cpu', 'cuda'], { default: 'auto' }),
  jobs: integer({ min: 1, max: MAX_LANES }),
  threads: integer({ min: 1, max: MAX_LANES }),
  sttModel: string(),
  mtModel: modelReferences(),
  llm: nested(parseChatSettings),
  tokenizer: string(),
  shortlist: oneOf(['auto', 'off'], { default: 'auto' }),
  logger: callback<(entry: LogEntry) => void>(),
  graceMs: integer({ min: 0, default: 0 }),
  ffmpeg: orFalse(string()),
  isolation: oneOf(['process', 'thread'], { default: 'process' }),
  logLevel: oneOf(['debug', 'info', 'warn', 'error', 'silent'], { default: 'info' }),
  logFile: string(),
  maxRetries: integer({ min: 0, max: 100 }),
  retryBaseMs: integer({ min: 0, max: MAX_DURATION_MS }),
  retryCapMs: integer({ min: 0, max: MAX_DURATION_MS }),
  softLimitMs: integer({ min: 1, max: MAX_DURATION_MS }),
  hardLimitMs: integer({ min: 1, max: MAX_DURATION_MS }),
  memoryWarn: number({ min: 0, max: 1 }),
  memoryHold: number({ min: 0, max: 1 }),
  memoryRefuse: number({ min: 0, max: 1 }),
  modelMemory: integer({ min: 0 }),
  modelIdleMs: integer({ min: 0, max: MAX_DURATION_MS }),
  recycleTasks: integer({ min: 1 }),
  recycleGrowth: integer({ min: 0 }),
  translationMemoryLimit: integer({ min: 0 }),
});

const readTranscribeOptions: (given?: unknown) => TranscribeOptions = defineOptions('transcribe', {
  ...RECOGNITION,
  language: language({ auto: true, default: 'auto' }),
  referenceText: string({ allowEmpty: true }),
  textId: string(),
  model: string(),
  priority: integer(PRIORITY),
  signal: abortSignal(),
});

export function parseTranscribeOptions(given?: unknown): TranscribeOptions {
  const options = readTranscribeOptions(given);
  checkRecognition('transcribe', options, options.language);
  return options;
}

export const parseDetectLanguageOptions: (given?: unknown) => DetectLanguageOptions = defineOptions('detectLanguage', {
  model: string(),
  offset: RECOGNITION.offset,
  detection: RECOGNITION.detection,
  signal: abortSignal(),
});

const textTranslation = {
  ...translation,
  to: required(languages()),
  from: language({ auto: true }),
  model: modelReferences(),
  textId: string(),
  priority: integer(PRIORITY),
  signal: abortSignal(),
} as const;

export const parseTranslateOptions: (given?: unknown) => TranslateOptions & { to: readonly string[]; model?: string } =
  defineOptions('translate', { ...textTranslation, format: oneOf(['text', 'html']) });

export const parseTranslateDocumentOptions: (
  given?: unknown,
) => TranslateDocumentOptions & { to: readonly string[]; model?: string } = defineOptions('translateDocument', {
  ...textTranslation,
  format: oneOf(DOCUMENT_FORMATS),
  out: string(),
});

/** A request whose models are one text. */
export type ReadTaskRequest = TaskRequest & { readonly mtModel?: string };

const readTaskRequest: (given?: unknown) => ReadTaskRequest = defineOptions('submit', {
  audio: string(),
  text: string({ allowEmpty: true }),
  referenceText: string({ allowEmpty: true }),
  textId: string(),
  languages: languages(),
  language: language({ auto: true }),
  sttModel: string(),
  mtModel: modelReferences(),
  priority: integer(PRIORITY),
  transcribe: nested(defineOptions('submit: transcribe', RECOGNITION)),
  translate: nested(defineOptions('submit: translate', translation)),
});

export function parseTaskRequest(given?: unknown): ReadTaskRequest {
  const request = readTaskRequest(given);
  if (request.transcribe !== undefined) checkRecognition('submit: transcribe', request.transcribe, request.language);
  return request;
}

export const parseRunOptions: (given?: unknown) => RunOptions = defineOptions('run', {
  signal: abortSignal(),
  stop: abortSignal(),
  graceMs: integer({ min: 0, max: MAX_DURATION_MS }),
  onTask: callback<NonNullable<RunOptions['onTask']>>(),
  onEvent: callback<NonNullable<RunOptions['onEvent']>>(),
});

export const parseDeleteOptions: (given?: unknown) => DeleteOptions = defineOptions('delete', { outputs: boolean() });

export const parsePruneOptions: (given?: unknown) => PruneOptions = defineOptions('prune', {
  keep: integer({ min: 0 }),
  olderThanMs: integer({ min: 0 }),
  status: oneOf(['completed', 'failed', 'cancelled']),
  outputs: boolean(),
});

export const parseMemoryImport: (
  given?: unknown,
) => MemoryImportOptions & { from?: readonly string[]; to?: readonly string[] } = defineOptions(
  'translationMemory.import',
  {
    from: languages(),
    to: languages(),
    inlineCodes: oneOf(['drop', 'text']),
    restore: boolean(),
    onProgress: callback<NonNullable<MemoryImportOptions['onProgress']>>(),
    signal: abortSignal(),
  },
);

export const parseMemoryExport: (given?: unknown) => MemoryExportOptions = defineOptions('translationMemory.export', {
  from: language(),
  to: language(),
  model: string(),
  onProgress: callback<NonNullable<MemoryExportOptions['onProgress']>>(),
  signal: abortSignal(),
});

export const parseMemoryPrune: (given?: unknown) => MemoryPruneOptions = defineOptions('translationMemory.prune', {
  keep: integer({ min: 0 }),
  olderThanMs: integer({ min: 0 }),
  model: string(),
  dryRun: boolean(),
  signal: abortSignal(),
});
/** Texts by the code of their language. */
const texts = nested((given): Record<string, readonly string[]> => {
  const table = Object.fromEntries(languagesOf(given).map((code) => [code, required(strings())]));
  const read = Object.entries(defineOptions('optimizeModel: texts', table)(given));
  return Object.fromEntries(read.map(([code, list]) => [normalizeLanguage(code), list]));
});

/** Names of an object, each of which must be a language. */
function languagesOf(given: unknown): string[] {
  const codes = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  for (const code of codes) normalizeLanguage(code);
  return codes;
}

export const parseOptimizeOptions: (given?: unknown) => OptimizeOptions & { to: readonly string[]; from: string } =
  defineOptions('optimizeModel', {
    model: string(),
    to: required(languages()),
    from: language({ default: 'en' }),
    texts,
    sample: strings(),
    beamSize: translation.beamSize,
    onProgress: callback<(step: OptimizeStep) => void>(),
    signal: abortSignal(),
  });

export const parseStatsFilter: (given?: unknown) => StatsFilter = defineOptions('stats', { since: string() });

export const parsePackageOptions: (given?: unknown) => PackageOptions = defineOptions('packageTask', {
  out: string(),
  formats: strings(),
  subtitles: nested(
    defineOptions('packageTask: subtitles', {
      maxLineLength: integer({ min: 1, max: 1000 }),
      maxLineCount: integer({ min: 1, max: 100 }),
      maxWordsPerLine: integer({ min: 1, max: 1000 }),
      highlightWords: boolean(),
    }),
  ),
  signal: abortSignal(),
});

export const parseContentQuery: (given?: unknown) => ContentQuery = defineOptions('query', {
  language: required(language()),
  textId: required(string()),
  source: required(oneOf(SOURCES)),
});

export const parseQueryFilter: (given?: unknown) => QueryFilter = defineOptions('query', {
  ...page,
  status: oneOf(STATUSES),
  type: oneOf(TYPES),
  textId: string(),
  language: language(),
  source: oneOf(SOURCES),
  contains: string(),
});

export const parseTaskFilter: (given?: unknown) => TaskFilter = defineOptions('tasks', {
  ...page,
  ids: strings(),
  status: oneOrMore(STATUSES),
  type: oneOf(TYPES),
  textId: string(),
  order: oneOf(['newest', 'oldest', 'ended']),
});
