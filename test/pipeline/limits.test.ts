import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_LIMITS, scaledLimits, TaskLimits } from '../../src/pipeline/limits.js';
import { SimClock, SimProcess } from '../faults/simulation/sim-clock.js';

function watched(softMs: number, hardMs: number) {
  const clock = new SimClock();
  const { timing } = new SimProcess(clock, 'test', () => undefined);
  const seen: string[] = [];
  const note = (error: { message: string; code: string }): void => {
    seen.push(`${error.code} ${/(\w+) limit of ([^.]*)/.exec(error.message)?.slice(1).join(' ')} at ${clock.now}`);
  };
  return { clock, seen, limits: new TaskLimits({ softMs, hardMs }, timing, note, note) };
}

test('limits grow with the recording, and never shrink', () => {
  assert.equal(scaledLimits(DEFAULT_LIMITS, 0), DEFAULT_LIMITS);
  assert.equal(scaledLimits(DEFAULT_LIMITS, 299), DEFAULT_LIMITS);
  assert.equal(scaledLimits(DEFAULT_LIMITS, 3600), { softMs: 12 * 25 * 60_000, hardMs: 12 * 30 * 60_000 });
});

test('first the soft limit is told, then the hard one', async () => {
  const { clock, seen } = watched(1_000, 2_000);
  await clock.run(() => false, 10_000);
  assert.equal(seen, ['DEADLINE_EXCEEDED soft 1 s at 1000', 'DEADLINE_EXCEEDED hard 2 s at 2000']);
});

test('a soft limit that is no less than the hard one is none', async () => {
  const { clock, seen } = watched(5_000, 2_000);
  await clock.run(() => false, 10_000);
  assert.equal(seen, ['DEADLINE_EXCEEDED hard 2 s at 2000']);
});

test('a length that becomes known moves both, counted from the start', async () => {
  const { clock, seen, limits } = watched(1_000, 2_000);
  clock.at(500, () => limits.scaleTo(600));
  clock.at(600, () => limits.scaleTo(10));
  await clock.run(() => false, 10_000);
  assert.equal(seen, ['DEADLINE_EXCEEDED soft 2 s at 2000', 'DEADLINE_EXCEEDED hard 4 s at 4000']);
});

test('nothing is told after the end', async () => {
  const { clock, seen, limits } = watched(1_000, 2_000);
  clock.at(999, () => limits.clear());
  await clock.run(() => false, 10_000);
  assert.equal(seen, []);
});

test.run();
