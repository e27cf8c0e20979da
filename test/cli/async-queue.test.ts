import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AsyncQueue } from '../../src/cli/async-queue.js';

test('items come in order, in groups of at most what is asked for, and end', async () => {
  const queue = new AsyncQueue<number>();
  const waiting = queue.take(3);
  queue.push(1);
  assert.equal(await waiting, [1]);
  for (let item = 2; item <= 5000; item += 1) queue.push(item);
  queue.end();
  const taken: number[] = [];
  for (let some = await queue.take(7); some.length > 0; some = await queue.take(7)) {
    assert.ok(some.length <= 7);
    taken.push(...some);
  }
  assert.equal(
    taken,
    Array.from({ length: 4999 }, (_, index) => index + 2),
  );
  assert.equal(await queue.take(1), []);
});

test('who lingers gets what comes meanwhile', async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  setTimeout(() => queue.push(2), 1);
  assert.equal(await queue.take(10, 100), [1, 2]);
  queue.push(3);
  assert.equal(await queue.take(1, 60_000), [3]);
  queue.push(4);
  queue.end();
  assert.equal(await queue.take(10, 60_000), [4]);
});

test('a failure rejects at once, and what was pushed before is dropped', async () => {
  const queue = new AsyncQueue<number>();
  const waiting = queue.take(1).then(
    () => 'taken',
    (error: Error) => error.message,
  );
  queue.fail(new Error('gone'));
  assert.is(await waiting, 'gone');
  const other = new AsyncQueue<number>();
  other.push(1);
  other.fail(new Error('gone too'));
  await other.take(1).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'gone too'),
  );
});

test('a closed queue gives nothing more, takes nothing more, and does not fail', async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  const waiting = new AsyncQueue<number>();
  const taking = waiting.take(1);
  queue.close();
  waiting.close();
  assert.equal([await queue.take(1), await taking], [[], []]);
  assert.not(queue.push(2));
  queue.fail(new Error('late'));
  assert.equal(await queue.take(1), []);
});

test.run();
