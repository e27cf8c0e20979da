import type { TaskRequest } from './api.js';
import { usageError } from './errors.js';
import { type Definition, duration, integer, number, numbers, oneOf, phrase, text, truth } from './setting-values.js';

/** Settings of recognition and of subtitles, by the names of Whisper's own tools where they have one. */
export interface SpeechSettings {
  task?: 'transcribe' | 'translate';
  languageDetection?: 'once' | 'window';
  strategy?: 'windowed' | 'sequential';
  beamSize?: number;
  bestOf?: number;
  patience?: number;
  lengthPenalty?: number;
  repetitionPenalty?: number;
  noRepeatNgramSize?: number;
  temperature?: number;
  temperatureIncrement?: number;
  compressionRatioThreshold?: number;
  logprobThreshold?: number;
  noSpeechThreshold?: number;
  prompt?: string;
  carryPrompt?: boolean;
  hotwords?: string;
  suppressTokens?: number[];
  suppressNonSpeech?: boolean;
  noTimestamps?: boolean;
  wordTimestamps?: boolean;
  /** Milliseconds, as all lengths of time here. */
  offset?: number;
  duration?: number;
  splitChannels?: boolean;
  noVad?: boolean;
  vadModel?: string;
  vadThreshold?: number;
  vadMinSpeechDurationMs?: number;
  vadMinSilenceDurationMs?: number;
  vadMaxSpeechDurationS?: number;
  vadSpeechPadMs?: number;
  vadSamplesOverlap?: number;
  audioCtx?: AudioContext;
  noRedecode?: boolean;
  noEdits?: boolean;
  maxLineLength?: number;
  maxLineCount?: number;
  maxWordsPerLine?: number;
  highlightWords?: boolean;
}

type AudioContext = NonNullable<NonNullable<TaskRequest['transcribe']>['audioContext']>;
/** Positions of 20 ms in Whisper's 30 s. */
const FULL_CONTEXT = 1500;

/** As whisper-cli, which takes 0 for all. */
const audioContext = (value: unknown, where: string): AudioContext => {
  if (value === 'fitted' || value === 'full') return value;
  if (typeof value === 'string' && !/^[+-]?\d+$/.test(value)) {
    throw usageError(`${where} is fitted, full or a whole number, got ${JSON.stringify(value)}.`);
  }
  const positions = integer(0, FULL_CONTEXT)(value, where);
  return positions === 0 ? 'full' : positions;
};

type Definitions = { readonly [K in keyof SpeechSettings]-?: Definition<NonNullable<SpeechSettings[K]>> };

const flag = (flags: string, description: string): Definition<boolean> => ({
  flags,
  description,
  parse: truth,
  flag: true,
});

export const SPEECH_SETTINGS: Definitions = {
  task: {
    flags: '--task <task>',
    description: "transcribe, or translate: the speech model's own translation to English (default: transcribe)",
    parse: oneOf('transcribe', 'translate'),
  },
  languageDetection: {
    flags: '--language-detection <how>',
    description: 'once, or window: each window has its own language, for recordings that mix them (default: once)',
    parse: oneOf('once', 'window'),
  },
  strategy: {
    flags: '--strategy <name>',
    description: 'windowed, or sequential as whisper.cpp does it (default: windowed)',
    parse: oneOf('windowed', 'sequential'),
  },
  beamSize: { flags: '--beam-size <n>', description: 'beams of the search (default: 5)', parse: integer(1, 64) },
  bestOf: { flags: '--best-of <n>', description: 'candidates of sampling (default: 5)', parse: integer(1, 64) },
  patience: {
    flags: '--patience <x>',
    description: 'finished beams to wait for, by the beam size; CTranslate2 only (default: 1)',
    parse: number(0.1, 10),
  },
  lengthPenalty: {
    flags: '--length-penalty <x>',
    description: 'exponent of the length in scores',
    parse: number(-10, 10),
  },
  repetitionPenalty: {
    flags: '--repetition-penalty <x>',
    description: 'above 1 words come again less; CTranslate2 only (default: 1)',
    parse: number(0.1, 10),
  },
  noRepeatNgramSize: {
    flags: '--no-repeat-ngram-size <n>',
    description: 'so many tokens never come again in a window; CTranslate2 only (default: 0, off)',
    parse: integer(0, 448),
  },
  temperature: { flags: '--temperature <x>', description: 'first temperature (default: 0)', parse: number(0, 2) },
  temperatureIncrement: {
    flags: '--temperature-increment <x>',
    description: 'step when a decoding fails; 0 for no fallback (default: 0.2)',
    parse: number(0, 2),
  },
  compressionRatioThreshold: {
    flags: '--compression-ratio-threshold <x>',
    description: 'text that compresses better has failed (default: 2.4)',
    parse: number(0, 1000),
  },
  logprobThreshold: {
    flags: '--logprob-threshold <x>',
    description: 'less likely text has failed (default: -1)',
    parse: number(-1000, 0),
  },
  noSpeechThreshold: {
    flags: '--no-speech-threshold <x>',
    description: 'silence above this probability, unless the text is likely (default: 0.6)',
    parse: number(0, 1),
  },
  prompt: { flags: '--prompt <text>', description: 'text that the speech model takes as said before', parse: phrase },
  carryPrompt: flag('--carry-prompt', 'give the prompt to every window, not the first alone'),
  hotwords: { flags: '--hotwords <text>', description: 'words to expect in every window', parse: phrase },
  suppressTokens: {
    flags: '--suppress-tokens <ids>',
    description: "ids of tokens never to print, comma separated; -1 for the model's symbols",
    parse: numbers(-1, 1_000_000),
  },
  suppressNonSpeech: flag('--suppress-non-speech', "never print the model's symbols"),
  noTimestamps: flag('--no-timestamps', 'one segment a window, without times'),
  wordTimestamps: flag('--word-timestamps', 'times of words too'),
  offset: { flags: '--offset <duration>', description: 'begin there: 90s, 1m30s (default: 0)', parse: duration() },
  duration: {
    flags: '--duration <duration>',
    description: 'take so much from there (default: all)',
    parse: duration(10),
  },
  splitChannels: flag('--split-channels', 'each channel has a speaker of its own; recognise all of them'),
  noVad: flag('--no-vad', 'take all sound as speech'),
  vadModel: {
    flags: '--vad-model <ref>',
    description: 'silero-vad, embedded or a ggml file of Silero (default: silero-vad if it is in the models folder)',
    parse: text,
  },
  vadThreshold: {
    flags: '--vad-threshold <x>',
    description: 'probability from which sound is speech (default: 0.5)',
    parse: number(0, 1),
  },
  vadMinSpeechDurationMs: {
    flags: '--vad-min-speech-duration-ms <ms>',
    description: 'shorter speech is dropped (default: 250)',
    parse: integer(0, 600_000),
  },
  vadMinSilenceDurationMs: {
    flags: '--vad-min-silence-duration-ms <ms>',
    description: 'shorter silence does not end speech (default: 100)',
    parse: integer(0, 600_000),
  },
  vadMaxSpeechDurationS: {
    flags: '--vad-max-speech-duration-s <s>',
    description: 'longer speech is cut (default: the window)',
    parse: number(1, 1e7),
  },
  vadSpeechPadMs: {
    flags: '--vad-speech-pad-ms <ms>',
    description: 'kept before and after speech (default: 30)',
    parse: integer(0, 600_000),
  },
  vadSamplesOverlap: {
    flags: '--vad-samples-overlap <s>',
    description: 'overlap of the pieces of longer speech (default: 0.1)',
    parse: number(0, 10),
  },
  audioCtx: {
    flags: '--audio-ctx <how>',
    description:
      'how much of 30 s the encoder works out: fitted to short clips, full, or positions of 20 ms (default: fitted)',
    parse: audioContext,
  },
  noRedecode: flag('--no-redecode', 'decode each window once, even where its text repeats itself or speech has none'),
  noEdits: flag('--no-edits', 'with a reference text: no list of what is wrong'),
  maxLineLength: {
    flags: '--max-line-length <n>',
    description: 'characters of a subtitle line; words are not split',
    parse: integer(1, 1000),
  },
  maxLineCount: {
    flags: '--max-line-count <n>',
    description: 'lines of a subtitle (default: 1)',
    parse: integer(1, 100),
  },
  maxWordsPerLine: {
    flags: '--max-words-per-line <n>',
    description: 'words of a subtitle line',
    parse: integer(1, 1000),
  },
  highlightWords: flag('--highlight-words', 'underline each word of a subtitle while it is said'),
};

/** How a recording is recognised. */
export const RECOGNITION_NAMES: ReadonlyArray<keyof SpeechSettings> = [
  'task',
  'languageDetection',
  'strategy',
  'beamSize',
  'bestOf',
  'patience',
  'lengthPenalty',
  'repetitionPenalty',
  'noRepeatNgramSize',
  'temperature',
  'temperatureIncrement',
  'compressionRatioThreshold',
  'logprobThreshold',
  'noSpeechThreshold',
  'prompt',
  'carryPrompt',
  'hotwords',
  'suppressTokens',
  'suppressNonSpeech',
  'noTimestamps',
  'wordTimestamps',
  'offset',
  'duration',
  'splitChannels',
  'noVad',
  'vadModel',
  'vadThreshold',
  'vadMinSpeechDurationMs',
  'vadMinSilenceDurationMs',
  'vadMaxSpeechDurationS',
  'vadSpeechPadMs',
  'vadSamplesOverlap',
  'audioCtx',
  'noRedecode',
  'noEdits',
];

/** How subtitle files are cut. */
export const SUBTITLE_NAMES: ReadonlyArray<keyof SpeechSettings> = [
  'maxLineLength',
  'maxLineCount',
  'maxWordsPerLine',
  'highlightWords',
];
