import { FULL_CONTEXT } from './domain/audio-context.js';
import {
  boolean,
  defineOptions,
  integer,
  integers,
  invalidArgument,
  nested,
  number,
  oneOf,
  orFalse,
  orOneOf,
  string,
} from './domain/options.js';
import type { TranscriptionOptions } from './domain/transcription-options.js';

/** The widest beam that whisper.cpp has decoders for (WHISPER_MAX_DECODERS). */
const MAX_DECODERS = 8;
/** Token ids are positive; −1 stands for the model's own list of symbols. */
const FIRST_TOKEN = -1;
const MAX_SECONDS = 1e7;
const MAX_MS = 600_000;

const detection = defineOptions('transcribe: detection', {
  model: string(),
  threshold: number({ min: 0, max: 1 }),
  minSpeechDurationMs: integer({ min: 0, max: MAX_MS }),
  minSilenceDurationMs: integer({ min: 0, max: MAX_MS }),
  maxSpeechDurationS: number({ min: 1, max: MAX_SECONDS }),
  speechPadMs: integer({ min: 0, max: MAX_MS }),
  samplesOverlap: number({ min: 0, max: 10 }),
});

/** The options of recognition, as `transcribe` and `submit` take them. */
export const RECOGNITION = {
  task: oneOf(['transcribe', 'translate']),
  strategy: oneOf(['windowed', 'sequential']),
  beamSize: integer({ min: 1, max: MAX_DECODERS }),
  bestOf: integer({ min: 1, max: MAX_DECODERS }),
  patience: number({ min: 0.1, max: 10 }),
  lengthPenalty: number({ min: -10, max: 10 }),
  repetitionPenalty: number({ min: 0.1, max: 10 }),
  noRepeatNgramSize: integer({ min: 0, max: 448 }),
  temperature: number({ min: 0, max: 2 }),
  temperatureIncrement: number({ min: 0, max: 2 }),
  compressionRatioThreshold: number({ min: 0 }),
  logprobThreshold: number({ max: 0 }),
  noSpeechThreshold: number({ min: 0, max: 1 }),
  initialPrompt: string({ allowEmpty: true }),
  carryPrompt: boolean(),
  hotwords: string({ allowEmpty: true }),
  suppressTokens: integers({ min: FIRST_TOKEN }),
  suppressNonSpeech: boolean(),
  timestamps: boolean(),
  wordTimestamps: boolean(),
  languageDetection: oneOf(['once', 'window']),
  detectLanguageOnly: boolean(),
  offset: number({ min: 0, max: MAX_SECONDS }),
  duration: number({ min: 0.01, max: MAX_SECONDS }),
  splitChannels: boolean(),
  detection: orFalse(nested(detection)),
  redecode: boolean(),
  audioContext: orOneOf(['fitted', 'full'], integer({ min: 1, max: FULL_CONTEXT })),
  coverageThreshold: number({ min: 0, max: 1 }),
  edits: boolean(),
} as const;

/**
 * Refuses options that contradict each other, which would otherwise be left aside without a word.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT`
 */
export function checkRecognition(owner: string, options: TranscriptionOptions, language: string | undefined): void {
  const {
    languageDetection,
    detectLanguageOnly,
    carryPrompt,
    initialPrompt,
    strategy,
    timestamps,
    wordTimestamps,
    audioContext,
  } = options;
  const refuse = (name: string, expected: string): never => {
    throw invalidArgument(owner, name, expected, options[name as keyof TranscriptionOptions]);
  };
  const given = language !== undefined && language !== 'auto';
  if (languageDetection === 'window' && given)
    refuse('languageDetection', `"once", since the language is given as "${language}"`);
  if (languageDetection === 'window' && strategy === 'sequential') {
    refuse('languageDetection', '"once" with the sequential strategy, which has one window');
  }
  if (detectLanguageOnly && given) refuse('detectLanguageOnly', `false, since the language is given as "${language}"`);
  if (carryPrompt && (initialPrompt ?? '') === '')
    refuse('carryPrompt', 'false without "initialPrompt": there is nothing to carry');
  if (carryPrompt && strategy === 'sequential') {
    refuse('carryPrompt', 'false with the sequential strategy, whose windows carry the text before them');
  }
  if (strategy === 'sequential' && audioContext !== undefined && audioContext !== 'full') {
    refuse('audioContext', '"full" with the sequential strategy, which goes through the recording 30 s at a time');
  }
  if (wordTimestamps && timestamps === false) refuse('wordTimestamps', 'false when "timestamps" is false');
}
