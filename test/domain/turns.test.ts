import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTurns } from '../../src/domain/turns.js';

/** Numbers without an end to speak of. */
function* numbers(until: () => boolean): Generator<number> {
  for (let number = 0; number < 100_000_000 && !until(); number += 1) yield number;
}

test('works through all items in order, with their place', async () => {
  const seen: Array<[string, number]> = [];
  await inTurns('abc', (item, index) => {
    seen.push([item, index]);
  });
  assert.equal(seen, [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
  await inTurns([], () => assert.unreachable());
});

test('lets the event loop go on in the middle of long work', async () => {
  let turned = false;
  let last = 0;
  setImmediate(() => {
    turned = true;
  });
  await inTurns(
    numbers(() => turned),
    (number) => {
      last = number;
    },
  );
  assert.ok(turned, `not within ${last} items`);
});

test('ends with what the work throws, and with the reason of an abort', async () => {
  const failed = await inTurns([1, 2], (item) => {
    if (item === 2) throw new Error('second');
  }).catch((error: Error) => error.message);
  assert.is(failed, 'second');
  const abort = new AbortController();
  setImmediate(() => abort.abort(new Error('enough')));
  const aborted = await inTurns(
    numbers(() => false),
    () => undefined,
    abort.signal,
  ).catch((error: Error) => error.message);
  assert.is(aborted, 'enough');
});

test.run();
