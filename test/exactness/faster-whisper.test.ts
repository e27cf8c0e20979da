import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRecognition } from '../../src/native/binding.js';
import { ct2TwinPath, fasterWhisperPython, twinsFolder } from '../../tools/twins/make-twins.mjs';
import { CPU, loadAddon, type OneWindow, ROOT, recognizeOne, SHARED } from '../native/addon.js';

const MODEL = join(ROOT, 'models', 'demo-stt-ct2');
const SCRIPT = join(ROOT, 'test/fixtures/native/whisper_reference.py');
/** The wheel multiplies with another oneDNN: sums in another order, and int8 steps that round another way. */
const LOGPROB_TOLERANCE = 2e-2;
const PROBABILITY_TOLERANCE = 2e-2;

interface Answer {
  readonly segments: ReadonlyArray<{
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly tokens: readonly number[];
    readonly words: ReadonlyArray<readonly [word: string, start: number, end: number, probability: number]>;
  }>;
  readonly averageLogprob: number | null;
  readonly noSpeechProbability: number | null;
}

interface Case {
  readonly name: string;
  readonly options: Partial<OneWindow>;
  readonly answers: readonly Answer[];
}

/** What faster-whisper gives, written by {@link SCRIPT}. */
const reference = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/native/whisper-reference.json'), 'utf8')) as {
  readonly recordings: readonly string[];
  readonly cases: readonly Case[];
};

const addon = loadAddon();

function samplesOf(path: string): Float32Array {
  const audio = addon.openAudio(path, { channel: -1 });
  const buffer = new Float32Array(30 * 16000);
  const samples = buffer.slice(0, addon.readAudio(audio, buffer, 0));
  addon.close(audio);
  return samples;
}

function near(ours: number, theirs: number | null | undefined, tolerance: number, what: string): void {
  assert.ok(Math.abs(ours - (theirs ?? Number.NaN)) <= tolerance, `${what}: ${ours}, not ${theirs}`);
}

function compare(ours: NativeRecognition, theirs: Answer, seconds: number, what: string): void {
  assert.equal(
    ours.segments.map(({ text }) => text),
    theirs.segments.map(({ text }) => text),
    what,
  );
  const [first] = ours.segments;
  near(first?.averageLogprob ?? 0, theirs.averageLogprob, LOGPROB_TOLERANCE, `${what}, log-probability`);
  near(first?.noSpeechProbability ?? 0, theirs.noSpeechProbability, PROBABILITY_TOLERANCE, `${what}, no speech`);
  assert.equal(
    [...ours.tokens],
    theirs.segments.flatMap(({ tokens }) => tokens),
    what,
  );
  for (const [index, segment] of ours.segments.entries()) {
    const expected = theirs.segments[index];
    near(segment.start, expected?.start, 0.011, `${what}, start`);
    // Ours end with the sound; theirs may lie in the padding after it.
    near(segment.end, Math.min(expected?.end ?? Number.NaN, seconds), 0.011, `${what}, end`);
    assert.equal(
      segment.words.map(({ word }) => word),
      expected?.words.map(([word]) => word),
      what,
    );
    for (const [place, word] of segment.words.entries()) {
      const [, start, end, probability] = expected?.words[place] ?? [];
      near(word.start, start, 0.021, `${what}, ${word.word}`);
      near(word.end, end, 0.021, `${what}, ${word.word}`);
      near(word.probability, probability, PROBABILITY_TOLERANCE, `${what}, ${word.word}`);
    }
  }
}

test('the demo model: tokens, times, words and probabilities of faster-whisper, whatever the options', () => {
  const model = addon.openModel(MODEL, CPU);
  const recognizer = addon.openRecognizer(model);
  assert.ok(reference.cases.length >= 7 && reference.recordings.length >= 5);
  for (const { name, options, answers } of reference.cases) {
    for (const [index, recording] of reference.recordings.entries()) {
      const samples = samplesOf(join(ROOT, 'tools/demo/recordings', `${recording}.wav`));
      const answer = answers[index] as Answer;
      assert.ok(answer.segments.length > 0);
      compare(
        recognizeOne(addon, recognizer, samples, { suppressTokens: [-1], ...options }),
        answer,
        samples.length / 16000,
        `${recording}, ${name}`,
      );
    }
  }
  addon.close(recognizer);
  addon.close(model);
});

test('a twin of Whisper tiny: tokens of faster-whisper', () => {
  const folder = twinsFolder();
  const twin = folder === null ? '' : ct2TwinPath(folder, 'tiny');
  const jfk = join(SHARED, 'data/speech/jfk.wav');
  if (!existsSync(join(twin, 'model.bin')) || !existsSync(fasterWhisperPython()) || !existsSync(jfk)) {
    console.log(
      'skipped: the twin of Whisper tiny or faster-whisper (node tools/twins/make-twins.mjs tiny faster-whisper)',
    );
    return;
  }
  const output = execFileSync(fasterWhisperPython(), [SCRIPT, twin, jfk], {
    env: { ...process.env, CT2_USE_MKL: '0' },
    maxBuffer: 1 << 26,
  });
  const { cases } = JSON.parse(output.toString('utf8')) as { cases: readonly Case[] };
  const model = addon.openModel(twin, CPU);
  const recognizer = addon.openRecognizer(model);
  const samples = samplesOf(jfk);
  for (const { name, options, answers } of cases) {
    // Random attention has no times of words worth comparing.
    if (name === 'words') continue;
    const ours = recognizeOne(addon, recognizer, samples, options);
    compare(ours, answers[0] as Answer, samples.length / 16000, `the twin, ${name}`);
  }
  addon.close(recognizer);
  addon.close(model);
});

test.run();
