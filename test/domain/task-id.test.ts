import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newTaskId } from '../../src/domain/task-id.js';

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids of one millisecond are in order and unlike, and so are those of the next', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const ids = Array.from({ length: 10_000 }, () => newTaskId(now));
  assert.ok(ids.every((id) => VERSION_7.test(id)));
  assert.equal(ids, ids.toSorted());
  assert.is(new Set(ids.map((id) => id.slice(19))).size, ids.length, 'the random part alone is unlike');
  const time = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  assert.is(time(ids[0] as string), now);
  assert.is(time(ids.at(-1) as string), now + 2, 'more than are counted go on in the next millisecond');
  assert.ok(newTaskId(now + 5) > (ids.at(-1) as string));
});

test('a clock that was set back, or stands at its beginning, gives ids too', () => {
  for (const now of [5_000, 1_000, 0, -3, 1_000.7]) assert.match(newTaskId(now), VERSION_7);
});

test.run();
