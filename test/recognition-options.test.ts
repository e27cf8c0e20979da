import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePackageOptions, parseTaskRequest, parseTranscribeOptions } from '../src/api-options.js';
import type { VoiceLinguaError } from '../src/domain/errors.js';
import { RECOGNITION } from '../src/recognition-options.js';

const failure = (work: () => unknown): VoiceLinguaError => {
  try {
    work();
  } catch (error) {
    return error as VoiceLinguaError;
  }
  throw new Error('it was accepted');
};

const ALL = {
  task: 'transcribe',
  strategy: 'windowed',
  beamSize: 3,
  bestOf: 2,
  patience: 1.5,
  lengthPenalty: -0.5,
  repetitionPenalty: 1.2,
  noRepeatNgramSize: 3,
  temperature: 0,
  temperatureIncrement: 0.2,
  compressionRatioThreshold: 2.4,
  logprobThreshold: -1,
  noSpeechThreshold: 0.6,
  initialPrompt: 'Ada.',
  carryPrompt: true,
  hotwords: 'Lovelace',
  suppressTokens: [-1, 50_000],
  suppressNonSpeech: false,
  timestamps: true,
  wordTimestamps: true,
  languageDetection: 'window',
  detectLanguageOnly: false,
  offset: 1.5,
  duration: 10,
  splitChannels: true,
  detection: { model: 'silero.bin', threshold: 0.4, minSpeechDurationMs: 1, minSilenceDurationMs: 2, speechPadMs: 3 },
  redecode: false,
  audioContext: 'full',
  coverageThreshold: 0.5,
  edits: false,
};

test('every option is taken, by transcribe and by submit', () => {
  assert.equal(Object.keys(RECOGNITION).sort(), Object.keys(ALL).sort());
  assert.equal(parseTranscribeOptions(ALL), { ...ALL, language: 'auto' });
  assert.equal(parseTaskRequest({ audio: 'a.wav', transcribe: ALL }), { audio: 'a.wav', transcribe: ALL });
});

test('a misspelt name is answered with the nearest', () => {
  for (const [given, right] of [
    ['beam_size', 'beamSize'],
    ['condition', 'duration'],
    ['noSpeechTreshold', 'noSpeechThreshold'],
    ['hot_words', 'hotwords'],
  ] as const) {
    const error = failure(() => parseTranscribeOptions({ [given]: 1 }));
    assert.is(error.code, 'UNKNOWN_OPTION');
    assert.is(error.details.suggestion, right);
  }
  assert.is(failure(() => parseTranscribeOptions({ detection: { treshold: 1 } })).details.suggestion, 'threshold');
  assert.is(failure(() => parsePackageOptions({ subtitles: { maxLineWidth: 1 } })).details.suggestion, 'maxLineLength');
});

test('values out of range are refused, with the range', () => {
  const cases: Array<[Record<string, unknown>, RegExp]> = [
    [{ logprobThreshold: 0.5 }, /of at most 0/],
    [{ noSpeechThreshold: 2 }, /from 0 to 1/],
    [{ suppressTokens: [1.5] }, /a list of whole numbers of at least -1/],
    [{ duration: 0 }, /from 0\.01/],
    [{ detection: true }, /a value or false/],
    [{ detection: { threshold: 2 } }, /from 0 to 1/],
    [{ languageDetection: 'always' }, /once, window/],
  ];
  for (const [options, says] of cases) {
    const error = failure(() => parseTranscribeOptions(options));
    assert.is(error.code, 'INVALID_ARGUMENT');
    assert.match(error.message, says);
  }
});

test('options that contradict each other are refused with the reason', () => {
  const cases: Array<[Record<string, unknown>, RegExp]> = [
    [{ languageDetection: 'window', language: 'de' }, /"once", since the language is given as "de"/],
    [{ languageDetection: 'window', strategy: 'sequential' }, /sequential strategy, which has one window/],
    [{ detectLanguageOnly: true, language: 'de' }, /since the language is given/],
    [{ carryPrompt: true }, /nothing to carry/],
    [{ carryPrompt: true, initialPrompt: 'x', strategy: 'sequential' }, /carry the text before them/],
    [{ audioContext: 'fitted', strategy: 'sequential' }, /30 s at a time/],
    [{ audioContext: 512, strategy: 'sequential' }, /30 s at a time/],
    [{ wordTimestamps: true, timestamps: false }, /when "timestamps" is false/],
  ];
  for (const [options, says] of cases) {
    const { language, ...transcribe } = options;
    assert.match(failure(() => parseTranscribeOptions(options)).message, says);
    const request = { audio: 'a.wav', transcribe, ...(language === undefined ? {} : { language }) };
    assert.match(failure(() => parseTaskRequest(request)).message, says);
  }
  parseTranscribeOptions({ languageDetection: 'window', language: 'auto' });
});

test.run();
