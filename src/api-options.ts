import type {
  ContentQuery,
  LogEntry,
  PackageOptions,
  QueryFilter,
  RunOptions,
  TaskRequest,
  TranscribeOptions,
  TranslateOptions,
  VoiceLinguaOptions,
} from './api-types.js';
import {
  abortSignal,
  boolean,
  callback,
  defineOptions,
  integer,
  language,
  languages,
  nested,
  number,
  oneOf,
  orFalse,
  required,
  string,
  strings,
} from './domain/options.js';
import { SOURCE_TYPES, TASK_STATUSES } from './domain/task.js';
import type { TaskFilter } from './store/task-store.js';

/** The widest beam that whisper.cpp has decoders for (WHISPER_MAX_DECODERS). */
const MAX_DECODERS = 8;
const MAX_TRANSLATION_BEAM = 32;
const MAX_LANES = 256;
const PRIORITY = { min: -1_000_000, max: 1_000_000 };
const SOURCES = SOURCE_TYPES as readonly ['AUDIO', 'TEXT'];
const STATUSES = TASK_STATUSES as readonly ['pending', 'processing', 'completed', 'failed', 'cancelled'];
const TYPES = ['audio', 'text'] as const;

const recognition = {
  task: oneOf(['transcribe', 'translate']),
  strategy: oneOf(['windowed', 'sequential']),
  beamSize: integer({ min: 1, max: MAX_DECODERS }),
  bestOf: integer({ min: 1, max: MAX_DECODERS }),
  temperature: number({ min: 0, max: 2 }),
  temperatureIncrement: number({ min: 0, max: 2 }),
  initialPrompt: string({ allowEmpty: true }),
  timestamps: boolean(),
  wordTimestamps: boolean(),
} as const;

const translation = {
  beamSize: integer({ min: 1, max: MAX_TRANSLATION_BEAM }),
  maxTokens: integer({ min: 1, max: 4096 }),
} as const;

const page = { limit: integer({ min: 1 }), offset: integer({ min: 0 }) } as const;

export const parseOpenOptions: (given?: unknown) => VoiceLinguaOptions = defineOptions('openVoiceLingua', {
  store: string(),
  device: oneOf(['auto', 'cpu', 'cuda'], { default: 'auto' }),
  jobs: integer({ min: 1, max: MAX_LANES }),
  threads: integer({ min: 1, max: MAX_LANES }),
  sttModel: string(),
  mtModel: string(),
  tokenizer: string(),
  logger: callback<(entry: LogEntry) => void>(),
  graceMs: integer({ min: 0, default: 0 }),
  ffmpeg: orFalse(string()),
  isolation: oneOf(['process', 'thread'], { default: 'process' }),
});

export const parseTranscribeOptions: (given?: unknown) => TranscribeOptions = defineOptions('transcribe', {
  ...recognition,
  language: language({ auto: true, default: 'auto' }),
  referenceText: string({ allowEmpty: true }),
  textId: string(),
  model: string(),
  priority: integer(PRIORITY),
  signal: abortSignal(),
});

export const parseTranslateOptions: (given?: unknown) => TranslateOptions & { to: readonly string[] } = defineOptions(
  'translate',
  {
    ...translation,
    to: required(languages()),
    from: language({ auto: true }),
    model: string(),
    textId: string(),
    priority: integer(PRIORITY),
    signal: abortSignal(),
  },
);

export const parseTaskRequest: (given?: unknown) => TaskRequest = defineOptions('submit', {
  audio: string(),
  text: string({ allowEmpty: true }),
  referenceText: string({ allowEmpty: true }),
  textId: string(),
  languages: languages(),
  language: language({ auto: true }),
  sttModel: string(),
  mtModel: string(),
  priority: integer(PRIORITY),
  transcribe: nested(defineOptions('submit: transcribe', recognition)),
  translate: nested(defineOptions('submit: translate', translation)),
});

export const parseRunOptions: (given?: unknown) => RunOptions = defineOptions('run', {
  signal: abortSignal(),
  onTask: callback<NonNullable<RunOptions['onTask']>>(),
  onEvent: callback<NonNullable<RunOptions['onEvent']>>(),
});

export const parsePackageOptions: (given?: unknown) => PackageOptions = defineOptions('packageTask', {
  out: string(),
  formats: strings(),
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
  status: oneOf(STATUSES),
  type: oneOf(TYPES),
  textId: string(),
  order: oneOf(['newest', 'oldest']),
});
