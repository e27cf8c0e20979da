import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IMPORTED_MODEL, type MemoryEntry, type NewMemoryEntry } from '../../src/domain/translation-memory.js';
import { TmxReader } from '../../src/formats/tmx/read.js';
import { tmxDocument } from '../../src/formats/tmx/write.js';
import { exportMemory, importMemory, type MemoryReader } from '../../src/store/memory-exchange.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { TaskStore } from '../../src/store/task-store.js';
import { rejects, withFolder } from './support.js';

function entryOf(index: number): NewMemoryEntry {
  return {
    text: `Sentence ${index} <&> \0.`,
    source: 'en',
    target: index % 2 === 0 ? 'de' : 'zh-tw',
    model: index % 5 === 0 ? IMPORTED_MODEL : 'demo-mt',
    options: index % 5 === 0 ? '' : 'beam',
    translation: `Satz ${index}. `,
    confidence: index % 5 === 0 ? 1 : 0.5,
  };
}

const ALL = Array.from({ length: 1_203 }, (_, index) => entryOf(index));

async function documentOf(store: TaskStore, filter: Parameters<typeof exportMemory>[2] = {}) {
  let document = '';
  const { entries } = await exportMemory(
    store,
    async (pages) => {
      for await (const piece of tmxDocument(pages, { toolVersion: '1' })) document += piece;
    },
    filter,
  );
  return { document, entries };
}

function readerOf(document: string, options: { readonly restore?: boolean } = {}): TmxReader {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(document);
  }
  return new TmxReader(bytes(), { name: 'memory.tmx', ...options });
}

async function contents(store: TaskStore): Promise<NewMemoryEntry[]> {
  const { entries } = await store.memoryEntries({ limit: 10_000 });
  return entries.map(({ createdAt: _, lastUsedAt: __, uses: ___, ...entry }: MemoryEntry) => entry);
}

test('what one store exports another takes back as it was', () =>
  withFolder(async (folder) => {
    const from = new MemoryStore();
    const to = await openSqliteStore(path.join(folder, 'store.sqlite'));
    await from.rememberTranslations(ALL);
    const { document, entries } = await documentOf(from);
    assert.is(entries, 1_203);
    assert.equal(await importMemory(to, readerOf(document, { restore: true })), {
      units: 1_203,
      added: 1_203,
      replaced: 0,
      evicted: 0,
      skipped: { incomplete: 0, language: 0, sameLanguage: 0, tooLong: 0, unwanted: 0 },
    });
    assert.equal(await contents(to), ALL);
    assert.is((await documentOf(to)).document.replaceAll(/date="\w+"/g, ''), document.replaceAll(/date="\w+"/g, ''));
    const again = await importMemory(to, readerOf(document, { restore: true }));
    assert.equal([again.added, again.replaced], [0, 1_203]);
    await to.close();
  }));

test('exports a part, and imports it before what models made', async () => {
  const store = new MemoryStore();
  await store.rememberTranslations(ALL);
  const { document, entries } = await documentOf(store, { target: 'de', model: 'demo-mt' });
  assert.is(entries, ALL.filter(({ target, model }) => target === 'de' && model === 'demo-mt').length);
  const edited = document.replaceAll('Satz ', 'Geprüfter Satz ');
  const result = await importMemory(store, readerOf(edited));
  assert.equal([result.units, result.added, result.replaced], [entries, entries, 0]);
  const { text, source, target } = entryOf(2);
  assert.equal(await store.recallTranslations([{ text, source, target, model: 'any', options: 'any' }]), [
    { translation: 'Geprüfter Satz 2.', confidence: 1, imported: true },
  ]);
});

test('tells how many had to go for an import that is too large', async () => {
  const store = new MemoryStore({ memoryLimit: 100 });
  await store.rememberTranslations(ALL.slice(0, 90));
  const other = new MemoryStore();
  await other.rememberTranslations(ALL.slice(500, 600));
  const { added, evicted } = await importMemory(store, readerOf((await documentOf(other)).document));
  assert.equal([added, evicted], [100, 90]);
});

test('keeps what came before a failure or an abort', async () => {
  const store = new MemoryStore();
  const other = new MemoryStore();
  await other.rememberTranslations(ALL);
  const { document } = await documentOf(other);
  await rejects(importMemory(store, readerOf(document.slice(0, -30))), 'INPUT_CORRUPT', /unclosed/);
  assert.is((await store.stats()).memory.entries, 1_000, 'whole batches are stored');
  const controller = new AbortController();
  const reason = new Error('enough');
  async function* endless(): AsyncGenerator<readonly NewMemoryEntry[]> {
    for (let index = 5_000; ; index += 1) {
      yield [entryOf(index)];
      if (index === 5_002) controller.abort(reason);
    }
  }
  const reader: MemoryReader = {
    [Symbol.asyncIterator]: () => endless(),
    counts: { units: 0, skipped: {} },
  };
  const { signal } = controller;
  const thrown = await importMemory(store, reader, { signal }).then(
    () => null,
    (error) => error,
  );
  assert.is(thrown, reason);
  assert.is((await store.stats()).memory.entries, 1_003);
  const exported = await exportMemory(
    store,
    async (pages) => void (await pages[Symbol.asyncIterator]().next()),
    {},
    {
      signal,
    },
  ).then(
    () => null,
    (error) => error,
  );
  assert.is(exported, reason);
});

test('an empty memory is a document without units', async () => {
  const store = new MemoryStore();
  const { document, entries } = await documentOf(store);
  assert.is(entries, 0);
  assert.is((await importMemory(store, readerOf(document))).units, 0);
});

test.run();
