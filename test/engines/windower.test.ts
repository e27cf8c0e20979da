import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EnergyDetector } from '../../src/engines/speech/energy-detector.js';
import { type CutWindow, Windower } from '../../src/engines/speech/windower.js';

const RATE = 16_000;
const SEED = 7;
console.log(`seed ${SEED}`);

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Voiced-like bursts of `spoken` seconds with pauses of faint noise between them. */
function speech(seconds: number, spoken: number, pause: number, floor = 0.0003, level = 0.3): Float32Array {
  const noise = random(SEED);
  const samples = new Float32Array(Math.round(seconds * RATE));
  for (let i = 0; i < samples.length; i++) {
    const phase = (i / RATE) % (spoken + pause);
    const voice =
      phase < spoken ? level * Math.sin((2 * Math.PI * 180 * i) / RATE) * (0.6 + 0.4 * Math.sin(i / 700)) : 0;
    samples[i] = voice + floor * (noise() * 2 - 1);
  }
  return samples;
}

function cut(samples: Float32Array, maxSeconds: number, chunk: number): CutWindow[] {
  const windower = new Windower(maxSeconds * RATE, new EnergyDetector());
  const windows: CutWindow[] = [];
  let at = 0;
  while (at < samples.length) {
    const full = windower.next();
    if (full !== null) {
      windows.push(full);
      continue;
    }
    const piece = samples.subarray(at, at + Math.min(chunk, windower.room));
    windower.push(piece);
    at += piece.length;
  }
  for (let full = windower.next(); full !== null; full = windower.next()) windows.push(full);
  const rest = windower.flush();
  if (rest !== null) windows.push(rest);
  return windows;
}

test('windows hold the samples of their place, in order, none longer than the limit', () => {
  const samples = speech(95, 2.3, 0.8);
  const windows = cut(samples, 30, 16_000);
  assert.ok(windows.length >= 4);
  let end = 0;
  for (const window of windows) {
    assert.ok(window.start >= end);
    assert.ok(window.samples.length <= 30 * RATE);
    assert.equal(window.samples, samples.slice(window.start, window.start + window.samples.length));
    end = window.start + window.samples.length;
  }
});

test('no sample of speech is lost', () => {
  const samples = speech(95, 2.3, 0.8);
  const kept = new Uint8Array(samples.length);
  for (const { start, samples: held } of cut(samples, 30, 16_000)) kept.fill(1, start, start + held.length);
  const lost = samples.filter((sample, index) => kept[index] === 0 && Math.abs(sample) > 0.01).length;
  assert.is(lost, 0);
});

test('cuts fall into pauses', () => {
  const samples = speech(200, 2.3, 0.8);
  for (const window of cut(samples, 30, 5000).slice(0, -1)) {
    const end = window.start + window.samples.length;
    const phase = (end / RATE) % 3.1;
    assert.ok(phase >= 2.25 || phase < 0.05, `a window ends ${phase.toFixed(2)} s into a burst`);
  }
});

test('the same samples give the same windows however they arrive', () => {
  const samples = speech(70, 3.1, 0.4);
  const reference = cut(samples, 12, 16_000).map(({ start, samples: held }) => [start, held.length]);
  const next = random(SEED);
  for (let round = 0; round < 5; round++) {
    const chunk = 1 + Math.floor(next() * 40_000);
    const windows = cut(samples, 12, chunk).map(({ start, samples: held }) => [start, held.length]);
    assert.equal(windows, reference, `chunks of ${chunk}`);
  }
});

test('without any pause a window is cut at the limit, and nothing is dropped', () => {
  const tone = Float32Array.from({ length: 50 * RATE }, (_, i) => 0.4 * Math.sin(i / 9));
  const windows = cut(tone, 10, RATE);
  assert.is(
    windows.reduce((sum, window) => sum + window.samples.length, 0),
    tone.length,
  );
});

test('silence is no speech, faint speech is', () => {
  const detector = new EnergyDetector();
  assert.equal(detector.detect(new Float32Array(RATE)), []);
  assert.equal(detector.detect(new Float32Array(0)), []);
  assert.equal(detector.detect(Float32Array.from({ length: RATE }, () => 0.0002)), []);
  assert.ok(detector.detect(speech(6, 2, 1, 0.00002, 0.004)).length > 0, 'a recording at a very low level');
});

test('leading and trailing silence stays out of a window', () => {
  const samples = new Float32Array(20 * RATE);
  samples.set(speech(3, 3, 0), 8 * RATE);
  const [window] = cut(samples, 30, RATE);
  assert.ok(window?.speech);
  assert.ok(window.start > 7 * RATE && window.start < 8 * RATE);
  assert.ok(window.samples.length < 5 * RATE);
});

test('an empty recording has no window, a silent one a window without speech', () => {
  assert.equal(cut(new Float32Array(0), 30, RATE), []);
  assert.equal(
    cut(new Float32Array(RATE), 30, RATE).map((window) => window.speech),
    [false],
  );
});

test.run();
