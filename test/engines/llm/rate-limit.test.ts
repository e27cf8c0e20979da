import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RateLimiter } from '../../../src/engines/llm/rate-limit.js';
import { seededRandom } from '../../fixtures/random.js';
import { FakeClock } from './fake-clock.js';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('no minute has more requests or tokens than allowed, whatever comes', async () => {
  const random = seededRandom('rate limits');
  for (let round = 0; round < 20; round++) {
    const clock = new FakeClock();
    const limits = { requestsPerMinute: 1 + random.below(6), tokensPerMinute: 100 + random.below(400) };
    const limiter = new RateLimiter(limits, clock);
    const starts: Array<{ at: number; tokens: number }> = [];
    const wanted = Array.from({ length: 20 }, () => 1 + random.below(100));
    await Promise.all(
      wanted.map(async (tokens) => {
        const permit = await limiter.acquire(tokens);
        starts.push({ at: clock.now(), tokens });
        await clock.sleep(random.below(5000));
        permit.release();
      }),
    );
    assert.equal(
      starts.map(({ tokens }) => tokens),
      wanted,
      'out of order',
    );
    for (const { at } of starts) {
      const minute = starts.filter((one) => one.at >= at && one.at < at + 60_000);
      assert.ok(minute.length <= limits.requestsPerMinute);
      assert.ok(minute.reduce((sum, { tokens }) => sum + tokens, 0) <= limits.tokensPerMinute);
    }
  }
});

test('a request that is larger than a minute goes when the minute is empty', async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter({ tokensPerMinute: 100 }, clock);
  (await limiter.acquire(10)).release();
  (await limiter.acquire(500)).release();
  assert.is(clock.now(), 60_000);
});

test('what a request really used replaces the estimate', async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter({ tokensPerMinute: 100 }, clock);
  (await limiter.acquire(90)).release(20);
  (await limiter.acquire(80)).release();
  assert.is(clock.now(), 0);
});

test('no more requests run at once than allowed; released twice is released once', async () => {
  const limiter = new RateLimiter({ concurrency: 2 }, new FakeClock());
  const permits = [await limiter.acquire(1), await limiter.acquire(1)];
  let admitted = 0;
  const more = [1, 2, 3].map(() => limiter.acquire(1).then(() => (admitted += 1)));
  await tick();
  assert.is(admitted, 0);
  permits[0]?.release();
  permits[0]?.release();
  await tick();
  assert.is(admitted, 1);
  permits[1]?.release();
  await tick();
  assert.is(admitted, 2);
  assert.is(more.length, 3);
});

test('one that is aborted in line leaves it, and those behind keep their order', async () => {
  const limiter = new RateLimiter({ concurrency: 1 }, new FakeClock());
  const first = await limiter.acquire(1);
  const order: string[] = [];
  const controller = new AbortController();
  const reason = new Error('gone');
  const second = limiter.acquire(1).then((permit) => {
    order.push('second');
    return permit;
  });
  const third = limiter.acquire(1, controller.signal).catch((thrown: unknown) => thrown);
  const fourth = limiter.acquire(1).then((permit) => {
    order.push('fourth');
    return permit;
  });
  controller.abort(reason);
  assert.is(await third, reason);
  await tick();
  assert.equal(order, []);
  first.release();
  (await second).release();
  (await fourth).release();
  assert.equal(order, ['second', 'fourth']);
  assert.is(await limiter.acquire(1, controller.signal).catch((thrown: unknown) => thrown), reason);
});

test('an abort ends the wait for a minute and for a place', async () => {
  const reason = new Error('gone');
  const waits: ReadonlyArray<readonly [Parameters<typeof RateLimiter.prototype.acquire>[0], RateLimiter]> = [
    [1, new RateLimiter({ requestsPerMinute: 1 })],
    [1, new RateLimiter({ concurrency: 1 })],
  ];
  for (const [tokens, limiter] of waits) {
    const held = await limiter.acquire(tokens);
    const controller = new AbortController();
    const waiting = limiter.acquire(tokens, controller.signal).catch((thrown: unknown) => thrown);
    setTimeout(() => controller.abort(reason), 10);
    assert.is(await waiting, reason);
    held.release();
  }
});

test('held back, nobody goes before the time', async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter({}, clock);
  limiter.holdBack(7000);
  limiter.holdBack(3000);
  await limiter.acquire(1);
  assert.is(clock.now(), 7000);
});

test.run();
