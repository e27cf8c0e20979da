import * as assert from 'uvu/assert';
import type { StoreTest } from './conformance.js';
import { claimOne, content, failure, rejects, submitOne, textSpec, writes } from './support.js';

type Define = (title: string, body: StoreTest) => void;

/** What every store keeps of a running task, and how a task ends. */
export function lifecycleConformance(test: Define): void {
  test('keeps checkpoints by stage and piece', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    const result = { list: [1, 'zwei', null], nested: { '': '\ud800\0' } };
    await store.checkpoint(lease, [
      { stage: 's2', piece: '1', fingerprint: 'f1', result },
      { stage: 's1', piece: '1', fingerprint: 'f1', result: null },
      { stage: 's2', piece: '2', fingerprint: 'f1', result: 'x' },
    ]);
    await store.checkpoint(lease, [{ stage: 's2', piece: '1', fingerprint: 'f2', result: 7 }]);
    assert.equal(await store.checkpoints(id), [
      { stage: 's2', piece: '1', fingerprint: 'f2', result: 7 },
      { stage: 's1', piece: '1', fingerprint: 'f1', result: null },
      { stage: 's2', piece: '2', fingerprint: 'f1', result: 'x' },
    ]);
    assert.equal(await store.checkpoints(id, 's1'), [{ stage: 's1', piece: '1', fingerprint: 'f1', result: null }]);
    await store.checkpoint(lease, [{ stage: 's2', piece: '1', fingerprint: 'f3', result }]);
    assert.equal((await store.checkpoints(id, 's2'))[0]?.result, result);
    await rejects(
      store.checkpoint(lease, [
        { stage: 's3', piece: '1', fingerprint: 'f', result: 1 },
        { stage: 's3', piece: '2', fingerprint: 'f', result: undefined },
      ]),
      'INVALID_ARGUMENT',
    );
    assert.equal(await store.checkpoints(id, 's3'), []);
    assert.equal(
      (await store.checkpoints(id, 's1', '1')).map(({ stage, piece }) => [stage, piece]),
      [['s1', '1']],
    );
    assert.equal(await store.checkpoints(id, 's1', 'no such piece'), []);
    assert.equal(await store.checkpoints('no-such-task'), []);
  });

  test('keeps segments by window', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    const segment = (number: number, text: string) => ({
      id: number,
      start: number,
      end: number + 0.1,
      text,
      confidence: 0.3,
      avg_logprob: -0.7,
      no_speech_prob: 0.01,
      tokens: [1, 2, 3],
      words: [{ word: ' 早', start: number, end: number + 0.1, probability: 0.5 }],
    });
    const save = (index: number, segments: ReturnType<typeof segment>[]) =>
      store.saveWindow(
        lease,
        { stage: 'recognize', piece: String(index), fingerprint: 'f', result: { segments: segments.length } },
        { window: { index, start: index * 30, end: index * 30 + 30 }, segments },
      );
    await save(2, [segment(3, 'three')]);
    await save(0, [segment(0, 'old')]);
    await save(10, []);
    await save(1, [segment(1, 'one'), segment(2, 'two')]);
    await save(0, [segment(0, 'zero')]);
    assert.equal(
      await store.segments(id),
      ['zero', 'one', 'two', 'three'].map((text, number) => segment(number, text)),
    );
    assert.is((await store.checkpoints(id, 'recognize')).length, 4);
    assert.equal(await store.segments('no-such-task'), []);
  });

  test('adds facts as they become known and completes with the last', async (store, clock) => {
    await submitOne(store, textSpec('a'));
    clock.advance(10);
    const { task, lease } = await claimOne(store);
    assert.is(task.startedAt, new Date(clock.wall).toISOString());
    const audio = { format: 'wave', codec: 'pcm_s16le', sample_rate: 44_100, channels: 2, duration: null };
    await store.saveFacts(lease, { audio, models: { stt: 'demo-stt' }, warnings: ['w1'], progress: 0.25 });
    await store.saveFacts(lease, { detectedLanguage: 'ja', models: { mt: 'demo-mt' }, warnings: ['w1', 'w2'] });
    await rejects(store.saveFacts(lease, { progress: 1.5 }), 'INVALID_ARGUMENT');
    clock.advance(10);
    const accuracy = { accuracy: 0.95, wer: 0.1, cer: 0.05 };
    const done = await store.complete(lease, { accuracy, audioDuration: 12.5 }, 3.5);
    assert.equal(done, {
      ...task,
      status: 'completed',
      updatedAt: new Date(clock.wall).toISOString(),
      completedAt: new Date(clock.wall).toISOString(),
      progress: 1,
      detectedLanguage: 'ja',
      accuracy,
      audio,
      audioDuration: 12.5,
      processingTime: 3.5,
      models: { stt: 'demo-stt', mt: 'demo-mt' },
      warnings: ['w1', 'w2'],
      owner: null,
    });
    assert.equal(await store.get(task.id), done);
  });

  test('tries a failed task again when its time has come', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    const first = await claimOne(store);
    const waiting = await store.fail(first.lease, failure('ENGINE_FAILED'), 1.5, { afterMs: 60_000, counts: 'retry' });
    assert.is(waiting.status, 'pending');
    assert.equal(waiting.error, failure('ENGINE_FAILED'));
    assert.is(await store.claim('b', 1_000), null);
    clock.advance(59_999);
    assert.is(await store.claim('b', 1_000, { ids: [id] }), null);
    clock.advance(1);
    const second = await claimOne(store, [id]);
    assert.is(second.task.attempts, 2);
    const failed = await store.fail(second.lease, failure('INPUT_CORRUPT'), 2);
    assert.is(failed.status, 'failed');
    assert.is(failed.processingTime, 3.5);
    assert.is(failed.error?.code, 'INPUT_CORRUPT');
    clock.advance(1_000_000);
    assert.is(await store.claim('b', 1_000), null);
    await rejects(store.heartbeat(second.lease, 1_000), 'LEASE_LOST');
  });

  test('lets a task write its own contents only', async (store) => {
    await store.submit([textSpec('a'), textSpec('b')]);
    const a = await claimOne(store);
    const b = await claimOne(store);
    await rejects(store.saveTranslations(a.lease, [], [content(b.task)]), 'INVALID_ARGUMENT');
    await rejects(store.saveTranslations(a.lease, [], [content(a.task, { textId: 'b' })]), 'INVALID_ARGUMENT');
    await rejects(store.saveTranslations(a.lease, [], [content(a.task, { content: '\udc00' })]), 'INVALID_ARGUMENT');
    const checkpoint = { stage: 's', piece: 'p', fingerprint: 'f', result: 1 };
    await rejects(
      store.saveTranslations(a.lease, [checkpoint], [content(a.task), content(a.task, { confidence: 2 })]),
      'INVALID_ARGUMENT',
    );
    assert.equal(await store.translations({ taskId: a.task.id }), []);
    assert.equal(await store.checkpoints(a.task.id), []);
  });

  test('cancels what is pending or running and leaves what has ended', async (store, clock) => {
    const [pending, running, done] = (await store.submit([textSpec('p'), textSpec('r'), textSpec('d')])).map(
      (task) => task.id,
    ) as [string, string, string];
    const ended = await claimOne(store, [done]);
    await store.complete(ended.lease, {}, 0);
    const { lease } = await claimOne(store, [running]);
    clock.advance(5);
    for (const id of [pending, running]) {
      const task = await store.cancel(id);
      assert.is(task.status, 'cancelled');
      assert.is(task.updatedAt, new Date(clock.wall).toISOString());
    }
    assert.is((await store.cancel(done)).status, 'completed');
    for (const write of Object.values(writes(store, lease, 'r'))) await rejects(write(), 'CANCELLED');
    assert.is(await store.claim('b', 1_000), null);
    await rejects(store.cancel('no-such-task'), 'TASK_NOT_FOUND', /no-such-task/);
    await store.retry(running);
    await rejects(store.heartbeat(lease, 1_000), 'LEASE_LOST');
    assert.is((await claimOne(store)).lease.fencing, lease.fencing + 1);
  });

  test('cancels a task that waits for its retry', async (store, clock) => {
    const id = await submitOne(store, textSpec('a'));
    await store.fail((await claimOne(store)).lease, failure('ENGINE_FAILED'), 0, { afterMs: 1_000, counts: 'retry' });
    await store.cancel(id);
    clock.advance(2_000);
    assert.is(await store.claim('b', 1_000), null);
    await store.retry(id);
    assert.is((await claimOne(store)).task.id, id);
  });

  test('retries what failed from its checkpoints', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await rejects(store.retry(id), 'TASK_STATE', /pending/);
    const { lease } = await claimOne(store);
    await rejects(store.retry(id), 'TASK_STATE', /processing/);
    await store.checkpoint(lease, [{ stage: 's', piece: 'p', fingerprint: 'f', result: 1 }]);
    await store.fail(lease, failure('OUT_OF_MEMORY'), 2);
    const again = await store.retry(id);
    assert.is(again.status, 'pending');
    assert.is(again.attempts, 0);
    assert.is(again.error, null);
    assert.is(again.processingTime, 2);
    assert.is((await store.checkpoints(id)).length, 1);
    const next = await claimOne(store);
    await store.complete(next.lease, {}, 1);
    await rejects(store.retry(id), 'TASK_STATE', /completed/);
    await rejects(store.retry('no-such-task'), 'TASK_NOT_FOUND');
  });

  test('deletes a task with all that belongs to it', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    const { task, lease } = await claimOne(store);
    const checkpoint = { stage: 's', piece: 'p', fingerprint: 'f', result: 1 };
    await store.saveWindow(lease, checkpoint, { window: { index: 0, start: 0, end: 1 }, segments: [] });
    await store.saveTranslations(lease, [], [content(task)]);
    assert.is(await store.delete(id), true);
    assert.is(await store.delete(id), false);
    assert.is(await store.get(id), null);
    assert.is(await store.count(), 0);
    assert.equal(await store.checkpoints(id), []);
    assert.equal(await store.segments(id), []);
    assert.equal(await store.translations({ taskId: id }), []);
    for (const write of Object.values(writes(store, lease, 'a'))) await rejects(write(), 'LEASE_LOST', /deleted/);
    assert.is.not(await submitOne(store, textSpec('a')), id);
  });

  test('ends with close', async (store) => {
    const submitted = store.submit([textSpec('a')]);
    const closing = store.close();
    assert.is((await submitted).length, 1);
    await closing;
    await store.close();
    await rejects(store.get('x'), 'CLOSED');
    await rejects(store.submit([textSpec('b')]), 'CLOSED');
  });

  test('gives out copies', async (store) => {
    const options = { list: [1] };
    const id = await submitOne(store, textSpec('a', { options }));
    options.list.push(2);
    const task = await store.get(id);
    assert.ok(task);
    (task.options.list as number[]).push(3);
    assert.equal((await store.get(id))?.options, { list: [1] });
  });
}
