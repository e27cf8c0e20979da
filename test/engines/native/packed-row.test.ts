import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LaneSegment, splitRow } from '../../../src/engines/native/packed-row.js';

/** Two windows of 5 s with half a second between them. */
const PLACES = [
  { at: 0, length: 5 },
  { at: 5.5, length: 5 },
];

function segment(start: number, end: number, text: string, more: Partial<LaneSegment> = {}): LaneSegment {
  return { id: 0, start, end, text, confidence: 0.5, avg_logprob: -0.7, no_speech_prob: 0.01, tokens: [1, 2], ...more };
}

function word(text: string, start: number, end: number, tokens = 1) {
  return { word: text, start, end, probability: 0.5, tokens };
}

const essence = (segments: readonly LaneSegment[] | null | undefined) =>
  segments?.map(({ id, start, end, text }) => [id, start, end, text]) ?? null;

test('segments go to the window that they are in, with its times', () => {
  const [first, second] = splitRow([segment(0, 2, 'one'), segment(2, 4.9, 'two'), segment(5.6, 10.4, 'three')], PLACES);
  assert.equal(essence(first), [
    [0, 0, 2, 'one'],
    [1, 2, 4.9, 'two'],
  ]);
  assert.equal(essence(second), [[0, 0.1, 4.9, 'three']]);
});

test('a segment that ends a little beyond its window stays there, within its sound', () => {
  const [first, second] = splitRow([segment(0, 5.35, 'one'), segment(5.35, 10.9, 'two')], PLACES);
  assert.equal(essence(first), [[0, 0, 5, 'one']]);
  assert.equal(essence(second), [[0, 0, 5, 'two']]);
});

test('a segment over the border is divided between its words, with their tokens', () => {
  const words = [word(' one', 1, 2), word(' two', 4, 4.8, 2), word(' three', 5.9, 7), word(' four', 8, 9)];
  const [first, second] = splitRow(
    [segment(0, 10.5, 'one two three four', { words, tokens: [11, 12, 13, 14, 15] })],
    PLACES,
  );
  assert.equal(essence(first), [[0, 1, 4.8, 'one two']]);
  assert.equal(first?.[0]?.tokens, [11, 12, 13]);
  assert.equal(essence(second), [[0, 0.4, 3.5, 'three four']]);
  assert.equal(second?.[0]?.tokens, [14, 15]);
  assert.equal(
    second?.[0]?.words?.map(({ start, end }) => [start, end]),
    [
      [0.4, 1.5],
      [2.5, 3.5],
    ],
  );
});

test('a window that got nothing is to be heard again alone', () => {
  const [first, second] = splitRow([segment(6, 9, 'only here')], PLACES);
  assert.is(first, null);
  assert.equal(essence(second), [[0, 0.5, 3.5, 'only here']]);
  assert.equal(splitRow([], PLACES), [null, null]);
  assert.is(splitRow([segment(0, 3, '')], PLACES)[0], null, 'an empty text is nothing');
});

test('many windows: each word of a long segment is where it was said', () => {
  const places = Array.from({ length: 5 }, (_, index) => ({ at: index * 6, length: 5.5 }));
  const words = Array.from({ length: 25 }, (_, index) => word(` w${index}`, index * 1.2, index * 1.2 + 0.5));
  const text = words.map(({ word: spoken }) => spoken).join('');
  const parts = splitRow([segment(0, 29.5, text, { words, tokens: words.map((_, index) => index) })], places);
  assert.equal(
    parts.map((part) => part?.[0]?.tokens),
    [
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14],
      [15, 16, 17, 18, 19],
      [20, 21, 22, 23, 24],
    ],
  );
  for (const part of parts) {
    for (const { start, end } of part ?? []) assert.ok(start >= 0 && end <= 5.5 && start < end);
  }
});

test.run();
