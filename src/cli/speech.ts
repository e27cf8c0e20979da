import type { PackageOptions, TaskRequest } from './api.js';
import { usageError } from './errors.js';
import { defined } from './io.js';
import type { Settings } from './settings.js';

type Recognition = NonNullable<TaskRequest['transcribe']>;

/** Recognition options as the library takes them; undefined when none is set. */
export function audioOptions(settings: Settings): TaskRequest['transcribe'] {
  const { prompt, noTimestamps, noRedecode, noEdits, offset, duration } = settings;
  const detection = detectionOf(settings);
  const words = settings.wordTimestamps ?? (needsWords(settings) ? true : undefined);
  const options: Recognition = defined({
    task: settings.task,
    languageDetection: settings.languageDetection,
    strategy: settings.strategy,
    beamSize: settings.beamSize,
    bestOf: settings.bestOf,
    patience: settings.patience,
    lengthPenalty: settings.lengthPenalty,
    repetitionPenalty: settings.repetitionPenalty,
    noRepeatNgramSize: settings.noRepeatNgramSize,
    temperature: settings.temperature,
    temperatureIncrement: settings.temperatureIncrement,
    compressionRatioThreshold: settings.compressionRatioThreshold,
    logprobThreshold: settings.logprobThreshold,
    noSpeechThreshold: settings.noSpeechThreshold,
    initialPrompt: prompt,
    carryPrompt: settings.carryPrompt,
    hotwords: settings.hotwords,
    suppressTokens: settings.suppressTokens,
    suppressNonSpeech: settings.suppressNonSpeech,
    timestamps: noTimestamps ? false : undefined,
    wordTimestamps: words,
    offset: offset === undefined ? undefined : offset / 1000,
    duration: duration === undefined ? undefined : duration / 1000,
    splitChannels: settings.splitChannels,
    detection,
    redecode: noRedecode ? false : undefined,
    audioContext: settings.audioCtx,
    edits: noEdits ? false : undefined,
  });
  return Object.keys(options).length === 0 ? undefined : options;
}

/** How subtitles are cut; undefined for a cue a segment. */
export function subtitleLayout(settings: Settings): PackageOptions['subtitles'] {
  const { maxLineLength, maxLineCount, maxWordsPerLine, highlightWords } = settings;
  if (maxLineCount !== undefined && maxLineLength === undefined && maxWordsPerLine === undefined) {
    throw usageError('--max-line-count needs lines to count: give --max-line-length or --max-words-per-line too.');
  }
  const layout = defined({ maxLineLength, maxLineCount, maxWordsPerLine, highlightWords });
  return Object.keys(layout).length === 0 ? undefined : layout;
}

/** Cues that are no segments get their times from words. */
function needsWords(settings: Settings): boolean {
  const { maxLineLength, maxWordsPerLine, highlightWords, noTimestamps } = settings;
  if (noTimestamps) return false;
  return maxLineLength !== undefined || maxWordsPerLine !== undefined || highlightWords === true;
}

function detectionOf(settings: Settings): Recognition['detection'] {
  const options = defined({
    model: settings.vadModel,
    threshold: settings.vadThreshold,
    minSpeechDurationMs: settings.vadMinSpeechDurationMs,
    minSilenceDurationMs: settings.vadMinSilenceDurationMs,
    maxSpeechDurationS: settings.vadMaxSpeechDurationS,
    speechPadMs: settings.vadSpeechPadMs,
    samplesOverlap: settings.vadSamplesOverlap,
  });
  const given = Object.keys(options).length > 0;
  if (!settings.noVad) return given ? options : undefined;
  if (given) throw usageError('--no-vad and options of the speech detector contradict each other; leave one out.');
  return false;
}
