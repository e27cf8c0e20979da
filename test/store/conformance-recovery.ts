import * as assert from 'uvu/assert';
import type { Attempt } from '../../src/domain/task.js';
import type { StoreTest } from './conformance.js';
import { claimBy, claimOne, content, failure, rejects, submitOne, textSpec, writes } from './support.js';

type Define = (title: string, body: StoreTest) => void;

/** What every store counts and remembers of attempts that did not end well. */
export function recoveryConformance(test: Define): void {
  test('puts a task back for a retry or after a crash, and counts which', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    const first = await claimOne(store);
    const retried = await store.fail(first.lease, failure('ENGINE_FAILED'), 1, { afterMs: 1_500.5, counts: 'retry' });
    assert.is(retried.status, 'pending');
    assert.is(retried.notBefore, new Date(clock.wall + 1_501).toISOString());
    assert.equal([retried.retries, retried.crashes, retried.losses, retried.attempts], [1, 0, 0, 1]);
    assert.is(await store.claim('b', 1_000), null);
    assert.is(await store.waiting(), 1);
    clock.advance(1_501);
    assert.is(await store.waiting(), 0);
    const second = await claimOne(store);
    assert.is(second.task.notBefore, null);
    const crashed = await store.fail(second.lease, failure('ENGINE_CRASHED'), 1, { afterMs: 0, counts: 'crash' });
    assert.equal([crashed.retries, crashed.crashes, crashed.attempts, crashed.notBefore], [1, 1, 2, null]);
    const lost = await store.fail((await claimOne(store)).lease, failure('ENGINE_CRASHED'), 1, {
      afterMs: 0,
      counts: 'loss',
    });
    assert.equal([lost.retries, lost.crashes, lost.losses, lost.attempts], [1, 1, 1, 3]);
    assert.is((await store.attempts(id)).at(-1)?.outcome, 'lost');
    const third = await claimOne(store, [id]);
    await rejects(
      store.fail(third.lease, failure('ENGINE_FAILED'), 1, { afterMs: -1, counts: 'retry' }),
      'INVALID_ARGUMENT',
    );
    await rejects(
      store.fail(third.lease, failure('ENGINE_FAILED'), 1, { afterMs: 1, counts: 'other' as 'retry' }),
      'INVALID_ARGUMENT',
      /"retry", "crash" or "loss"/,
    );
    await store.fail(third.lease, failure('TASK_QUARANTINED'), 1);
    const again = await store.retry(id);
    assert.equal([again.retries, again.crashes, again.losses, again.attempts], [0, 0, 0, 0]);
  });

  test('takes an absurd wait', async (store, clock) => {
    await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    await store.fail(lease, failure('ENGINE_FAILED'), 0, { afterMs: Number.MAX_VALUE, counts: 'retry' });
    clock.advance(1e12);
    assert.is(await store.claim('b', 1_000), null);
  });

  test('keeps the order of submission over a retry', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    await submitOne(store, textSpec('b'));
    await store.fail(lease, failure('ENGINE_FAILED'), 0, { afterMs: 0, counts: 'retry' });
    assert.is((await claimOne(store)).task.id, id);
  });

  test('counts lost owners until work is saved', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    const losses = async () => (await store.get(id))?.losses;
    await claimOne(store);
    clock.advance(1_000);
    assert.is(await losses(), 0, 'nobody has looked yet');
    const second = await claimOne(store);
    assert.equal([second.task.losses, second.task.attempts], [1, 2]);
    clock.advance(1_000);
    const third = await claimOne(store);
    assert.is(third.task.losses, 2);
    await store.saveFacts(third.lease, { progress: 0.5 });
    await store.heartbeat(third.lease, 1_000);
    assert.is(await losses(), 2, 'to be alive is not to get on');
    const checkpoint = { stage: 's', piece: 'p', fingerprint: 'f', result: 1 };
    const saves = [
      () => store.checkpoint(third.lease, [checkpoint]),
      () => store.saveWindow(third.lease, checkpoint, { window: { index: 0, start: 0, end: 1 }, segments: [] }),
      () => store.saveTranslations(third.lease, [], [content(third.task)]),
    ];
    await saves[0]?.();
    assert.is(await losses(), 0);
    for (const save of saves.slice(1)) {
      clock.advance(1_000);
      const { lease } = await claimOne(store);
      assert.is(await losses(), 1);
      Object.assign(third, { lease });
      await save();
      assert.is(await losses(), 0);
    }
  });

  test('rescues the tasks of owners that are known to be dead', async (store, clock) => {
    const ids = (await store.submit(['a', 'b', 'c', 'd'].map((key) => textSpec(key)))).map(({ id }) => id);
    const claims = await Promise.all(['x', 'x', 'y', 'z'].map((owner) => store.claim(owner, 1_000_000)));
    assert.is(await store.rescue([]), 0);
    assert.is(await store.rescue(['nobody']), 0);
    clock.advance(5);
    assert.is(await store.rescue(['x', 'z', 'x']), 3);
    assert.equal(await store.owners(), ['y']);
    const tasks = await Promise.all(ids.map((id) => store.get(id)));
    assert.equal(
      tasks.map((task) => [task?.status, task?.losses, task?.owner]),
      [
        ['pending', 1, null],
        ['pending', 1, null],
        ['processing', 0, 'y'],
        ['pending', 1, null],
      ],
    );
    assert.is(tasks[0]?.updatedAt, new Date(clock.wall).toISOString());
    const [late] = claims;
    assert.ok(late);
    for (const write of Object.values(writes(store, late.lease, 'a'))) await rejects(write(), 'LEASE_LOST');
    assert.is((await claimOne(store)).task.id, ids[0]);
  });

  test('remembers each attempt and how it ended', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    assert.equal(await store.attempts(id), []);
    const expected: Attempt[] = [];
    const attempt = async (
      outcome: Attempt['outcome'],
      end: (lease: Parameters<typeof store.release>[0]) => Promise<unknown>,
      error: Attempt['error'] = null,
    ): Promise<void> => {
      clock.advance(10);
      const number = expected.length + 1;
      const startedAt = new Date(clock.wall).toISOString();
      const { lease } = await claimBy(store, `w${number}`);
      assert.is(lease.fencing, number);
      const running = {
        number,
        owner: `w${number}`,
        startedAt,
        endedAt: null,
        outcome: 'running' as const,
        error: null,
      };
      assert.equal(await store.attempts(id), [...expected, running]);
      clock.advance(10);
      await end(lease);
      expected.push({ ...running, endedAt: new Date(clock.wall).toISOString(), outcome, error });
      assert.equal(await store.attempts(id), expected);
    };
    const flaky = failure('ENGINE_FAILED');
    const crash = failure('ENGINE_CRASHED');
    await attempt('retry', (lease) => store.fail(lease, flaky, 1, { afterMs: 5, counts: 'retry' }), flaky);
    await attempt('crash', (lease) => store.fail(lease, crash, 1, { afterMs: 0, counts: 'crash' }), crash);
    await attempt('released', (lease) => store.release(lease));
    await attempt('lost', ({ owner }) => store.rescue([owner]));
    await attempt('lost', async () => {
      clock.advance(1_000);
      assert.is(await store.claim('x', 1_000, { ids: [] }), null);
    });
    await attempt('cancelled', () => store.cancel(id));
    await store.cancel(id);
    await store.retry(id);
    await attempt('failed', (lease) => store.fail(lease, flaky, 1), flaky);
    await store.retry(id);
    await attempt('completed', (lease) => store.complete(lease, {}, 1));
    assert.is((await store.get(id))?.attempts, 1, 'counted since the retry');
    await store.delete(id);
    assert.equal(await store.attempts(id), []);
    assert.equal(await store.attempts('no-such-task'), []);
  });

  test('notes no attempt for a task that is cancelled before one', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await store.cancel(id);
    assert.equal(await store.attempts(id), []);
  });

  test('keeps the first 20 attempts and the last 80', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const numbers = async () => (await store.attempts(id)).map(({ number }) => number);
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    for (let number = 1; number <= 130; number += 1) {
      const { lease } = await claimOne(store);
      if (number === 100) assert.equal(await numbers(), range(1, 100));
      if (number === 101) assert.equal(await numbers(), [...range(1, 20), ...range(22, 101)]);
      await store.release(lease);
    }
    assert.equal(await numbers(), [...range(1, 20), ...range(51, 130)]);
  });
}
