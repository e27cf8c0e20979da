import * as assert from 'uvu/assert';
import type { TaskSpec } from '../../src/domain/task.js';
import type { TaskStore } from '../../src/store/task-store.js';
import type { StoreTest } from './conformance.js';
import { claimOne, completed, failure, type ManualClock, rejects, submitOne, textSpec } from './support.js';

type Define = (title: string, body: StoreTest) => void;

/** Ends tasks in an order that is not that of their submission, a second apart: c completed, f failed, x cancelled. */
async function endSome(store: TaskStore, clock: ManualClock): Promise<Record<string, string>> {
  const keys = ['x1', 'open', 'c1', 'f1', 'c2', 'busy'];
  const submitted = await store.submit(
    keys.map((key) => textSpec(key, key === 'c1' ? { type: 'audio', audioPath: '/a.wav' } : {})),
  );
  const ids = Object.fromEntries(keys.map((key, index) => [key, submitted[index]?.id as string]));
  await claimOne(store, [ids.busy as string], 1_000_000);
  for (const key of ['c2', 'x1', 'f1', 'c1']) {
    clock.advance(1_000);
    const id = ids[key] as string;
    if (key === 'x1') await store.cancel(id);
    else {
      const { lease } = await claimOne(store, [id]);
      if (key === 'f1') await store.fail(lease, failure('INPUT_EMPTY'), 1);
      else await store.complete(lease, {}, 1);
    }
  }
  return ids;
}

/** What every store offers to look back and to clear up. */
export function upkeepConformance(test: Define): void {
  test('lists by the end', async (store, clock) => {
    const ids = await endSome(store, clock);
    const list = async (filter: Parameters<TaskStore['list']>[0]) => {
      const found = await store.list({ order: 'ended', ...filter });
      return found.map((task) => task.textId);
    };
    assert.equal(await list({}), ['c1', 'f1', 'x1', 'c2']);
    assert.equal(await list({ limit: 2, offset: 1 }), ['f1', 'x1']);
    assert.equal(await list({ limit: 0 }), []);
    assert.equal(await list({ offset: 3 }), ['c2']);
    assert.equal(await list({ status: 'completed' }), ['c1', 'c2']);
    assert.equal(await list({ status: ['failed', 'pending', 'cancelled'] }), ['f1', 'x1']);
    assert.equal(await list({ status: 'pending' }), []);
    assert.equal(await list({ type: 'audio' }), ['c1']);
    assert.equal(await list({ type: 'text', status: 'completed' }), ['c2']);
    assert.equal(await list({ ids: [ids.c2 as string, ids.open as string, ids.f1 as string] }), ['f1', 'c2']);
    assert.equal(await list({ textId: 'x1' }), ['x1']);
    assert.equal(await list({ textId: 'busy' }), []);
    assert.is(await store.count({ order: 'ended' }), 4);
    assert.is(await store.count({ order: 'ended', status: ['failed', 'processing'] }), 1);
    await store.retry(ids.f1 as string);
    assert.equal(await list({}), ['c1', 'x1', 'c2']);
    await store.cancel(ids.f1 as string);
    assert.equal(await list({}), ['f1', 'c1', 'x1', 'c2'], 'the last end counts');
  });

  test('prunes what has ended, the longest ended first', async (store, clock) => {
    const ids = await endSome(store, clock);
    const prune = async (filter: Partial<Parameters<TaskStore['prune']>[0]>) => {
      const gone = await store.prune({ limit: 10, ...filter });
      return gone.map(({ id }) => Object.keys(ids).find((key) => ids[key] === id));
    };
    assert.equal(await prune({ limit: 0 }), []);
    assert.equal(await prune({ keep: 4 }), []);
    assert.equal(await prune({ keep: 1_000 }), []);
    assert.equal(await prune({ olderThanMs: 3_001 }), []);
    assert.equal(await prune({ status: ['pending', 'processing'] }), []);
    assert.equal(await prune({ dryRun: true, keep: 1, limit: 2 }), ['c2', 'x1']);
    assert.equal(await prune({ status: 'completed', keep: 1 }), ['c2']);
    assert.equal(await prune({ olderThanMs: 2_000 }), ['x1']);
    assert.equal(await prune({ keep: 1, limit: 1 }), ['f1']);
    assert.equal(await prune({ keep: 1, limit: 1 }), []);
    assert.equal(await prune({}), ['c1']);
    assert.equal(await prune({}), []);
    assert.is(await store.count(), 2, 'what is pending or in work stays');
    assert.is(await store.get(ids.c1 as string), null);
    await rejects(prune({ keep: -1 }), 'INVALID_ARGUMENT');
    await rejects(prune({ olderThanMs: Number.NaN }), 'INVALID_ARGUMENT');
    await rejects(prune({ limit: 0.5 }), 'INVALID_ARGUMENT');
  });

  test('keeps the newest of those that match when both are asked for', async (store, clock) => {
    const ids = await endSome(store, clock);
    const pruned = await store.prune({ keep: 1, olderThanMs: 1_000, limit: 9 });
    assert.equal(
      pruned.map(({ id }) => id),
      [ids.c2, ids.x1],
    );
    assert.equal(await store.prune({ keep: 1, olderThanMs: 1_000, limit: 9 }), []);
    assert.is(await store.count({ order: 'ended' }), 2);
  });

  test('brings the older content back when a newer task is pruned', async (store, clock) => {
    const key = { language: 'de', textId: 'a', source: 'TEXT' } as const;
    const slow = await submitOne(store, textSpec('slow', { textId: 'a' }));
    const { lease } = await claimOne(store, [slow], 1_000_000);
    await completed(store, textSpec('quick', { textId: 'a' }), [{ content: 'neu' }]);
    clock.advance(1_000);
    await store.fail(lease, failure('INPUT_EMPTY'), 0);
    assert.is((await store.prune({ limit: 1 })).length, 1);
    await rejects(store.content(key), 'TEXT_ID_NOT_FOUND');
    assert.equal(await store.translations({ contains: 'neu' }), []);
  });

  test('remembers the files that were written for a task', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    assert.equal(await store.outputs(id), []);
    await store.addOutputs(id, ['/out/z.json', '/out/a "b" $(c)\n.srt']);
    const before = await store.get(id);
    await store.addOutputs(id, ['/out/b.vtt', '/out/z.json']);
    assert.equal(await store.outputs(id), ['/out/z.json', '/out/a "b" $(c)\n.srt', '/out/b.vtt']);
    assert.equal(await store.get(id), before);
    await rejects(store.addOutputs(id, ['/out/c.json', 'relative.json']), 'INVALID_ARGUMENT', /absolute/);
    await rejects(store.addOutputs(id, ['/out/c.json', '']), 'INVALID_ARGUMENT');
    assert.is((await store.outputs(id)).length, 3);
    await rejects(store.addOutputs('no-such-task', []), 'TASK_NOT_FOUND');
    assert.equal(await store.outputs('no-such-task'), []);
    await store.delete(id);
    assert.equal(await store.outputs(id), []);
    const other = await submitOne(store, textSpec('b'));
    await store.cancel(other);
    await store.addOutputs(other, ['/out/b.json']);
    assert.equal(await store.prune({ limit: 1 }), [{ id: other, outputs: ['/out/b.json'] }]);
  });

  test('has numbers of an empty store', async (store) => {
    assert.equal(await store.stats(), {
      tasks: {
        total: 0,
        byStatus: { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 },
        byType: { audio: 0, text: 0 },
      },
      completed: { processingSeconds: 0, audioSeconds: 0, realTimeFactor: null, processing: null, turnaround: null },
      failures: [],
      retries: 0,
      crashes: 0,
      losses: 0,
      memory: { entries: 0, reused: 0, evicted: 0 },
    });
    await rejects(store.stats({ since: 'yesterday' }), 'INVALID_ARGUMENT', /ISO 8601/);
  });

  test('has numbers of its tasks, all or those since a time', async (store, clock) => {
    const audio = (key: string): TaskSpec => textSpec(key, { type: 'audio', audioPath: `/${key}.wav` });
    const since: string[] = [];
    // Two rounds, so that the second is what was created since its beginning.
    for (const round of [1, 2]) {
      since.push(new Date(clock.wall).toISOString());
      const specs = [audio('a'), audio('b'), textSpec('t'), textSpec('f'), textSpec('g'), textSpec('h'), textSpec('p')];
      const submitted = await store.submit(
        specs.map((spec) => ({ ...spec, idempotencyKey: `${spec.idempotencyKey}${round}` })),
      );
      const claim = (index: number) => claimOne(store, [submitted[index]?.id as string], 1_000_000);
      clock.advance(2_000);
      const a = await claim(0);
      await store.complete(a.lease, { audioDuration: 10 }, 0.1);
      const b = await claim(1);
      await store.fail(b.lease, failure('ENGINE_FAILED'), 0.2, { afterMs: 0, counts: 'retry' });
      clock.advance(2_000);
      await store.complete((await claim(1)).lease, { audioDuration: 30.5 }, 0.1 * round);
      await store.complete((await claim(2)).lease, {}, 7);
      for (const [index, code] of [
        [3, 'INPUT_EMPTY'],
        [4, 'OUT_OF_MEMORY'],
        [5, 'INPUT_EMPTY'],
      ] as const) {
        await store.fail((await claim(index)).lease, failure(code), 1);
      }
      const p = await claim(6);
      await store.fail(p.lease, failure('ENGINE_CRASHED'), 0, { afterMs: 0, counts: 'crash' });
      await claim(6);
      await store.rescue(['tester']);
    }
    const ofRound = (round: number) => ({
      tasks: {
        total: 7,
        byStatus: { pending: 1, processing: 0, completed: 3, failed: 3, cancelled: 0 },
        byType: { audio: 2, text: 5 },
      },
      completed: {
        processingSeconds: round === 1 ? 7.4 : 7.5,
        audioSeconds: 40.5,
        realTimeFactor: (round === 1 ? 0.4 : 0.5) / 40.5,
        processing: { p50: 0.2 + 0.1 * round, p95: 7, max: 7 },
        turnaround: { p50: 4, p95: 4, max: 4 },
      },
      failures: [
        { code: 'INPUT_EMPTY', tasks: 2 },
        { code: 'OUT_OF_MEMORY', tasks: 1 },
      ],
      retries: 1,
      crashes: 1,
      losses: 1,
      memory: { entries: 0, reused: 0, evicted: 0 },
    });
    assert.equal(await store.stats({ since: since[1] as string }), ofRound(2));
    const all = await store.stats();
    assert.equal(all, await store.stats({ since: since[0] as string }));
    assert.equal(all.tasks, {
      total: 14,
      byStatus: { pending: 2, processing: 0, completed: 6, failed: 6, cancelled: 0 },
      byType: { audio: 4, text: 10 },
    });
    assert.equal(all.completed, {
      processingSeconds: 14.9,
      audioSeconds: 81,
      realTimeFactor: 0.9 / 81,
      processing: { p50: 0.2 + 0.1, p95: 7, max: 7 },
      turnaround: { p50: 4, p95: 4, max: 4 },
    });
    assert.equal(all.failures, [
      { code: 'INPUT_EMPTY', tasks: 4 },
      { code: 'OUT_OF_MEMORY', tasks: 2 },
    ]);
    assert.equal([all.retries, all.crashes, all.losses], [2, 2, 2]);
    const later = new Date(clock.wall + 1).toISOString();
    assert.is((await store.stats({ since: later })).tasks.total, 0);
    const [gone] = await store.list({ status: 'completed', textId: 't', limit: 1 });
    await store.delete(gone?.id as string);
    assert.is((await store.stats()).completed.processingSeconds, 7.9);
    await store.retry((await store.list({ status: 'failed', limit: 1 }))[0]?.id as string);
    assert.is(
      (await store.stats()).failures.reduce((sum, { tasks }) => sum + tasks, 0),
      5,
    );
  });
}
