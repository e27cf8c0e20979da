import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { TaskRecord } from '../../src/domain/task.js';
import type { TranslationAccount, TranslationCost } from '../../src/domain/translation-account.js';
import { runTask } from '../../src/pipeline/run-task.js';
import { storedAccount } from '../../src/pipeline/task-account.js';
import type { Stage } from '../../src/stages/stage.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import type { ClaimedTask } from '../../src/store/task-store.js';
import { enginesOf, runOptions, scripted, textSpec } from './support.js';

const cost = (requests: number, money: number | null = requests): TranslationCost => ({
  requests,
  input_tokens: 10 * requests,
  cached_input_tokens: requests,
  output_tokens: 5 * requests,
  cost: money,
  currency: 'EUR',
  guessed_requests: 0,
});

/** A stage that reports its models, is charged, and then fails or ends. */
const charged = (charge: () => void, error: Error | null): Stage => ({
  name: 'translate',
  needs: [],
  gives: 'translations',
  weight: () => 1,
  wanted: () => true,
  run: async ({ report }) => {
    await report({ models: { mt: 'a, b, c' } });
    charge();
    if (error !== null) throw error;
    return { translations: [] };
  },
});

async function attempt(store: MemoryStore, account: TranslationAccount, error: Error | null): Promise<TaskRecord> {
  const claimed = (await store.claim('test', 60_000)) as ClaimedTask;
  let now: TranslationAccount = { models: [], cost: null };
  const { ports } = scripted([]);
  const stage = charged(() => {
    now = account;
  }, error);
  return runTask(claimed, {
    ...runOptions(store, [stage], ports),
    retries: { maxRetries: 3, baseMs: 0, capMs: 0, maxCrashes: 2, maxLosses: 50, random: () => 0 },
    engines: { ...enginesOf(ports), account: () => now },
    signal: new AbortController().signal,
  });
}

test('costs of all attempts add up, and the models are those that translated', async () => {
  const store = new MemoryStore();
  const [submitted] = await store.submit([textSpec('Hello.')]);
  const id = submitted?.id as string;
  const failure = new VoiceLinguaError('PROVIDER_FAILED', 'no answer');
  const failed = await attempt(store, { models: ['b'], cost: cost(2) }, failure);
  assert.is(failed.status, 'pending');
  assert.equal(await storedAccount(store, id), { models: ['b'], cost: cost(2) });
  const ended = await attempt(store, { models: ['a', 'b'], cost: cost(3) }, null);
  assert.is(ended.status, 'completed');
  assert.equal(await storedAccount(store, id), { models: ['b', 'a'], cost: cost(5) });
  assert.is(ended.models.mt, 'b, a');
});

test('an unknown price makes the sum in money unknown, never wrong', async () => {
  const store = new MemoryStore();
  const [submitted] = await store.submit([textSpec('Hello.')]);
  const failure = new VoiceLinguaError('PROVIDER_FAILED', 'no answer');
  await attempt(store, { models: [], cost: cost(1, null) }, failure);
  await attempt(store, { models: ['a'], cost: cost(1) }, null);
  assert.equal((await storedAccount(store, submitted?.id as string))?.cost, cost(2, null));
});

test('where nothing is to be told nothing is kept, and the models stay as they were reported', async () => {
  const store = new MemoryStore();
  const [submitted] = await store.submit([textSpec('Hello.')]);
  const ended = await attempt(store, { models: [], cost: null }, null);
  assert.is(await storedAccount(store, submitted?.id as string), null);
  assert.is(ended.models.mt, 'a, b, c');
});

test.run();
