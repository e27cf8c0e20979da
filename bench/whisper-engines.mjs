#!/usr/bin/env node
/**
 * CPU time of one window of 30 s with both engines: a twin of Whisper tiny, one thread, no fallback.
 *
 *   node tools/twins/make-twins.mjs tiny && node bench/whisper-engines.mjs
 *
 * CPU seconds, not time on the clock: they are what other work on the machine disturbs least. The least of three runs.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ct2TwinPath, twinPath, twinsFolder } from '../tools/twins/make-twins.mjs';

const ROOT = join(import.meta.dirname, '..');
const RUNS = 3;
const SAMPLES = 30 * 16_000;

const addon = createRequire(import.meta.url)(join(ROOT, 'build/Release/voicelingua.node'));
addon.initialize(Error);

const samples = Float32Array.from({ length: SAMPLES }, (_, i) => 0.1 * Math.sin(i * i * 1e-5));
const window = { samples, language: 'en', initialPrompt: '', hotwords: '' };
const OPTIONS = {
  translate: false,
  threads: 1,
  bestOf: 5,
  patience: 1,
  lengthPenalty: -1,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  temperature: 0,
  temperatureIncrement: 0,
  compressionRatioThreshold: 1000,
  logprobThreshold: -1000,
  noSpeechThreshold: 1,
  suppressTokens: null,
  seed: 0,
  timestamps: true,
  context: false,
  audioContext: 0,
};

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function measure(path, computeType, batch, options) {
  const model = addon.openModel(path, { device: 'cpu', deviceIndex: 0, computeType });
  const recognizer = addon.openRecognizer(model);
  const windows = Array.from({ length: batch }, () => window);
  let least = Number.POSITIVE_INFINITY;
  let tokens = 0;
  for (let run = 0; run <= RUNS; run++) {
    const before = cpuSeconds();
    const [first] = addon.recognize(recognizer, windows, { ...OPTIONS, ...options }, 0);
    // The first run warms caches and allocators up.
    if (run > 0) least = Math.min(least, (cpuSeconds() - before) / batch);
    tokens = first.tokens.length;
  }
  addon.close(recognizer);
  addon.close(model);
  return { least, tokens };
}

const folder = twinsFolder();
if (folder === null) throw new Error('There is no ../shared/twins/twins.py beside this checkout.');
for (const beamSize of [1, 5]) {
  for (const [name, path, computeType, batch, wordTimestamps] of [
    ['whisper.cpp f16', twinPath(folder, 'tiny'), 'default', 1, false],
    ['CTranslate2 float32', ct2TwinPath(folder, 'tiny'), 'float32', 4, false],
    ['CTranslate2 int8', ct2TwinPath(folder, 'tiny'), 'int8', 1, false],
    ['CTranslate2 int8', ct2TwinPath(folder, 'tiny'), 'int8', 4, false],
    ['CTranslate2 int8, word times', ct2TwinPath(folder, 'tiny'), 'int8', 4, true],
  ]) {
    const { least, tokens } = measure(path, computeType, batch, { beamSize, wordTimestamps });
    console.log(`beam ${beamSize}, ${name}, batch ${batch}: ${least.toFixed(3)} CPU s a window, ${tokens} tokens`);
  }
}
