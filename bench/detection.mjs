#!/usr/bin/env node
/**
 * How well the detectors tell speech: share of the frames with speech that are kept, and of those without that are dropped, in clean
 * speech and under noise; and how fast they are. Truth is the level of the clean recording: at most 30 dB below its loudest frames is
 * speech, 45 dB below is none, what lies between does not count. `../shared/data` has recordings and Silero's weights.
 *
 *   node --import tsx bench/detection.mjs
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadNative } from '../dist/native/load.js';
import { frameLevels } from '../src/engines/speech/levels.ts';
import { machine, table } from './lib/measure.mjs';

const ROOT = join(import.meta.dirname, '..');

const DATA = join(ROOT, '..', 'shared', 'data');
const LEVEL_FRAME = 320;
const SPEECH_BELOW_PEAK = 30;
const SILENCE_BELOW_PEAK = 45;
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6];
const RATIOS = [null, 20, 10, 5, 0];

const native = loadNative({ device: 'cpu' });

function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function soundOf(path) {
  const audio = native.openAudio(path, { channel: -1 });
  const buffer = new Float32Array(16_000 * 120);
  const count = native.readAudio(audio, buffer, 0);
  native.close(audio);
  return buffer.slice(0, count);
}

/** Recordings of one speaker with a quiet background: the demo's, and single clips of the shared ones. */
function recordings() {
  const demo = join(ROOT, 'tools/demo/recordings');
  const paths = readdirSync(demo)
    .filter((name) => !name.endsWith('.jsonl'))
    .map((name) => join(demo, name));
  for (const folder of ['fleurs', 'ljspeech', 'librispeech', 'picovoice'].map((name) => join(DATA, 'speech', name))) {
    if (existsSync(folder)) paths.push(...readdirSync(folder).map((name) => join(folder, name)));
  }
  return paths.filter((path) => /\.(wav|flac|mp3|m4a)$/.test(path)).map(soundOf);
}

/** 1 speech, 0 none, −1 neither for certain; one for each 20 ms. */
function truthOf(sound) {
  const levels = frameLevels(sound);
  const sorted = Float32Array.from(levels).sort();
  const peak = sorted[Math.floor(sorted.length * 0.98)];
  return levels.map((level) => (level > peak - SPEECH_BELOW_PEAK ? 1 : level < peak - SILENCE_BELOW_PEAK ? 0 : -1));
}

function noisy(sound, ratio, random) {
  if (ratio === null) return sound;
  const power = Math.sqrt(sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length);
  const scale = (power / 10 ** (ratio / 20)) * Math.sqrt(3);
  return sound.map((sample) => sample + scale * (2 * random() - 1));
}

const probabilityAt = (probabilities, frame, sample) =>
  probabilities[Math.min(probabilities.length - 1, Math.floor(sample / frame))];

function score(detectorPath, sounds, truths, ratio) {
  const counts = THRESHOLDS.map(() => ({ speech: 0, kept: 0, silence: 0, dropped: 0 }));
  let milliseconds = 0;
  let seconds = 0;
  const random = randomOf(17);
  for (const [index, sound] of sounds.entries()) {
    const heard = noisy(sound, ratio, random);
    const detector = native.openDetector(detectorPath);
    const { frameSamples } = native.detectorInfo(detector);
    const started = performance.now();
    const probabilities = native.detectSpeech(detector, heard, 0);
    milliseconds += performance.now() - started;
    seconds += sound.length / 16_000;
    native.close(detector);
    for (const [frame, truth] of truths[index].entries()) {
      if (truth < 0) continue;
      const probability = probabilityAt(probabilities, frameSamples, (frame + 0.5) * LEVEL_FRAME);
      for (const [at, threshold] of THRESHOLDS.entries()) {
        const count = counts[at];
        if (truth === 1) {
          count.speech++;
          if (probability >= threshold) count.kept++;
        } else {
          count.silence++;
          if (probability < threshold) count.dropped++;
        }
      }
    }
  }
  return { counts, speed: (seconds * 1000) / milliseconds };
}

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}`);
const sounds = recordings();
const truths = sounds.map(truthOf);
const detectors = { 'built in': '' };
for (const version of ['5.1.2', '6.2.0']) {
  const path = join(DATA, 'silero-vad', `silero-v${version}-ggml.bin`);
  if (existsSync(path)) detectors[`Silero ${version}`] = path;
}
const total = sounds.reduce((sum, { length }) => sum + length, 0) / 16_000;
console.log(`${machine()}; ${sounds.length} recordings, ${total.toFixed(0)} s; speech kept / silence dropped, %\n`);
const rows = [['detector', 'noise', ...THRESHOLDS.map((threshold) => `at ${threshold}`), 'x real time']];
for (const [name, path] of Object.entries(detectors)) {
  for (const ratio of RATIOS) {
    const { counts, speed } = score(path, sounds, truths, ratio);
    rows.push([
      name,
      ratio === null ? 'none' : `${ratio} dB`,
      ...counts.map(({ speech, kept, silence, dropped }) => `${percent(kept, speech)} / ${percent(dropped, silence)}`),
      speed.toFixed(0),
    ]);
  }
}
console.log(table(rows));
