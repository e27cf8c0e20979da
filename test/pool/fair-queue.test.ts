import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FairQueue } from '../../src/pool/fair-queue.js';

test('groups take turns, so that a short one does not wait behind a long one', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 5; i++) queue.push(`long ${i}`, 'long', 0);
  queue.push('short 0', 'short', 0);
  assert.equal(queue.shift(), 'long 0');
  assert.equal(queue.shift(), 'short 0');
  assert.equal(queue.shift(), 'long 1');
});

test('a group that comes while others are being served goes before their next entry', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 3; i++) queue.push(`a${i}`, 'a', 0);
  queue.shift();
  queue.shift();
  queue.push('b0', 'b', 0);
  assert.equal(queue.shift(), 'b0');
  assert.equal(queue.shift(), 'a2');
  assert.is(queue.shift(), undefined);
});

test('higher priority goes first, entries of one group stay in order', () => {
  const queue = new FairQueue<string>();
  queue.push('low', 'low', 0);
  queue.push('high 0', 'high', 5);
  queue.push('high 1', 'high', 5);
  assert.equal([queue.shift(), queue.shift(), queue.shift()], ['high 0', 'high 1', 'low']);
});

test('remove takes out one entry, drain all', () => {
  const queue = new FairQueue<number>();
  for (const item of [1, 2, 3]) queue.push(item, String(item % 2), 0);
  assert.ok(queue.remove((item) => item === 2));
  assert.not(queue.remove((item) => item === 2));
  assert.is(queue.size, 2);
  assert.equal(queue.drain().sort(), [1, 3]);
  assert.is(queue.size, 0);
});

test('every entry comes out exactly once, whatever the order of pushes and shifts', () => {
  const seed = 20_261_123;
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const queue = new FairQueue<number>();
  const out: number[] = [];
  for (let i = 0; i < 2000; i++) {
    queue.push(i, String(Math.floor(random() * 7)), Math.floor(random() * 3));
    while (random() < 0.45 && queue.size > 0) out.push(queue.shift() as number);
  }
  while (queue.size > 0) out.push(queue.shift() as number);
  assert.is(new Set(out).size, 2000);
  assert.is(out.length, 2000);
});

test('the next that fits, groups still in turn', () => {
  const queue = new FairQueue<string>();
  queue.push('a1', 'a', 0);
  queue.push('a2 x', 'a', 0);
  queue.push('b1 x', 'b', 0);
  queue.push('b2 x', 'b', 0);
  const fits = (item: string): boolean => item.endsWith('x');
  assert.is(queue.count(fits), 3);
  assert.is(queue.shift(fits), 'a2 x');
  assert.is(queue.shift(fits), 'b1 x');
  assert.is(queue.shift(fits), 'b2 x');
  assert.is(queue.shift(fits), undefined);
  assert.is(queue.size, 1);
  assert.is(queue.shift(), 'a1');
});

test.run();
