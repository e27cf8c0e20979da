import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planStages } from '../../src/pipeline/plan.js';
import { ShutDown } from '../../src/pipeline/run-task.js';
import type { Stage } from '../../src/stages/stage.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { audioSpec, openScheduler, STAGES, textSpec } from './support.js';

function open(concurrency: number, stages: readonly Stage[] = STAGES) {
  const store = new MemoryStore();
  return { store, scheduler: openScheduler(store, stages, { room: { any: concurrency } }) };
}

/** A stage that counts how many of it run at once. */
function counting(): { stage: Stage; most: () => number } {
  let now = 0;
  let most = 0;
  const stage: Stage = {
    name: 'count',
    needs: [],
    gives: 'translations',
    weight: () => 1,
    wanted: () => true,
    run: async () => {
      now++;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      return {};
    },
  };
  return { stage, most: () => most };
}

test('stages are ordered by what they need', () => {
  const order = (spec: Parameters<typeof planStages>[1]): string[] =>
    planStages([...STAGES].reverse(), spec).map(({ name }) => name);
  const task = (spec: object): Parameters<typeof planStages>[1] => spec as Parameters<typeof planStages>[1];
  assert.equal(order(task(audioSpec({ referenceText: 'x' }))), ['transcribe', 'translate', 'assess']);
  assert.equal(order(task(textSpec('x'))), ['translate']);
});

test('all tasks end, no more at once than allowed, over two callers together', async () => {
  const { stage, most } = counting();
  const { store, scheduler } = open(3, [stage]);
  const specs = Array.from({ length: 40 }, (_, index) => textSpec(`text ${index}`));
  const ids = (await store.submit(specs)).map(({ id }) => id);
  const ended: string[] = [];
  const onEnd = (id: string): void => void ended.push(id);
  await Promise.all([
    scheduler.drain({ ids: ids.slice(0, 20), onAbort: 'cancel', onEnd }),
    scheduler.drain({ ids: ids.slice(20), onAbort: 'cancel', onEnd }),
  ]);
  assert.equal(ended.sort(), [...ids].sort());
  assert.is(await store.count({ status: 'completed' }), 40);
  assert.is(most(), 3);
});

test('a batch goes on when one task fails', async () => {
  const { store, scheduler } = open(2);
  const ids = (await store.submit([textSpec('Yes.'), textSpec('No.', { languages: ['sw'] }), audioSpec()])).map(
    ({ id }) => id,
  );
  await scheduler.drain({ ids, onAbort: 'cancel' });
  assert.equal(
    (await Promise.all(ids.map((id) => store.get(id)))).map((task) => task?.status),
    ['completed', 'failed', 'completed'],
  );
});

test('an abort hands tasks back or cancels them, as asked', async () => {
  for (const [onAbort, status] of [
    ['release', 'pending'],
    ['cancel', 'cancelled'],
  ] as const) {
    const abort = new AbortController();
    const waiting: Stage = {
      name: 'wait',
      needs: [],
      gives: 'translations',
      weight: () => 1,
      wanted: () => true,
      run: ({ signal }) => {
        setImmediate(() => abort.abort(new Error('stop')));
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const { store, scheduler } = open(1, [waiting]);
    const [submitted] = await store.submit([textSpec('x')]);
    const id = submitted?.id as string;
    await scheduler.drain({ ids: [id], onAbort, signal: abort.signal });
    const task = await store.get(id);
    assert.is(task?.status, status);
    if (onAbort === 'release') assert.is(task?.attempts, 0);
  }
});

test('shutting down hands back what is in work and stops claiming', async () => {
  let inWork: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    inWork = resolve;
  });
  const waiting: Stage = {
    name: 'wait',
    needs: [],
    gives: 'translations',
    weight: () => 1,
    wanted: () => true,
    run: ({ signal }) => {
      inWork();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  };
  const { store, scheduler } = open(1, [waiting]);
  const ids = (await store.submit([textSpec('a'), textSpec('b')])).map(({ id }) => id);
  const drained = scheduler.drain({ ids, onAbort: 'cancel' });
  await started;
  await scheduler.shutDown();
  await drained;
  assert.is(await store.count({ status: 'pending' }), 2);
  assert.instance(new ShutDown(), Error);
});

test('a task that another owner has in work is waited for', async () => {
  const { store, scheduler } = open(1);
  const [submitted] = await store.submit([textSpec('Yes.')]);
  const id = submitted?.id as string;
  const elsewhere = await store.claim('another', 60_000);
  setTimeout(
    () => void store.complete((elsewhere as { lease: Parameters<typeof store.complete>[0] }).lease, {}, 1),
    50,
  );
  const ended: string[] = [];
  await scheduler.drain({
    ids: [id],
    onAbort: 'cancel',
    onEnd: (_id, task) => void ended.push(task?.status ?? 'deleted'),
  });
  assert.equal(ended, ['completed']);
});

test('many callers at once are no leak of listeners to Node, which would print a warning', async () => {
  const { store, scheduler } = open(2);
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => {
    warnings.push(name);
  };
  process.on('warning', onWarning);
  try {
    const submitted = await store.submit(Array.from({ length: 12 }, (_, index) => textSpec(`many ${index}`)));
    await Promise.all(submitted.map(({ id }) => scheduler.drain({ ids: [id], onAbort: 'release' })));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', onWarning);
  }
  assert.equal(warnings, []);
});

test.run();
