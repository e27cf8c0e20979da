import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { TaskRecord } from '../../src/domain/task.js';
import { DEFAULT_RETRIES } from '../../src/pipeline/verdict.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { randomOf, testSeed } from '../fixtures/random.js';
import { openScheduler, textSpec } from '../pipeline/support.js';
import { temporaryFolder } from './support.js';

const BASE_MS = 400;
const CAP_MS = 1_000;

test('R9: a stage that always fails is retried 3 times, ever later, also over a restart', async () => {
  const random = randomOf(testSeed('R9'));
  const path = join(temporaryFolder('r09'), 'store.sqlite');
  const starts: number[] = [];
  const planned: number[] = [];
  const flaky = {
    name: 'flaky',
    needs: [],
    gives: 'translations' as const,
    weight: () => 1,
    wanted: () => true,
    run: () => {
      starts.push(Date.now());
      return Promise.reject(new VoiceLinguaError('ENGINE_FAILED', 'flaky'));
    },
  };
  const retries = { ...DEFAULT_RETRIES, baseMs: BASE_MS, capMs: CAP_MS, random };
  let store = await openSqliteStore(path);
  const [{ id } = { id: '' }] = await store.submit([textSpec('x')]);
  let task: TaskRecord | null = null;
  for (let restarts = 0; restarts < 8 && task?.status !== 'failed'; restarts++) {
    // A process that ends after each attempt: the schedule is the store's.
    const stop = new AbortController();
    const before = starts.length;
    const scheduler = openScheduler(store, [flaky], {
      retries,
      observe: (event) => {
        if (event.type === 'retry') planned.push(event.delayMs);
        if (event.type === 'retry' && starts.length > before) stop.abort();
      },
    });
    await scheduler.drain({ ids: [id], onAbort: 'release', stop: stop.signal, graceMs: 1_000 });
    await store.close();
    store = await openSqliteStore(path);
    task = await store.get(id);
  }
  assert.is(task?.status, 'failed');
  assert.is(task?.retries, 3);
  assert.is(starts.length, 4);
  const attempts = await store.attempts(id);
  assert.equal(
    attempts.map(({ outcome }) => outcome),
    ['retry', 'retry', 'retry', 'failed'],
  );
  for (const [index, whole] of [BASE_MS, 2 * BASE_MS, CAP_MS].entries()) {
    const delay = planned[index] as number;
    assert.ok(delay >= whole / 2 && delay <= whole, `retry ${index + 1} after ${delay} of ${whole} ms`);
    // The clocks of record and schedule are read some milliseconds apart.
    const waited = (starts[index + 1] as number) - (starts[index] as number);
    assert.ok(waited >= delay - 5, `waited ${waited} of ${delay} ms`);
  }
  await store.close();
  console.log(`R9: retried after ${planned.join(', ')} ms, then failed`);
});

test('R9: what cannot pass is not retried', async () => {
  for (const code of [
    'INPUT_CORRUPT',
    'INPUT_NOT_FOUND',
    'INPUT_PERMISSION',
    'INPUT_UNSUPPORTED_FORMAT',
    'INVALID_ARGUMENT',
  ] as const) {
    const store = await openSqliteStore(':memory:');
    const [{ id } = { id: '' }] = await store.submit([textSpec(code)]);
    const failing = {
      name: 'failing',
      needs: [],
      gives: 'translations' as const,
      weight: () => 1,
      wanted: () => true,
      run: () => Promise.reject(new VoiceLinguaError(code, code)),
    };
    await openScheduler(store, [failing]).drain({ ids: [id], onAbort: 'release' });
    assert.equal([(await store.get(id))?.status, (await store.attempts(id)).length], ['failed', 1], code);
    await store.close();
  }
});

test.run();
