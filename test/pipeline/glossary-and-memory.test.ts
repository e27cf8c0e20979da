import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Glossary, GlossaryTerm } from '../../src/domain/glossary/glossary.js';
import { TermWriter } from '../../src/domain/glossary/stored-terms.js';
import type { TaskRecord, TaskSpec } from '../../src/domain/task.js';
import { runTask } from '../../src/pipeline/run-task.js';
import { StoredGlossaries } from '../../src/pipeline/stored-glossaries.js';
import type { Stage, StageContext } from '../../src/stages/stage.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import type { ClaimedTask, TaskStore } from '../../src/store/task-store.js';
import { runOptions, scripted, textSpec } from './support.js';

const TERMS: readonly GlossaryTerm[] = [
  { texts: { en: 'server', de: 'Server', ja: 'サーバー' } },
  { texts: { '*': 'SAP' }, doNotTranslate: true, caseSensitive: true },
];

function stored(terms: readonly GlossaryTerm[]) {
  const writer = new TermWriter();
  for (const term of terms) writer.add(term);
  return writer.end();
}

/** A stage that does with its context what a test wants. */
function stageOf(run: (context: StageContext) => Promise<void>): Stage {
  return {
    name: 'look',
    needs: [],
    gives: 'translations',
    weight: () => 1,
    wanted: () => true,
    run: async (context) => {
      await run(context);
      return { translations: [] };
    },
  };
}

async function work(
  store: TaskStore,
  spec: TaskSpec,
  run: (context: StageContext) => Promise<void>,
): Promise<TaskRecord> {
  await store.submit([spec]);
  const claimed = (await store.claim('test', 60_000)) as ClaimedTask;
  const options = runOptions(store, [stageOf(run)], scripted([]).ports);
  return await runTask(claimed, { ...options, signal: new AbortController().signal });
}

const translating = (text: string, translate: Record<string, unknown>): TaskSpec =>
  textSpec(text, { options: { translate } });

test('a stage is given the glossary that its task names, as it was stored', async () => {
  const store = new MemoryStore();
  const { fingerprint, terms } = stored(TERMS);
  await store.keepGlossary(fingerprint, terms);
  let seen: Glossary | null = null;
  const task = await work(store, translating('a', { glossary: fingerprint }), async ({ glossary }) => {
    seen = await glossary();
    assert.is(await glossary(), seen, 'it is made once');
  });
  assert.is(task.status, 'completed', task.error?.message);
  const given = seen as Glossary | null;
  assert.equal(given?.terms, TERMS);
  assert.is(given?.fingerprint, fingerprint);
  const found = given?.between('en', 'de').find('The servers run SAP.');
  assert.equal(
    found?.map(({ text, target }) => [text, target]),
    [
      ['servers', 'Server'],
      ['SAP', 'SAP'],
    ],
  );
});

test('a task without a glossary has none', async () => {
  const task = await work(new MemoryStore(), textSpec('a'), async ({ glossary }) => {
    assert.is(await glossary(), null);
  });
  assert.is(task.status, 'completed', task.error?.message);
});

test('a task whose glossary is gone fails, and says what to do', async () => {
  const store = new MemoryStore();
  await store.keepGlossary('f1', '');
  const gone = Object.assign(store, { glossary: async () => null });
  const task = await work(gone, translating('a', { glossary: 'f1' }), async ({ glossary }) => {
    await glossary();
  });
  assert.is(task.status, 'failed');
  assert.is(task.error?.code, 'GLOSSARY_NOT_FOUND');
  assert.match(task.error?.message ?? '', /Submit the same work again/);
});

test('tasks of one glossary share it; what failed to be read is read again', async () => {
  const { fingerprint, terms } = stored(TERMS);
  let reads = 0;
  const answers = [new Error('busy'), terms, terms, terms, terms];
  const glossaries = new StoredGlossaries({
    glossary: async () => {
      const answer = answers[reads] as string | Error;
      reads += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  await glossaries.get(fingerprint).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'busy'),
  );
  const [one, two] = await Promise.all([glossaries.get(fingerprint), glossaries.get(fingerprint)]);
  assert.is(one, two);
  assert.is(reads, 2);
  await glossaries.get('second');
  assert.is(await glossaries.get(fingerprint), one);
  await glossaries.get('third');
  assert.is(await glossaries.get(fingerprint), one, 'the one used last stays');
  assert.is(reads, 4);
  await glossaries.get('second');
  assert.is(reads, 5);
});

test('a stage recalls and remembers in the store of its task', async () => {
  const store = new MemoryStore();
  const key = { text: 'Hello.', source: 'en', target: 'de', model: 'm', options: 'o' };
  const other = { ...key, text: 'Bye.' };
  await store.rememberTranslations([{ ...key, translation: 'Hallo.', confidence: 0.5 }]);
  const task = await work(store, textSpec('a'), async ({ memory }) => {
    assert.equal(await memory?.recall([other, key]), [
      null,
      { translation: 'Hallo.', confidence: 0.5, imported: false },
    ]);
    assert.is(await memory?.remember([{ ...other, translation: 'Tschüss.', confidence: 1 }]), undefined);
  });
  assert.is(task.status, 'completed', task.error?.message);
  assert.is((await store.recallTranslations([other]))[0]?.translation, 'Tschüss.');
});

test('a task that does without the memory has none; otherwise it has', async () => {
  const store = new MemoryStore();
  const seen: boolean[] = [];
  const look = async ({ memory }: StageContext): Promise<void> => {
    seen.push(memory !== null);
  };
  await work(store, translating('a', { memory: false }), look);
  await work(store, translating('b', { memory: true }), look);
  await work(store, translating('c', {}), look);
  await work(store, textSpec('d'), look);
  assert.equal(seen, [false, true, true, true]);
});

test.run();
