import * as assert from 'uvu/assert';
import type { TaskStore } from '../../src/store/task-store.js';
import type { StoreTest } from './conformance.js';
import { claimBy, claimOne, failure, rejects, submitOne, textSpec } from './support.js';

type Define = (title: string, body: StoreTest) => void;

async function settled(store: TaskStore, selection: string, limit = 100) {
  const { tasks, open } = await store.settled(selection, limit);
  for (const { id, task } of tasks) assert.ok(task === null || task.id === id);
  return { ids: tasks.map(({ id }) => id), states: tasks.map(({ task }) => task?.status ?? null), open };
}

const NOTHING = { ids: [], states: [], open: 0 };

/** Runs over many tasks: named once, claimed from, and told when they have ended. */
export function selectionConformance(test: Define): void {
  test('claims within a selection, behind a long queue of others', async (store, clock) => {
    const [a, b, c, d] = (
      await store.submit([
        textSpec('a'),
        textSpec('b', { priority: 1, cost: 100 }),
        textSpec('c', { sttModel: 'x' }),
        textSpec('d', { priority: -1 }),
      ])
    ).map(({ id }) => id) as [string, string, string, string];
    await store.submit(Array.from({ length: 1_500 }, (_, index) => textSpec(`other${index}`, { priority: 2 })));
    await store.select('run', [a, 'no-such-task', b]);
    await store.select('run', [c, a]);
    const claim = async (options: Parameters<TaskStore['claim']>[2]) =>
      (await store.claim('w', 1_000, options))?.task.id ?? null;
    assert.is(await claim({ selection: 'another' }), null);
    assert.is(await claim({ selection: 'run', ids: [d] }), null, 'both must hold');
    assert.is(await claim({ selection: 'run', maxCost: 99, preferModels: ['y'] }), a);
    assert.is(await claim({ selection: 'run', ids: [c, d] }), c);
    assert.is(await claim({ selection: 'run' }), b);
    assert.is(await claim({ selection: 'run' }), null);
    clock.advance(1_000);
    assert.is(await claim({ selection: 'run', preferModels: ['y'] }), b, 'rescued like any other');
    assert.is(await claim({ selection: 'run', preferModels: [] }), a);
    await store.deselect('run');
    assert.is(await claim({ selection: 'run' }), null);
    assert.equal(await settled(store, 'run'), NOTHING);
    await rejects(store.claim('w', 1_000, { selection: '' }), 'INVALID_ARGUMENT');
    await rejects(store.select('', []), 'INVALID_ARGUMENT');
    await rejects(store.settled('run', -1), 'INVALID_ARGUMENT');
  });

  test('tells each member once when it has ended, whoever ended it', async (store) => {
    const ids = (await store.submit(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => textSpec(key)))).map(({ id }) => id);
    const [a, b, c, d, e, f] = ids as [string, string, string, string, string, string];
    await store.cancel(f);
    await store.select('run', [e, d, c, 'no-such-task', b, a, f]);
    await store.select('other', [a, f]);
    assert.equal(await settled(store, 'run'), { ids: ['no-such-task', f], states: [null, 'cancelled'], open: 5 });
    assert.equal(await settled(store, 'run'), { ids: [], states: [], open: 5 });
    const first = await claimOne(store, [a]);
    await store.complete(first.lease, {}, 1);
    const second = await claimOne(store, [b]);
    await store.fail(second.lease, failure('ENGINE_FAILED'), 1, { afterMs: 0, counts: 'retry' });
    assert.equal(await settled(store, 'run'), { ids: [a], states: ['completed'], open: 4 });
    const third = await claimOne(store, [b]);
    await store.fail(third.lease, failure('ENGINE_FAILED'), 1);
    await store.cancel(c);
    await store.delete(e);
    assert.equal(await settled(store, 'run', 0), { ids: [], states: [], open: 4 });
    assert.equal(await settled(store, 'run', 2), { ids: [e, c], states: [null, 'cancelled'], open: 2 });
    assert.equal(await settled(store, 'run', 2), { ids: [b], states: ['failed'], open: 1 });
    await store.select('run', [a, b, e]);
    assert.equal(await settled(store, 'run'), { ids: [], states: [], open: 1 }, 'what was told stays told');
    assert.equal(await settled(store, 'other'), { ids: [a, f], states: ['completed', 'cancelled'], open: 0 });
    await store.prune({ limit: 10 });
    assert.is((await claimOne(store)).task.id, d);
    assert.equal(await settled(store, 'run'), { ids: [], states: [], open: 1 });
    await store.delete(d);
    assert.equal(await settled(store, 'run'), { ids: [d], states: [null], open: 0 });
    assert.equal(await settled(store, 'run'), NOTHING);
  });

  test('forgets an end that is taken back before it was told', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await store.select('run', [id]);
    await store.cancel(id);
    assert.equal(await settled(store, 'run', 0), { ids: [], states: [], open: 1 });
    await store.retry(id);
    assert.equal(await settled(store, 'run'), { ids: [], states: [], open: 1 });
    const { lease } = await claimBy(store, 'w', { selection: 'run' });
    await store.fail(lease, failure('INPUT_EMPTY'), 0);
    assert.equal(await settled(store, 'run'), { ids: [id], states: ['failed'], open: 0 });
    await store.retry(id);
    assert.is(await store.claim('w', 1_000, { selection: 'run' }), null, 'a member that was told is done with');
    await store.cancel(id);
    assert.equal(await settled(store, 'run'), NOTHING);
  });

  test('does not take a new task for a deleted one', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await store.select('run', [id]);
    await store.delete(id);
    await submitOne(store, textSpec('b'));
    assert.is(await store.claim('w', 1_000, { selection: 'run' }), null);
    assert.equal(await settled(store, 'run'), { ids: [id], states: [null], open: 0 });
  });

  test('misses no end though the last ended task is deleted', async (store) => {
    const ids = (await store.submit(['a', 'b', 'c', 'd'].map((key) => textSpec(key)))).map(({ id }) => id);
    const [a, b, c, d] = ids as [string, string, string, string];
    await store.select('run', [a, b, c]);
    await store.cancel(d);
    assert.equal(await settled(store, 'run'), { ids: [], states: [], open: 3 });
    await store.delete(d);
    await store.cancel(a);
    await store.cancel(b);
    assert.equal(await settled(store, 'run'), { ids: [a, b], states: ['cancelled', 'cancelled'], open: 1 });
  });

  test('works off a selection of thousands among thousands of others', async (store) => {
    const others = await store.submit(
      Array.from({ length: 3_000 }, (_, index) => textSpec(`o${index}`, { priority: 1 })),
    );
    const mine = await store.submit(Array.from({ length: 3_000 }, (_, index) => textSpec(`m${index}`)));
    for (const { id } of others.slice(0, 50)) await store.cancel(id);
    const ids = mine.map(({ id }) => id);
    for (let from = 0; from < ids.length; from += 1_000) await store.select('run', ids.slice(from, from + 1_000));
    const claimed = new Set<string>();
    const told = new Set<string>();
    const lane = async (): Promise<void> => {
      for (;;) {
        const next = await store.claim('w', 60_000, { selection: 'run' });
        if (next === null) return;
        claimed.add(next.task.id);
        await store.complete(next.lease, {}, 0);
        const { tasks } = await store.settled('run', 10);
        for (const { id } of tasks) {
          assert.not(told.has(id));
          told.add(id);
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    assert.equal(await settled(store, 'run'), NOTHING);
    assert.equal(claimed, new Set(ids));
    assert.equal(told, new Set(ids));
    assert.is(await store.count({ status: 'pending' }), 2_950);
  });
}
