import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { srtTime, toMilliseconds, vttTime } from '../../src/domain/timecode.js';

test('rounding carries into seconds, minutes and hours', () => {
  assert.is(srtTime(toMilliseconds(1.9996)), '00:00:02,000');
  assert.is(srtTime(toMilliseconds(59.9995)), '00:01:00,000');
  assert.is(vttTime(toMilliseconds(3599.9999)), '01:00:00.000');
  assert.is(vttTime(toMilliseconds(0.0004)), '00:00:00.000');
});

test('every field has its width', () => {
  assert.is(srtTime(0), '00:00:00,000');
  assert.is(srtTime(3_723_004), '01:02:03,004');
  assert.is(vttTime(360_000_000 + 45), '100:00:00.045');
});

test('times before the start are the start, and no number is no time', () => {
  assert.is(toMilliseconds(-0.5), 0);
  for (const seconds of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => toMilliseconds(seconds),
      (error: { code?: string }) => error.code === 'INVALID_ARGUMENT',
    );
  }
});

test('a written time reads back as the same millisecond', () => {
  for (let milliseconds = 0; milliseconds < 400_000_000; milliseconds += 7_654_321) {
    const [hours, minutes, seconds, rest] = srtTime(milliseconds).split(/[:,]/).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    assert.is(((hours * 60 + minutes) * 60 + seconds) * 1000 + rest, milliseconds);
  }
});

test.run();
