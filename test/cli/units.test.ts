import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { duration, percentage } from '../../src/cli/setting-values.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatOwner,
  formatTime,
  parseDuration,
  parseSince,
} from '../../src/cli/units.js';

test('durations are written as people read them', () => {
  const cases: Array<[number, string]> = [
    [0, '0s'],
    [0.0004, '0ms'],
    [0.35, '350ms'],
    [0.9996, '1s'],
    [4.23, '4.2s'],
    [10, '10s'],
    [59.96, '1m00s'],
    [92, '1m32s'],
    [3599.6, '1h00m'],
    [7500, '2h05m'],
    [86_399, '1d00h'],
    [273_600, '3d04h'],
    [-92, '-1m32s'],
    [Number.POSITIVE_INFINITY, '?'],
  ];
  for (const [seconds, text] of cases) assert.is(formatDuration(seconds), text);
});

test('durations are read with units, alone or together; a bare number is seconds', () => {
  const cases: Array<[string, number]> = [
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    [' 3M ', 180_000],
    ['15', 15_000],
    ['0', 0],
    ['0.25', 250],
  ];
  for (const [text, ms] of cases) assert.is(parseDuration(text), ms, text);
  for (const text of ['', 's', '10 s', '-5s', '1y', '5s!', 'soon', '1e3', 'NaN', '9'.repeat(30)]) {
    assert.is(parseDuration(text), null, text);
  }
});

test('what is written can be read again, within what the units leave out', () => {
  for (const seconds of [0.35, 4.2, 10, 92, 7500, 273_600]) {
    assert.is(parseDuration(formatDuration(seconds)), seconds * 1000);
  }
});

test('settings of durations and percentages keep their bounds', () => {
  assert.is(duration()('2m', '--grace'), 120_000);
  assert.is(duration()(5, 'grace'), 5000);
  assert.throws(() => duration(1)('0', '--soft-limit'), /--soft-limit/);
  assert.throws(() => duration()(true, '--grace'), /--grace/);
  assert.is(percentage('80', ''), 0.8);
  assert.is(percentage('85%', ''), 0.85);
  assert.is(percentage(100, ''), 1);
  for (const value of ['0', '0.9', '101', '', 'half', null]) assert.throws(() => percentage(value, '--memory-warn'));
});

test('sizes and counts', () => {
  const sizes: Array<[number, string]> = [
    [0, '0 B'],
    [999, '999 B'],
    [1200, '1.2 kB'],
    [999_499, '999 kB'],
    [999_600, '1.0 MB'],
    [640e6, '640 MB'],
    [1.2e9, '1.2 GB'],
    [16e9, '16.0 GB'],
    [5e18, '5000 PB'],
  ];
  for (const [bytes, text] of sizes) assert.is(formatBytes(bytes), text);
  assert.equal([0, 999, 1200, 1_234_567].map(formatCount), ['0', '999', '1,200', '1,234,567']);
});

test('points in time: so long ago, a local day, an ISO 8601 time', () => {
  const now = Date.parse('2026-03-04T05:06:07Z');
  assert.is(parseSince('24h', now)?.toISOString(), '2026-03-03T05:06:07.000Z');
  assert.is(parseSince('2026-01-31', now)?.getTime(), new Date(2026, 0, 31).getTime());
  assert.is(parseSince('2026-01-31T10:00:00Z', now)?.toISOString(), '2026-01-31T10:00:00.000Z');
  for (const text of ['2026-02-30', '2026-13-01', 'yesterday', '', '2026']) {
    // A bare number is seconds ago, so a year is none.
    if (text !== '2026') assert.is(parseSince(text, now), null, text);
  }
  assert.match(formatTime('2026-01-02T03:04:05.678Z'), /^2026-01-0\d \d\d:\d\d:05$/);
});

test('owners are shown as host and process', () => {
  assert.is(formatOwner('o1:vm%3A1:m:b:pid%3A%5B1%5D:4711:99:abcdef'), 'vm:1, process 4711');
  assert.is(formatOwner('tester'), 'tester');
});

test.run();
