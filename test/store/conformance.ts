import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskSpec } from '../../src/domain/task.js';
import type { Clock } from '../../src/store/clock.js';
import type { TaskStore } from '../../src/store/task-store.js';
import { lifecycleConformance } from './conformance-lifecycle.js';
import { queryConformance } from './conformance-queries.js';
import {
  claimOne,
  completed,
  failure,
  ManualClock,
  rejects,
  submitOne,
  textSpec,
  withFolder,
  writes,
} from './support.js';

export type OpenStore = (options: { readonly clock: Clock; readonly folder: string }) => Promise<TaskStore>;

export type StoreTest = (store: TaskStore, clock: ManualClock) => Promise<void>;

/** What every {@link TaskStore} must do; run it for each implementation. */
export function conformance(name: string, open: OpenStore): void {
  const tests = suite(`${name} conformance`);

  const test = (title: string, body: StoreTest): void => {
    tests(title, () =>
      withFolder(async (folder) => {
        const clock = new ManualClock();
        const store = await open({ clock: clock.read, folder });
        try {
          await body(store, clock);
        } finally {
          await store.close();
        }
      }),
    );
  };

  submissionTests(test);
  claimTests(test);
  lifecycleConformance(test);
  queryConformance(test);
  tests.run();
}

type Define = (title: string, body: StoreTest) => void;

function submissionTests(test: Define): void {
  test('gives back a task as it was submitted', async (store, clock) => {
    const spec: TaskSpec = {
      type: 'audio',
      textId: 'talks/01',
      audioPath: '/records/01 "a" $(id).wav',
      referenceText: 'What was said.',
      languages: ['en', 'ja', 'zh-tw'],
      sourceLanguage: 'auto',
      sttModel: 'demo-stt',
      mtModel: 'demo-mt',
      priority: -3,
      options: { beamSize: 5, nested: { list: [1, 'two', null] } },
      idempotencyKey: 'key-1',
    };
    const id = await submitOne(store, spec);
    const now = new Date(clock.wall).toISOString();
    assert.equal(await store.get(id), {
      ...spec,
      id,
      status: 'pending',
      createdAt: now,
      updatedAt: now,
      startedAt: null,
      completedAt: null,
      attempts: 0,
      error: null,
      progress: 0,
      detectedLanguage: null,
      accuracy: null,
      audio: null,
      audioDuration: null,
      processingTime: 0,
      models: {},
      warnings: [],
    });
    assert.is(await store.get('no-such-task'), null);
    assert.equal(await store.submit([]), []);
  });

  test('does the same work once', async (store) => {
    const [first, again, other] = await store.submit([textSpec('a'), textSpec('a', { priority: 9 }), textSpec('b')]);
    assert.ok(first && again && other);
    assert.is(first.created, true);
    assert.equal(again, { id: first.id, created: false, status: 'pending' });
    assert.is.not(other.id, first.id);
    const { lease } = await claimOne(store, [first.id]);
    await store.complete(lease, {}, 0);
    assert.equal(await store.submit([textSpec('a')]), [{ id: first.id, created: false, status: 'completed' }]);
    assert.is(await store.count(), 2);
  });

  test('does failed or cancelled work anew when it is submitted again', async (store) => {
    const failed = await submitOne(store, textSpec('a'));
    const { lease } = await claimOne(store);
    await store.fail(lease, failure('INPUT_CORRUPT'), 0);
    const second = await submitOne(store, textSpec('a'));
    assert.is.not(second, failed);
    const conflict = await rejects(store.retry(failed), 'TASK_STATE', /submitted again/);
    assert.is(conflict.details.other, second);
    await store.cancel(second);
    assert.is((await store.retry(failed)).status, 'pending');
    await rejects(store.retry(second), 'TASK_STATE');
  });

  test('stores all tasks of a call or none', async (store) => {
    const refused = await rejects(
      store.submit([textSpec('a'), textSpec('b'), textSpec('', { idempotencyKey: 'c' })]),
      'INVALID_ARGUMENT',
      /Task 2 of 3: textId/,
    );
    assert.is(refused.details.index, 2);
    assert.is(await store.count(), 0);
  });

  test('gives every text back exactly', async (store) => {
    const long = 'Zeile mit Ümlauten, 漢字 und 😀.\n'.repeat(700_000);
    const texts = [
      '',
      '\0',
      'a\0b\0',
      '😀👩‍👩‍👧‍👦',
      '\u202eabc\u2066',
      '\ufeffx\ufffd\uffff',
      '<|endoftext|> __en__',
      long,
    ];
    for (const [index, text] of texts.entries()) {
      const id = await submitOne(store, textSpec(`k${index}`, { text, referenceText: text }));
      const task = await store.get(id);
      assert.ok(task?.text === text && task.referenceText === text, `text ${index} comes back`);
    }
    const textId = '長'.repeat(65_536);
    const id = await submitOne(store, textSpec('long-id', { textId }));
    assert.ok((await store.get(id))?.textId === textId);
    assert.is(await store.count({ textId }), 1);
    for (const odd of ["'; DROP TABLE tasks; --", '%', '_', '\0', ' ', '../x', '😀']) {
      await completed(store, textSpec(odd), [{}]);
      assert.is((await store.content({ language: 'de', textId: odd, source: 'TEXT' })).text_id, odd);
    }
  });

  test('refuses what it could not give back', async (store) => {
    const lone = 'a\ud800b';
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const bad: Array<Partial<TaskSpec>> = [
      { text: lone },
      { textId: lone },
      { referenceText: lone },
      { idempotencyKey: lone },
      { languages: [lone] },
      { textId: '' },
      { idempotencyKey: '' },
      { textId: 'x'.repeat(65_537) },
      { priority: 0.5 },
      { priority: Number.NaN },
      { type: 'audio' },
      { type: 'video' as 'audio' },
      { options: { big: 1n } },
      { options: circular },
      { options: null as unknown as Record<string, unknown> },
      { text: 5 as unknown as string },
      { languages: 'de' as unknown as string[] },
    ];
    for (const changes of bad) await rejects(store.submit([textSpec('a', changes)]), 'INVALID_ARGUMENT');
    assert.is(await store.count(), 0);
  });

  test('takes many submissions at once, each on its own', async (store) => {
    const calls = Array.from({ length: 300 }, (_, index) =>
      index % 10 === 9
        ? rejects(store.submit([textSpec(`ok${index}`), textSpec('')]), 'INVALID_ARGUMENT')
        : store.submit([textSpec(`t${index % 100}`), textSpec(`u${index}`)]),
    );
    await Promise.all(calls);
    assert.is(await store.count(), 90 + 270);
  });
}

function claimTests(test: Define): void {
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
    assert.is(await store.claim('x', 1_000, []), null);
    assert.is(await store.claim('x', 1_000, ['no-such-task']), null);
    assert.is((await claimOne(store, [b, 'no-such-task', c])).task.id, c);
    assert.is((await claimOne(store, [b, c])).task.id, b);
    assert.is(await store.claim('x', 1_000, [b, c]), null);
    assert.is((await claimOne(store)).task.id, a);
  });

  test('finds the ids asked for behind a long queue of others', async (store) => {
    await store.submit(Array.from({ length: 1_500 }, (_, index) => textSpec(`other${index}`, { priority: 1 })));
    const wanted = await store.submit([textSpec('x'), textSpec('y', { priority: 1 })]);
    const ids = wanted.map((task) => task.id);
    assert.is((await claimOne(store, ids)).task.textId, 'y');
    assert.is((await claimOne(store, ids)).task.textId, 'x');
    assert.is(await store.claim('a', 1_000, ids), null);
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
}
