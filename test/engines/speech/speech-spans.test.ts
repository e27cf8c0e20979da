import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SpanSettings, SpeechSpans } from '../../../src/engines/speech/speech-spans.js';
import { randomOf, testSeed } from '../../fixtures/random.js';

const RATE = 16_000;
const FRAME = 512;
const SETTINGS: SpanSettings = {
  frame: FRAME,
  threshold: 0.5,
  minSpeech: 0.25 * RATE,
  minSilence: 0.1 * RATE,
  maxSpeech: 30 * RATE,
  pad: 0.03 * RATE,
};

/** Probabilities of frames, as [how many, how likely]. */
function frames(...runs: ReadonlyArray<readonly [number, number]>): Float32Array {
  return Float32Array.from(runs.flatMap(([count, probability]) => new Array<number>(count).fill(probability)));
}

function spansOf(probabilities: Float32Array, settings: Partial<SpanSettings> = {}): Array<[number, number]> {
  const spans = new SpeechSpans({ ...SETTINGS, ...settings });
  spans.push(probabilities);
  spans.end();
  return spans.take().map(({ heard: { start, end } }) => [start / FRAME, end / FRAME]);
}

test('speech begins at the threshold and ends below a lower one that lasts', () => {
  assert.equal(spansOf(frames([10, 0.1], [20, 0.9], [10, 0.1])), [[10, 30]]);
  // Between the two thresholds it goes on.
  assert.equal(spansOf(frames([10, 0.1], [10, 0.9], [20, 0.4], [10, 0.1])), [[10, 40]]);
  // A short dip is no end.
  assert.equal(spansOf(frames([5, 0.1], [10, 0.9], [2, 0.1], [10, 0.9], [20, 0])), [[5, 27]]);
});

test('short speech is dropped, near speech is joined', () => {
  assert.equal(spansOf(frames([10, 0], [7, 0.9], [20, 0])), []);
  assert.equal(spansOf(frames([10, 0], [10, 0.9], [5, 0], [10, 0.9], [20, 0])), [[10, 35]], '160 ms apart');
  assert.equal(spansOf(frames([10, 0], [10, 0.9], [8, 0], [10, 0.9], [20, 0])), [
    [10, 20],
    [28, 38],
  ]);
  assert.equal(spansOf(frames([10, 0], [10, 0.9])), [[10, 20]], 'at the end of the recording too');
});

test('padding stays within the recording and is shared by neighbours', () => {
  const spans = new SpeechSpans({ ...SETTINGS, pad: 3000 });
  spans.push(frames([2, 0], [10, 0.9], [8, 0], [10, 0.9]));
  spans.end();
  const [first, second] = spans.take(30 * FRAME);
  assert.is(first?.start, 0);
  assert.is(first?.end, 12 * FRAME + 4 * FRAME);
  assert.is(second?.start, 16 * FRAME);
  assert.is(second?.end, 30 * FRAME);
});

test('speech that is too long is cut in its silence, or where it is said', () => {
  const silence = frames([100, 0.9], [5, 0.1], [100, 0.9], [30, 0]);
  // 98 ms of silence: not enough to end speech of 200 ms, enough to cut there.
  assert.equal(spansOf(silence, { maxSpeech: 150 * FRAME, minSilence: 0.2 * RATE }), [
    [0, 100],
    [105, 205],
  ]);
  const cuts: number[] = [];
  const cut = (start: number, end: number): number => {
    cuts.push((end - start) / FRAME);
    return start + 80 * FRAME;
  };
  assert.equal(spansOf(frames([200, 0.9], [30, 0]), { maxSpeech: 100 * FRAME, cut }), [
    [0, 80],
    [80, 160],
    [160, 200],
  ]);
  assert.equal(cuts, [101, 101]);
});

test('spans come out as they become final, the same however the frames arrive', () => {
  const seed = testSeed('spans of frames');
  for (let round = 0; round < 40; round++) {
    const random = randomOf(seed + round);
    const runs = Array.from({ length: 60 }, (): [number, number] => [1 + Math.floor(random() ** 3 * 60), random()]);
    const all = frames(...runs);
    const whole = spansOf(all, { maxSpeech: 120 * FRAME });
    const spans = new SpeechSpans({ ...SETTINGS, maxSpeech: 120 * FRAME });
    const found: Array<[number, number]> = [];
    const take = (): void => {
      for (const { heard } of spans.take()) found.push([heard.start / FRAME, heard.end / FRAME]);
    };
    for (let at = 0; at < all.length; ) {
      const count = 1 + Math.floor(random() * 25);
      spans.push(all.subarray(at, at + count));
      at += count;
      take();
      const { pending, heard } = spans;
      assert.ok(pending === null || (pending <= heard && pending >= (found.at(-1)?.[1] ?? 0) * FRAME));
    }
    spans.end();
    take();
    assert.equal(found, whole, `seed ${seed + round}`);
    for (const [index, [start, end]] of found.entries()) {
      assert.ok(end - start >= 0.25 * 31 && start >= (found[index - 1]?.[1] ?? 0));
    }
  }
});

test.run();
