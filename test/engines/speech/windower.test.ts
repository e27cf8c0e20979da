import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CutWindow, Windower, type WindowerSettings } from '../../../src/engines/speech/windower.js';
import { randomOf, testSeed } from '../../fixtures/random.js';

const RATE = 16_000;
const FRAME = 512;
const SETTINGS: WindowerSettings = {
  frame: FRAME,
  threshold: 0.5,
  minSpeech: 0.25 * RATE,
  minSilence: 0.1 * RATE,
  maxSpeech: 30 * RATE,
  pad: 0.03 * RATE,
  maxWindow: 30 * RATE,
  maxGap: 2 * RATE,
  overlap: 0.1 * RATE,
};

/** Bursts of a voice-like tone, given as [silence before, length] in seconds, over a faint noise. */
function recording(bursts: ReadonlyArray<readonly [number, number]>, tail = 0): Float32Array {
  const total = bursts.reduce((sum, [before, length]) => sum + before + length, tail);
  const noise = randomOf(5);
  const samples = Float32Array.from({ length: Math.round(total * RATE) }, () => 0.0003 * (noise() * 2 - 1));
  let at = 0;
  for (const [before, length] of bursts) {
    const start = Math.round((at + before) * RATE);
    at += before + length;
    for (let i = start; i < Math.round(at * RATE); i++)
      samples[i] = 0.3 * Math.sin(i / 14) * (0.6 + 0.4 * Math.sin(i / 700));
  }
  return samples;
}

/** Stands for a detector: a frame is speech when it is loud. */
class Loudness {
  #rest = new Float32Array(0);

  detect(samples: Float32Array): Float32Array {
    const all = new Float32Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    const frames = Math.floor(all.length / FRAME);
    this.#rest = all.slice(frames * FRAME);
    return Float32Array.from({ length: frames }, (_, frame) => loud(all.subarray(frame * FRAME, (frame + 1) * FRAME)));
  }

  flush(): Float32Array {
    return Float32Array.from(this.#rest.length > 0 ? [loud(this.#rest)] : []);
  }
}

function loud(samples: Float32Array): number {
  return samples.some((sample) => Math.abs(sample) > 0.05) ? 0.9 : 0.1;
}

interface Cut {
  readonly windows: CutWindow[];
  readonly held: number;
}

function cut(samples: Float32Array, settings: Partial<WindowerSettings> = {}, chunks: () => number = () => RATE): Cut {
  const windower = new Windower({ ...SETTINGS, ...settings });
  const detector = new Loudness();
  const windows: CutWindow[] = [];
  let held = 0;
  const collect = (): void => {
    held = Math.max(held, windower.held);
    for (let window = windower.next(); window !== null; window = windower.next()) {
      windows.push({ ...window, samples: window.samples.slice() });
      windower.reuse(window);
    }
  };
  for (let at = 0; at < samples.length; ) {
    const piece = samples.subarray(at, at + chunks());
    windower.push(piece, detector.detect(piece));
    at += piece.length;
    collect();
  }
  windower.end(detector.flush());
  collect();
  return { windows, held };
}

function assertSound(samples: Float32Array, windows: readonly CutWindow[]): void {
  for (const window of windows.filter(({ speech }) => speech)) {
    let filled = 0;
    for (const { at, start, end } of window.pieces) {
      assert.is(at, filled, 'pieces follow each other');
      assert.equal(window.samples.slice(at, at + end - start), samples.slice(start, end), 'a piece holds its sound');
      filled += end - start;
    }
    assert.is(window.samples.length, filled);
  }
}

/** Samples of loud sound that are in no window. */
function lost(samples: Float32Array, windows: readonly CutWindow[]): number {
  const kept = new Uint8Array(samples.length);
  for (const { pieces } of windows) for (const { start, end } of pieces) kept.fill(1, start, end);
  return samples.filter((sample, index) => kept[index] === 0 && Math.abs(sample) > 0.05).length;
}

function speechLike(seed: number): Float32Array {
  const random = randomOf(seed);
  const bursts = Array.from({ length: 30 }, (): [number, number] => [random() ** 3 * 8, 0.4 + random() ** 2 * 12]);
  return recording(bursts, random() * 3);
}

test('the memory of a window is given to a later one, never to one that is not read yet', () => {
  const samples = recording(Array.from({ length: 8 }, (): [number, number] => [0.5, 20]));
  const memories: ArrayBufferLike[] = [];
  const take = (windower: Windower, waiting: number): void => {
    const ready: CutWindow[] = [];
    for (let window = windower.next(); window !== null; window = windower.next()) ready.push(window);
    assert.ok(ready.length >= waiting, 'several wait');
    assert.is(new Set(ready.map((window) => window.samples.buffer)).size, ready.length);
    for (const window of ready) {
      assertSound(samples, [window]);
      memories.push(window.samples.buffer);
      windower.reuse(window);
    }
  };
  const windower = new Windower(SETTINGS);
  const detector = new Loudness();
  windower.push(samples, detector.detect(samples));
  take(windower, 2);
  windower.end(detector.flush());
  take(windower, 1);
  assert.is(new Set(memories).size, memories.length - 1, 'the last one has the memory of one before');
});

test('a short recording is one window, its edges trimmed to a margin', () => {
  const samples = recording(
    [
      [2, 3],
      [0.5, 4],
    ],
    4,
  );
  const { windows } = cut(samples);
  assert.is(windows.length, 1);
  const [{ pieces, spans, speech }] = windows as [CutWindow];
  assert.ok(speech);
  assert.is(pieces.length, 1);
  const { start, end } = pieces[0] as { start: number; end: number };
  assert.ok(start > 1.6 * RATE && start < 2 * RATE, `begins at ${start / RATE}`);
  assert.ok(end > 9.5 * RATE && end < 9.95 * RATE, `ends at ${end / RATE}`);
  assert.is(spans.length, 2);
  assertSound(samples, windows);
});

test('speech that stands apart shares a window, with the silence between shortened', () => {
  const samples = recording([
    [0, 4],
    [9, 4],
    [7, 4],
    [6, 4],
  ]);
  const { windows } = cut(samples);
  assert.is(windows.length, 1);
  const [{ pieces, samples: sound }] = windows as [CutWindow];
  assert.is(pieces.length, 4);
  assert.ok(sound.length < (16 + 3 * 2.1 + 1) * RATE);
  assertSound(samples, windows);
  assert.is(lost(samples, windows), 0);
});

test('windows hold what fits, cuts fall into silence, and no speech is lost', () => {
  const seed = testSeed('windows');
  for (let round = 0; round < 8; round++) {
    const samples = speechLike(seed + round);
    for (const maxWindow of [30 * RATE, 12 * RATE]) {
      const { windows } = cut(samples, { maxWindow });
      assertSound(samples, windows);
      assert.is(lost(samples, windows), 0, `seed ${seed + round}`);
      for (const { samples: sound } of windows) assert.ok(sound.length <= maxWindow);
      let end = 0;
      for (const { pieces } of windows) {
        const first = pieces[0] as { start: number };
        assert.ok(first.start >= end - SETTINGS.overlap, 'in order');
        end = (pieces.at(-1) as { end: number }).end;
      }
    }
  }
});

test('the same samples give the same windows however they arrive', () => {
  const seed = testSeed('chunks');
  for (let round = 0; round < 4; round++) {
    const samples = speechLike(seed + round);
    const places = ({ windows }: Cut) => windows.map(({ pieces, spans }) => ({ pieces, spans }));
    const reference = places(cut(samples));
    const random = randomOf(seed + 100 + round);
    for (const most of [1000, 40_000, 400_000]) {
      assert.equal(places(cut(samples, {}, () => 1 + Math.floor(random() * most))), reference, `up to ${most}`);
    }
  }
});

test('speech without any pause is cut where it is quietest, and goes on a little after the cut', () => {
  const samples = recording([[0, 100]]);
  // One weak moment in the last half of the first window.
  for (let i = 20 * RATE; i < 20.3 * RATE; i++) samples[i] = (samples[i] as number) * 0.2;
  const { windows } = cut(samples);
  assert.is(lost(samples, windows), 0);
  const [first, second] = windows as [CutWindow, CutWindow];
  const end = (first.pieces.at(-1) as { end: number }).end;
  const start = (second.pieces[0] as { start: number }).start;
  assert.ok(Math.abs(start - 20.15 * RATE) < 0.2 * RATE, `cut at ${start / RATE}`);
  assert.is(end - start, SETTINGS.overlap);
  assertSound(samples, windows);
});

test('long silence has windows of its own, which hold nothing, and ends the window before it', () => {
  const samples = recording([
    [0, 5],
    [100, 5],
  ]);
  const { windows } = cut(samples);
  assert.equal(
    windows.map(({ speech }) => speech),
    [true, false, false, false, true],
  );
  assert.ok(windows.every(({ speech, samples: sound }) => speech || sound.length === 0));
  assert.is(lost(samples, windows), 0);
});

test('an empty recording has no window, a silent one a window without speech', () => {
  assert.equal(cut(new Float32Array(0)).windows, []);
  for (const seconds of [0.01, 1, 29]) {
    assert.equal(
      cut(new Float32Array(seconds * RATE)).windows.map(({ speech }) => speech),
      [false],
    );
  }
});

test('what is held does not grow with the recording', () => {
  const bursts = Array.from({ length: 120 }, (_, index): [number, number] => [
    index % 9 === 0 ? 40 : 0.5,
    5 + (index % 4) * 9,
  ]);
  const { held, windows } = cut(recording(bursts));
  assert.ok(windows.length > 60);
  assert.ok(held <= 110 * RATE, `${held / RATE} s were held`);
});

test.run();
