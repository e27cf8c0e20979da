import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WindowPiece } from '../../src/domain/segment.js';
import { recordingTime } from '../../src/domain/window-map.js';
import { randomOf, testSeed } from '../fixtures/random.js';

test('times in a piece are exact, those between belong to the nearer one, those beyond are its edge', () => {
  const pieces: WindowPiece[] = [
    { at: 0, start: 10, end: 14 },
    { at: 5, start: 60, end: 62 },
  ];
  assert.is(recordingTime(pieces, 0), 10);
  assert.is(recordingTime(pieces, 3.21), 13.21);
  assert.is(recordingTime(pieces, 4.3), 14);
  assert.is(recordingTime(pieces, 4.6), 60);
  assert.is(recordingTime(pieces, 6.5), 61.5);
  assert.is(recordingTime(pieces, 30), 62);
  assert.is(recordingTime([], 3), 3);
});

test('any pieces: exact to a sample within them, never going back', () => {
  const seed = testSeed('window map');
  for (let round = 0; round < 200; round++) {
    const random = randomOf(seed + round);
    const pieces: WindowPiece[] = [];
    let at = 0;
    let place = random() * 1000;
    for (let index = 0; index < 6; index++) {
      const length = 0.1 + random() * 6;
      pieces.push({ at, start: place, end: place + length });
      at += length + (index % 2) * random();
      place += length + random() * 100;
    }
    for (const { at: from, start, end } of pieces) {
      for (const share of [0, 0.3, 0.999]) {
        const time = from + share * (end - start);
        assert.ok(
          Math.abs(recordingTime(pieces, time) - (start + share * (end - start))) < 1 / 16_000,
          `seed ${seed + round}`,
        );
      }
    }
    let last = Number.NEGATIVE_INFINITY;
    for (let time = -1; time < 40; time += 0.037) {
      const now = recordingTime(pieces, time);
      assert.ok(now >= last);
      last = now;
    }
  }
});

test.run();
