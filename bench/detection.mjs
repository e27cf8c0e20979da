#!/usr/bin/env node
/**
 * How well the detectors tell speech: share of the frames with speech that are kept, and of those without that are dropped, in clean
 * speech and under noise; and how fast they are. The noises: white noise; babble, eight other speakers at once; chords, as music has them;
 * clicks, six a second. Their power is that of the recording, less the decibels given. Truth is the level of the clean recording: at most 30 dB below its loudest frames is
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
/** Decibels between the recording and the noise. */
const RATIOS = { white: [20, 10, 5, 0], babble: [10, 5, 0], chords: [10, 5, 0], clicks: [10, 5, 0] };
const RATE = 16_000;
/** Who talks in the background: nobody of those who are listened to. */
const TALKERS = [
  'jfk.flac',
  'vosk_test.wav',
  'sr_english.wav',
  'sr_french.aiff',
  'aishell-BAC009S0724W0121.wav',
  'deepspeech_ru.wav',
  'funasr_sample_zh.wav',
  'pisets_en.wav',
];
const CLICKS_A_SECOND = 6;
const CHORD_SECONDS = 0.6;
/** Semitones above the lowest note: triads of a scale. */
const CHORDS = [
  [0, 4, 7],
  [9, 12, 16],
  [5, 9, 12],
  [7, 11, 14],
];
const LOWEST_HZ = 131;
const HARMONICS = 5;

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

const rootMeanSquare = (sound) =>
  Math.sqrt(sound.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, sound.length));

/** The talkers' recordings, each as loud as the others; none when the shared recordings are not there. */
function talkers() {
  const paths = TALKERS.map((name) => join(DATA, 'speech', name));
  if (!paths.every((path) => existsSync(path))) return [];
  return paths.map(soundOf).map((voice) => {
    const level = rootMeanSquare(voice);
    return voice.map((sample) => sample / level);
  });
}

const NOISES = {
  white: (length, random) => Float32Array.from({ length }, () => 2 * random() - 1),
  babble: (length, random, voices) => {
    const noise = new Float32Array(length);
    for (const voice of voices) {
      const offset = Math.floor(random() * voice.length);
      for (let at = 0; at < length; at++) noise[at] += voice[(offset + at) % voice.length];
    }
    return noise;
  },
  /** Notes that are struck and fade, one chord after the other. */
  chords: (length, random) => {
    const noise = new Float32Array(length);
    const held = Math.round(CHORD_SECONDS * RATE);
    for (let start = 0; start < length; start += held) {
      for (const semitones of CHORDS[Math.floor(random() * CHORDS.length)]) {
        const step = (2 * Math.PI * LOWEST_HZ * 2 ** (semitones / 12)) / RATE;
        for (let at = start; at < Math.min(length, start + held); at++) {
          const time = at - start;
          let sample = 0;
          for (let harmonic = 1; harmonic <= HARMONICS; harmonic++)
            sample += Math.sin(step * harmonic * time) / harmonic;
          noise[at] += sample * Math.min(1, time / 160) * Math.exp(-time / (0.4 * RATE));
        }
      }
    }
    return noise;
  },
  /** Knocks of some milliseconds, at any time. */
  clicks: (length, random) => {
    const noise = new Float32Array(length);
    const count = Math.ceil((length / RATE) * CLICKS_A_SECOND);
    for (let click = 0; click < count; click++) {
      const start = Math.floor(random() * length);
      const loudness = 0.3 + 0.7 * random();
      const fades = (0.001 + 0.004 * random()) * RATE;
      for (let time = 0; time < 5 * fades && start + time < length; time++) {
        noise[start + time] += loudness * Math.exp(-time / fades) * (2 * random() - 1);
      }
    }
    return noise;
  },
};

function noisy(sound, noise, ratio) {
  const scale = rootMeanSquare(sound) / 10 ** (ratio / 20) / rootMeanSquare(noise);
  return sound.map((sample, at) => sample + scale * noise[at]);
}

const probabilityAt = (probabilities, frame, sample) =>
  probabilities[Math.min(probabilities.length - 1, Math.floor(sample / frame))];

function score(detectorPath, sounds, truths) {
  const counts = THRESHOLDS.map(() => ({ speech: 0, kept: 0, silence: 0, dropped: 0 }));
  let milliseconds = 0;
  let seconds = 0;
  for (const [index, sound] of sounds.entries()) {
    const detector = native.openDetector(detectorPath);
    const { frameSamples } = native.detectorInfo(detector);
    const started = performance.now();
    const probabilities = native.detectSpeech(detector, sound, 0);
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
const voices = talkers();
/** Each noise is made once, so that all detectors and ratios have the same one. */
const heard = [['none', sounds]];
for (const [kind, ratios] of Object.entries(RATIOS)) {
  if (kind === 'babble' && voices.length === 0) {
    console.log('No babble: ../shared/data/speech is not there.');
    continue;
  }
  const random = randomOf(17);
  const noises = sounds.map((sound) => NOISES[kind](sound.length, random, voices));
  for (const ratio of ratios) {
    heard.push([`${kind}, ${ratio} dB`, sounds.map((sound, index) => noisy(sound, noises[index], ratio))]);
  }
}
for (const [name, path] of Object.entries(detectors)) {
  for (const [noise, noisySounds] of heard) {
    const { counts, speed } = score(path, noisySounds, truths);
    rows.push([
      name,
      noise,
      ...counts.map(({ speech, kept, silence, dropped }) => `${percent(kept, speech)} / ${percent(dropped, silence)}`),
      speed.toFixed(0),
    ]);
  }
}
console.log(table(rows));
