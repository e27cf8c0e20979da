import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskSpec } from '../../src/domain/task.js';
import type { Clock } from '../../src/store/clock.js';
import type { TaskStore } from '../../src/store/task-store.js';
import { claimConformance } from './conformance-claims.js';
import { glossaryConformance } from './conformance-glossaries.js';
import { lifecycleConformance } from './conformance-lifecycle.js';
import { memoryConformance } from './conformance-memory.js';
import { queryConformance } from './conformance-queries.js';
import { recoveryConformance } from './conformance-recovery.js';
import { selectionConformance } from './conformance-selections.js';
import { upkeepConformance } from './conformance-upkeep.js';
import { claimOne, completed, failure, ManualClock, rejects, submitOne, textSpec, withFolder } from './support.js';

export type OpenStore = (options: {
  readonly clock: Clock;
  readonly folder: string;
  readonly memoryLimit?: number;
}) => Promise<TaskStore>;

export type StoreTest = (store: TaskStore, clock: ManualClock) => Promise<void>;

export type DefineStoreTest = (title: string, body: StoreTest, options?: { readonly memoryLimit?: number }) => void;

/** What every {@link TaskStore} must do; run it for each implementation. */
export function conformance(name: string, open: OpenStore): void {
  const tests = suite(`${name} conformance`);

  const test: DefineStoreTest = (title, body, options = {}) => {
    tests(title, () =>
      withFolder(async (folder) => {
        const clock = new ManualClock();
        const store = await open({ clock: clock.read, folder, ...options });
        try {
          await body(store, clock);
        } finally {
          await store.close();
        }
      }),
    );
  };

  submissionTests(test);
  claimConformance(test);
  selectionConformance(test);
  lifecycleConformance(test);
  recoveryConformance(test);
  upkeepConformance(test);
  queryConformance(test);
  memoryConformance(test);
  glossaryConformance(test);
  tests.run();
}

type Define = (title: string, body: StoreTest) => void;

function submissionTests(test: Define): void {
  test('knows what a submit of the same work would find', async (store) => {
    const a = await submitOne(store, textSpec('a'));
    const b = await submitOne(store, textSpec('b'));
    await store.cancel(b);
    assert.equal(await store.known(['b', 'a', 'c']), [null, { id: a, created: false, status: 'pending' }, null]);
    assert.equal(await store.known([]), []);
  });

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
      coverage: null,
      audio: null,
      audioDuration: null,
      processingTime: 0,
      models: {},
      warnings: [],
      retries: 0,
      crashes: 0,
      losses: 0,
      notBefore: null,
      owner: null,
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

  test('tells the old from the new in a large batch, and stores none of one that is refused', async (store) => {
    const known = await submitOne(store, textSpec('t40'));
    const specs = Array.from({ length: 150 }, (_, index) => textSpec(`t${index}`));
    specs[90] = textSpec('t80');
    const submitted = await store.submit(specs);
    assert.equal(submitted[40], { id: known, created: false, status: 'pending' });
    assert.equal(submitted[90], { ...submitted[80], created: false });
    assert.is(submitted.filter(({ created }) => created).length, 148);
    assert.is(new Set(submitted.map(({ id }) => id)).size, 149);
    for (const index of [0, 31, 32, 79, 149]) {
      const task = await store.get(submitted[index]?.id as string);
      assert.equal([task?.textId, task?.text], [`t${index}`, `Text of t${index}.`]);
    }
    const more = Array.from({ length: 100 }, (_, index) => textSpec(`more${index}`, { id: `more-${index}` }));
    more[70] = textSpec('other', { id: known });
    const taken = await rejects(store.submit(more), 'INVALID_ARGUMENT', /choose another id/);
    assert.is(taken.details.taskId, known);
    assert.is(await store.count(), 149);
    assert.is(await store.count({ status: 'pending' }), 149);
  });

  test('gives a new task the id asked for, once', async (store) => {
    const spec = textSpec('a', { id: 'my-task', cost: 12.5 });
    assert.equal(await store.submit([spec, spec]), [
      { id: 'my-task', created: true, status: 'pending' },
      { id: 'my-task', created: false, status: 'pending' },
    ]);
    assert.equal(await store.submit([textSpec('a', { id: 'another' })]), [
      { id: 'my-task', created: false, status: 'pending' },
    ]);
    assert.is((await store.get('my-task'))?.cost, 12.5);
    const taken = await rejects(
      store.submit([textSpec('b'), textSpec('c', { id: 'my-task' })]),
      'INVALID_ARGUMENT',
      /"my-task".*choose another id/,
    );
    assert.is(taken.details.taskId, 'my-task');
    await rejects(store.submit([textSpec('b', { id: 'x' }), textSpec('c', { id: 'x' })]), 'INVALID_ARGUMENT', /"x"/);
    assert.is(await store.count(), 1, 'none of a refused call is stored');
    await store.cancel('my-task');
    await rejects(store.submit([spec]), 'INVALID_ARGUMENT');
    await store.delete('my-task');
    assert.is((await store.submit([spec]))[0]?.created, true);
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
      { id: '' },
      { id: lone },
      { cost: -1 },
      { cost: Number.NaN },
      { cost: Number.POSITIVE_INFINITY },
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
