import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { RecordingLingua } from './recording-lingua.js';
import { cli, inFolder } from './support.js';

/** What `run` submits for one recording with these flags. */
async function submitted(argv: readonly string[], env: Record<string, string> = {}) {
  return await inFolder(async (folder) => {
    writeFileSync(join(folder, 'talk.wav'), 'x');
    const lingua = new RecordingLingua();
    const result = await cli(['run', 'talk.wav', '--to', 'de', ...argv], { lingua, cwd: folder, env });
    return { ...result, transcribe: lingua.submitted[0]?.transcribe, packaged: lingua.packaged };
  });
}

test('flags of recognition go to the library under its names and units', async () => {
  const { code, transcribe } = await submitted([
    ...['--task', 'translate', '--language-detection', 'window', '--best-of', '2', '--patience', '1.5'],
    ...['--length-penalty', '0.9', '--repetition-penalty', '1.1', '--no-repeat-ngram-size', '3', '--temperature', '.2'],
    ...['--temperature-increment', '0', '--compression-ratio-threshold', '2', '--logprob-threshold', '-1.5'],
    ...['--no-speech-threshold', '0.4', '--prompt', 'Ada', '--carry-prompt', '--hotwords', 'Lovelace'],
    ...[
      '--suppress-tokens',
      '1,2',
      '--suppress-non-speech',
      '--no-timestamps',
      '--offset',
      '1m30s',
      '--duration',
      '500ms',
    ],
    ...[
      '--audio-ctx',
      'full',
      '--split-channels',
      '--no-redecode',
      '--no-edits',
      '--vad-threshold',
      '0.4',
      '--vad-model',
      'silero.bin',
    ],
  ]);
  assert.is(code, 0);
  assert.equal(transcribe, {
    task: 'translate',
    languageDetection: 'window',
    bestOf: 2,
    patience: 1.5,
    lengthPenalty: 0.9,
    repetitionPenalty: 1.1,
    noRepeatNgramSize: 3,
    temperature: 0.2,
    temperatureIncrement: 0,
    compressionRatioThreshold: 2,
    logprobThreshold: -1.5,
    noSpeechThreshold: 0.4,
    initialPrompt: 'Ada',
    carryPrompt: true,
    hotwords: 'Lovelace',
    suppressTokens: [1, 2],
    suppressNonSpeech: true,
    timestamps: false,
    offset: 90,
    duration: 0.5,
    splitChannels: true,
    audioContext: 'full',
    redecode: false,
    edits: false,
    detection: { model: 'silero.bin', threshold: 0.4 },
  });
});

test('the environment sets them too, and nothing is set by itself', async () => {
  const env = { VOICELINGUA_NO_TIMESTAMPS: '1', VOICELINGUA_NO_VAD: 'true', VOICELINGUA_BEST_OF: '3' };
  assert.equal((await submitted([], env)).transcribe, { bestOf: 3, timestamps: false, detection: false });
  assert.is((await submitted([])).transcribe, undefined);
  assert.equal((await submitted(['--best-of', '4'], env)).transcribe?.bestOf, 4);
});

test('subtitles cut by words need times of words, and go with the package', async () => {
  const cut = await submitted(['--out', 'o', '--max-line-length', '42', '--max-line-count', '2', '--highlight-words']);
  assert.equal(cut.transcribe, { wordTimestamps: true });
  assert.equal(cut.packaged[0]?.options?.subtitles, { maxLineLength: 42, maxLineCount: 2, highlightWords: true });
  const plain = await submitted(['--out', 'o']);
  assert.not.ok('subtitles' in (plain.packaged[0]?.options ?? {}));
});

test('contradictions are refused with the way out', async () => {
  for (const [argv, says] of [
    [['--no-vad', '--vad-threshold', '0.5'], /contradict each other/],
    [['--out', 'o', '--max-line-count', '2'], /--max-line-length or --max-words-per-line/],
    [['--temperature', 'hot'], /--temperature needs a number between 0 and 2/],
    [['--suppress-tokens', '1,x'], /whole number/],
    [['--offset', '-5'], /--offset needs a duration/],
  ] as const) {
    const { code, stderr } = await submitted(argv);
    assert.ok(code !== 0, argv.join(' '));
    assert.match(stderr, says);
  }
});

test('--format all writes every format', async () => {
  const { packaged } = await submitted(['--out', 'o', '--format', 'all']);
  assert.equal(packaged[0]?.options?.formats, ['json', 'srt', 'vtt', 'txt']);
});

test('--detect-language prints language and probability, in order, and tells of what failed', async () => {
  await inFolder(async (folder) => {
    for (const name of ['a.wav', 'b.wav', 'c.wav']) writeFileSync(join(folder, name), 'x');
    const lingua = new RecordingLingua();
    lingua.failing.set('b.wav', new VoiceLinguaError('INPUT_CORRUPT', 'It is damaged.'));
    const argv = ['transcribe', 'a.wav', 'b.wav', 'c.wav', '--detect-language', '--stt-model', 'm', '--offset', '3'];
    const plain = await cli(argv, { lingua, cwd: folder });
    assert.is(plain.code, 5);
    assert.is(plain.stdout, 'a.wav\tde\t0.875\nc.wav\tde\t0.875\n');
    assert.match(plain.stderr, /b\.wav.*It is damaged/s);
    assert.equal(lingua.calls[0], { detectLanguage: 'a.wav', options: { model: 'm', offset: 3 } });
    const json = await cli(['transcribe', 'a.wav', '-dl', '--json'], { lingua, cwd: folder });
    assert.equal(json.records(), [
      { type: 'language', input: 'a.wav', language: 'de', probability: 0.875 },
      { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 },
    ]);
    const both = await cli(['transcribe', 'a.wav', '-dl', '--language', 'de'], { lingua, cwd: folder });
    assert.is(both.code, 2);
    assert.match(both.stderr, /contradict/);
  });
});

test.run();
