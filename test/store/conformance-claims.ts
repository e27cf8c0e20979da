import * as assert from 'uvu/assert';
import type { ClaimOptions } from '../../src/store/task-store.js';
import type { StoreTest } from './conformance.js';
import { claimBy, claimOne, failure, rejects, submitOne, textSpec, writes } from './support.js';

type Define = (title: string, body: StoreTest) => void;

const MINUTE = 60_000;

/** Which task a claim takes, and who may write to it then. */
export function claimConformance(test: Define): void {
  test('claims by priority, then age, each task once', async (store) => {
    assert.is(await store.claim('a', 1_000), null);
    await store.submit([
      textSpec('old'),
      textSpec('urgent', { priority: 5 }),
      textSpec('late', { priority: -1 }),
      textSpec('young'),
      textSpec('urgent-2', { priority: 5 }),
    ]);
    const order: string[] = [];
    const fences: number[] = [];
    for (;;) {
      const claimed = await store.claim('a', 1_000);
      if (claimed === null) break;
      assert.is(claimed.task.status, 'processing');
      assert.is(claimed.task.attempts, 1);
      assert.is(claimed.lease.owner, 'a');
      order.push(claimed.task.textId);
      fences.push(claimed.lease.fencing);
    }
    assert.equal(order, ['urgent', 'urgent-2', 'old', 'young', 'late']);
    assert.equal(fences, [1, 1, 1, 1, 1]);
  });

  test('claims among the ids asked for', async (store) => {
    const submitted = await store.submit([
      textSpec('a', { priority: 9 }),
      textSpec('b'),
      textSpec('c', { priority: 1 }),
    ]);
    const [a, b, c] = submitted.map((task) => task.id) as [string, string, string];
    assert.is(await store.claim('x', 1_000, { ids: [] }), null);
    assert.is(await store.claim('x', 1_000, { ids: ['no-such-task'] }), null);
    assert.is((await claimOne(store, [b, 'no-such-task', c])).task.id, c);
    assert.is((await claimOne(store, [b, c])).task.id, b);
    assert.is(await store.claim('x', 1_000, { ids: [b, c] }), null);
    assert.is((await claimOne(store)).task.id, a);
  });

  test('finds the ids asked for behind a long queue of others', async (store) => {
    await store.submit(Array.from({ length: 1_500 }, (_, index) => textSpec(`other${index}`, { priority: 1 })));
    const wanted = await store.submit([textSpec('x'), textSpec('y', { priority: 1 })]);
    const ids = wanted.map((task) => task.id);
    assert.is((await claimOne(store, ids)).task.textId, 'y');
    assert.is((await claimOne(store, ids)).task.textId, 'x');
    assert.is(await store.claim('a', 1_000, { ids }), null);
  });

  test('gives a task to one of many claims at once', async (store) => {
    await store.submit(Array.from({ length: 50 }, (_, index) => textSpec(`t${index}`)));
    const claims = await Promise.all(Array.from({ length: 80 }, (_, index) => store.claim(`w${index}`, 1_000)));
    const ids = claims.flatMap((claimed) => (claimed === null ? [] : [claimed.task.id]));
    assert.is(ids.length, 50);
    assert.is(new Set(ids).size, 50);
  });

  test('gives the task of an overdue lease to the next, and refuses the late owner', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    const late = await claimOne(store, undefined, 1_000);
    clock.advance(999);
    assert.is(await store.claim('b', 1_000), null);
    clock.advance(1);
    const next = await claimOne(store);
    assert.is(next.task.id, id);
    assert.is(next.task.attempts, 2);
    assert.is(next.lease.fencing, late.lease.fencing + 1);
    for (const [name, write] of Object.entries(writes(store, late.lease, 'a'))) {
      const error = await rejects(write(), 'LEASE_LOST');
      assert.is(error.details.current, next.lease.fencing, name);
    }
    assert.equal(await store.checkpoints(id), []);
    assert.is((await store.get(id))?.progress, 0);
    assert.is((await store.complete(next.lease, {}, 1)).status, 'completed');
    for (const write of Object.values(writes(store, next.lease, 'a'))) await rejects(write(), 'LEASE_LOST');
  });

  test('keeps a lease that is extended in time, and one that is overdue but not taken', async (store, clock) => {
    await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store, undefined, 1_000);
    clock.advance(900);
    await store.heartbeat(lease, 1_000);
    clock.advance(900);
    assert.is(await store.claim('b', 1_000), null);
    clock.advance(5_000);
    await store.heartbeat(lease, 1_000);
    assert.is(await store.claim('b', 1_000), null);
    assert.is((await store.complete(lease, {}, 1)).attempts, 1);
  });

  test('takes leases of an earlier boot for overdue', async (store, clock) => {
    await submitOne(store, textSpec('a'));
    await claimOne(store, undefined, 1_000_000);
    clock.epoch = 'boot-2';
    assert.is((await claimOne(store)).task.attempts, 2);
  });

  test('takes a task back without counting the attempt', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    await store.release(lease);
    const task = await store.get(id);
    assert.is(task?.status, 'pending');
    assert.is(task?.attempts, 0);
    for (const write of Object.values(writes(store, lease, 'a'))) await rejects(write(), 'LEASE_LOST');
    const next = await claimOne(store);
    assert.is(next.task.attempts, 1);
    assert.is(next.lease.fencing, 2);
  });

  test('refuses absurd lease times and owners', async (store) => {
    await submitOne(store, textSpec('a'));
    for (const time of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await rejects(store.claim('a', time), 'INVALID_ARGUMENT');
    }
    await rejects(store.claim('', 1_000), 'INVALID_ARGUMENT');
    assert.is((await claimOne(store)).lease.fencing, 1);
  });

  test('counts ten minutes of waiting as one priority, so that nothing starves', async (store, clock) => {
    await store.submit([textSpec('low', { priority: -2 }), textSpec('old')]);
    clock.advance(10 * MINUTE - 1);
    await store.submit([textSpec('high', { priority: 1 })]);
    clock.advance(1);
    await store.submit([textSpec('as high, younger', { priority: 1 }), textSpec('young')]);
    clock.advance(20 * MINUTE - 1);
    await store.submit([textSpec('flood 1'), textSpec('flood 2', { priority: -1 })]);
    const order: string[] = [];
    for (let next = await store.claim('a', 1_000_000); next !== null; next = await store.claim('a', 1_000_000)) {
      order.push(next.task.textId);
    }
    assert.equal(order, ['high', 'old', 'as high, younger', 'young', 'low', 'flood 1', 'flood 2']);
  });

  test('takes absurd priorities', async (store) => {
    const priorities = [0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1_000_000_000, -1_000_000_000];
    await store.submit(priorities.map((priority) => textSpec(String(priority), { priority })));
    const order: number[] = [];
    for (let next = await store.claim('a', 1_000); next !== null; next = await store.claim('a', 1_000)) {
      order.push(next.task.priority);
    }
    assert.equal(order, [Number.MAX_SAFE_INTEGER, 1_000_000_000, 0, Number.MIN_SAFE_INTEGER, -1_000_000_000]);
  });

  test('claims cheap tasks from behind costly ones', async (store) => {
    await store.submit([
      textSpec('long', { cost: 36_000, priority: 5 }),
      textSpec('middle', { cost: 60, priority: 3 }),
      textSpec('short', { cost: 3 }),
      textSpec('unknown', { priority: -1 }),
    ]);
    const claim = async (maxCost: number) => (await store.claim('a', 1_000, { maxCost }))?.task.textId ?? null;
    assert.is(await claim(3), 'short');
    assert.is(await claim(0), 'unknown');
    assert.is(await claim(59.9), null);
    assert.is(await claim(60), 'middle');
    assert.is((await claimOne(store)).task.textId, 'long');
    await rejects(store.claim('a', 1_000, { maxCost: -1 }), 'INVALID_ARGUMENT');
    await rejects(store.claim('a', 1_000, { maxCost: Number.NaN }), 'INVALID_ARGUMENT');
  });

  test('claims tasks of one type from behind others', async (store) => {
    await store.submit([
      textSpec('text'),
      textSpec('sound', { type: 'audio', audioPath: '/a.wav', priority: 5 }),
      textSpec('costly', { cost: 20, priority: 3 }),
    ]);
    const claim = async (options: ClaimOptions) => (await store.claim('a', 1_000, options))?.task.textId ?? null;
    assert.is(await claim({ type: 'text', maxCost: 10 }), 'text');
    assert.is(await claim({ type: 'text' }), 'costly');
    assert.is(await claim({ type: 'text' }), null);
    assert.is(await claim({ type: 'audio' }), 'sound');
    await rejects(store.claim('a', 1_000, { type: 'video' as 'text' }), 'INVALID_ARGUMENT');
  });

  test('prefers what needs no model that is not loaded, for a minute', async (store, clock) => {
    await store.submit([
      textSpec('needs b', { sttModel: 'a', mtModel: 'b' }),
      textSpec('lower, needs none', { priority: -1 }),
      textSpec('needs a', { sttModel: 'a' }),
      textSpec('needs none'),
    ]);
    const claim = async (...preferModels: string[]) => {
      const claimed = await store.claim('x', 1_000, { preferModels });
      if (claimed !== null) await store.release(claimed.lease);
      return claimed?.task.textId ?? null;
    };
    assert.is(await claim('a', 'c'), 'needs a');
    assert.is(await claim(), 'needs none');
    assert.is(await claim('b', 'a'), 'needs b');
    const { task, lease } = await claimOne(store);
    assert.is(task.textId, 'needs b', 'without preferences the best one goes');
    await store.release(lease);
    clock.advance(MINUTE - 1);
    assert.is(await claim('c'), 'needs none');
    clock.advance(1);
    assert.is(await claim('c'), 'needs b', 'whoever has waited a minute goes first');
    assert.is((await store.claim('x', 1_000, { preferModels: ['c'], maxCost: 0, ids: [] }))?.task ?? null, null);
  });

  test('looks for loaded models among the first only', async (store) => {
    const others = Array.from({ length: 31 }, (_, index) => textSpec(`other ${index}`, { mtModel: 'b' }));
    await store.submit([...others, textSpec('thirty-second', { mtModel: 'a' }), textSpec('next', { mtModel: 'a' })]);
    const claim = async () => (await store.claim('x', 1_000, { preferModels: ['a'] }))?.task.textId;
    assert.is(await claim(), 'thirty-second');
    assert.is(await claim(), 'next');
    assert.is(await claim(), 'other 0');
  });

  test('says who works on a task', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    assert.equal(await store.owners(), []);
    const { task, lease } = await claimBy(store, 'worker 7');
    assert.is(task.owner, 'worker 7');
    assert.is((await store.get(id))?.owner, 'worker 7');
    await store.submit([textSpec('b'), textSpec('c')]);
    await store.claim('worker 7', 1_000);
    await store.claim('worker 1', 1_000);
    assert.equal(await store.owners(), ['worker 1', 'worker 7']);
    await store.fail(lease, failure('INPUT_EMPTY'), 0);
    assert.is((await store.get(id))?.owner, null);
  });
}
