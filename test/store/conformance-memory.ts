import * as assert from 'uvu/assert';
import { IMPORTED_MODEL, type MemoryKey, type NewMemoryEntry } from '../../src/domain/translation-memory.js';
import type { TaskStore } from '../../src/store/task-store.js';
import type { DefineStoreTest } from './conformance.js';
import { rejects, submitOne, textSpec } from './support.js';

const KEY: MemoryKey = { text: 'Good morning.', source: 'en', target: 'de', model: 'model-a', options: 'beam 4' };

function entry(changes: Partial<NewMemoryEntry> = {}): NewMemoryEntry {
  return { ...KEY, translation: 'Guten Morgen.', confidence: 0.75, ...changes };
}

const imported = (changes: Partial<NewMemoryEntry> = {}): NewMemoryEntry =>
  entry({ model: IMPORTED_MODEL, options: '', confidence: 1, ...changes });

/** What the memory holds, without counting as a use. */
async function texts(store: TaskStore): Promise<string[]> {
  return (await store.memoryEntries({ limit: 1_000 })).entries.map(({ text }) => text);
}

/** What every store does with translations of sentences. */
export function memoryConformance(test: DefineStoreTest): void {
  test('gives back what was remembered, for that key alone', async (store) => {
    assert.equal(await store.recallTranslations([KEY]), [null]);
    assert.equal(await store.recallTranslations([]), []);
    assert.equal(await store.rememberTranslations([]), { added: 0, replaced: 0, evicted: 0 });
    assert.equal(await store.rememberTranslations([entry()]), { added: 1, replaced: 0, evicted: 0 });
    const others: MemoryKey[] = [
      { ...KEY, text: 'Good morning' },
      { ...KEY, source: 'fr' },
      { ...KEY, target: 'fr' },
      { ...KEY, model: 'model-b' },
      { ...KEY, options: '' },
    ];
    const found = { translation: 'Guten Morgen.', confidence: 0.75, imported: false };
    assert.equal(await store.recallTranslations([...others, KEY]), [null, null, null, null, null, found]);
  });

  test('keeps one translation of a key, the newest, and the day of the first', async (store, clock) => {
    const first = new Date(clock.wall).toISOString();
    await store.rememberTranslations([entry()]);
    await store.recallTranslations([KEY]);
    clock.advance(5_000);
    const last = new Date(clock.wall).toISOString();
    const newer = entry({ translation: 'Moin.', confidence: 0.25 });
    assert.equal(await store.rememberTranslations([newer]), { added: 0, replaced: 1, evicted: 0 });
    assert.equal(await store.memoryEntries({ limit: 9 }), {
      entries: [{ ...newer, createdAt: first, lastUsedAt: last, uses: 1 }],
      next: null,
    });
    const twice = [entry({ text: 'a', translation: '1' }), entry({ text: 'a', translation: '2' })];
    assert.equal(await store.rememberTranslations(twice), { added: 1, replaced: 1, evicted: 0 });
    assert.is((await store.recallTranslations([{ ...KEY, text: 'a' }]))[0]?.translation, '2');
  });

  test('an import comes before what any model made', async (store) => {
    await store.rememberTranslations([
      imported({ translation: 'Schönen guten Morgen.' }),
      entry(),
      entry({ target: 'fr', translation: 'Bonjour.' }),
    ]);
    const found = { translation: 'Schönen guten Morgen.', confidence: 1, imported: true };
    const keys = [KEY, { ...KEY, model: 'model-b', options: 'other' }, { ...KEY, target: 'fr' }];
    assert.equal(await store.recallTranslations(keys), [
      found,
      found,
      { translation: 'Bonjour.', confidence: 0.75, imported: false },
    ]);
    const again = imported({ options: 'none of them counts', translation: 'Morgen!' });
    assert.equal(await store.rememberTranslations([again]), { added: 0, replaced: 1, evicted: 0 });
    assert.is((await store.recallTranslations([KEY]))[0]?.translation, 'Morgen!');
    assert.is(await store.pruneMemory({ model: IMPORTED_MODEL, limit: 9 }), 1);
    assert.is((await store.recallTranslations([KEY]))[0]?.translation, 'Guten Morgen.');
  });

  test('gives every text of the memory back exactly', async (store) => {
    const odd = [
      '',
      '\0',
      'a\0b',
      ' a ',
      '😀👩‍👩‍👧‍👦',
      '\u202eabc',
      '\ufeffx\uffff',
      'e\u0301',
      'é',
      'x'.repeat(16_384),
    ];
    await store.rememberTranslations(odd.map((text) => entry({ text, translation: text, options: text })));
    const found = await store.recallTranslations(odd.map((text) => ({ ...KEY, text, options: text })));
    assert.equal(
      found.map((one) => one?.translation),
      odd,
    );
    assert.equal(await texts(store), odd);
  });

  test('refuses what it cannot keep, and then keeps nothing of the call', async (store) => {
    const bad: ReadonlyArray<readonly [Partial<NewMemoryEntry>, RegExp]> = [
      [{ text: 'a\ud800' }, /Entry 1 of 2: text.*lone surrogate/],
      [{ text: 'x'.repeat(16_385) }, /16385 characters/],
      [{ source: '' }, /source must not be empty/],
      [{ model: '' }, /model must not be empty/],
      [{ translation: undefined as unknown as string }, /Expected text for translation/],
      [{ confidence: 1.5 }, /confidence/],
    ];
    for (const [changes, message] of bad) {
      const refused = await rejects(store.rememberTranslations([entry(), entry(changes)]), 'INVALID_ARGUMENT', message);
      assert.is(refused.details.index, 1);
    }
    await rejects(store.recallTranslations([{ ...KEY, target: '' }]), 'INVALID_ARGUMENT', /target/);
    await rejects(store.recallTranslations(KEY as unknown as MemoryKey[]), 'INVALID_ARGUMENT', /list/);
    await rejects(store.memoryEntries({ limit: -1 }), 'INVALID_ARGUMENT', /limit/);
    await rejects(store.pruneMemory({ limit: 1, keep: 0.5 }), 'INVALID_ARGUMENT', /keep/);
    assert.equal(await texts(store), []);
  });

  test('counts each use of an entry', async (store, clock) => {
    await store.rememberTranslations([entry(), entry({ text: 'b' })]);
    clock.advance(1_000);
    const used = new Date(clock.wall).toISOString();
    await store.recallTranslations([KEY, { ...KEY, text: 'c' }]);
    await store.recallTranslations([KEY, KEY]);
    const { entries } = await store.memoryEntries({ limit: 9 });
    assert.equal(
      entries.map(({ uses, lastUsedAt }) => [uses, lastUsedAt === used]),
      [
        [2, true],
        [0, false],
      ],
    );
    assert.equal((await store.stats()).memory, { entries: 2, reused: 3, evicted: 0 });
  });

  test('reads the memory page by page, all or a part of it', async (store) => {
    const all = Array.from({ length: 7 }, (_, index) =>
      entry({ text: `t${index}`, target: index % 2 === 0 ? 'de' : 'fr', source: index < 5 ? 'en' : 'it' }),
    );
    await store.rememberTranslations([...all, imported({ text: 'mine' })]);
    const read = async (filter: { source?: string; target?: string; model?: string }): Promise<string[]> => {
      const found: string[] = [];
      let after: number | null = 0;
      while (after !== null) {
        const page: Awaited<ReturnType<TaskStore['memoryEntries']>> = await store.memoryEntries({
          ...filter,
          after,
          limit: 2,
        });
        assert.ok(page.entries.length <= 2);
        found.push(...page.entries.map(({ text }) => text));
        after = page.next;
      }
      return found;
    };
    assert.equal(await read({}), ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 'mine']);
    assert.equal(await read({ target: 'fr' }), ['t1', 't3', 't5']);
    assert.equal(await read({ source: 'it', target: 'de' }), ['t6']);
    assert.equal(await read({ model: IMPORTED_MODEL }), ['mine']);
    assert.equal(await read({ source: 'ja' }), []);
    assert.is((await store.stats()).memory.reused, 0, 'reading is no use');
  });

  test(
    'lets the longest unused go when it is full, and imports last',
    async (store, clock) => {
      const add = async (...entries: NewMemoryEntry[]) => {
        clock.advance(1_000);
        return (await store.rememberTranslations(entries)).evicted;
      };
      assert.is(await add(imported({ text: 'mine' })), 0);
      assert.is(await add(entry({ text: 'a' }), entry({ text: 'b' })), 0);
      assert.is(await add(entry({ text: 'c' })), 0);
      clock.advance(1_000);
      await store.recallTranslations([{ ...KEY, text: 'a' }]);
      assert.is(await add(entry({ text: 'd' })), 1);
      assert.equal(await texts(store), ['mine', 'a', 'c', 'd'], 'b was not used for the longest time');
      assert.is(await add(entry({ text: 'e' }), entry({ text: 'f' })), 2);
      assert.equal(await texts(store), ['mine', 'd', 'e', 'f']);
      await store.recallTranslations([{ ...KEY, text: 'e' }]);
      assert.is(await add(imported({ text: 'x' }), imported({ text: 'y' }), imported({ text: 'z' })), 3);
      assert.equal(await texts(store), ['mine', 'x', 'y', 'z']);
      assert.is(await add(imported({ text: 'w' })), 1);
      assert.equal(await texts(store), ['x', 'y', 'z', 'w'], 'among imports the longest unused goes too');
      assert.equal((await store.stats()).memory, { entries: 4, reused: 2, evicted: 7 });
    },
    { memoryLimit: 4 },
  );

  test(
    'of those used at the same time the one used less often goes',
    async (store) => {
      await store.rememberTranslations([entry({ text: 'a' }), entry({ text: 'b' })]);
      await store.recallTranslations([{ ...KEY, text: 'a' }]);
      await store.rememberTranslations([entry({ text: 'c' }), entry({ text: 'd' })]);
      assert.equal(await texts(store), ['a', 'd']);
    },
    { memoryLimit: 2 },
  );

  test(
    'a limit of 0 keeps nothing',
    async (store) => {
      assert.equal(await store.rememberTranslations([entry()]), { added: 1, replaced: 0, evicted: 1 });
      assert.equal(await store.recallTranslations([KEY]), [null]);
      assert.is((await store.stats()).memory.entries, 0);
    },
    { memoryLimit: 0 },
  );

  test('prunes the memory by age, model and number, and no task with it', async (store, clock) => {
    await submitOne(store, textSpec('task'));
    for (const text of ['a', 'b', 'c', 'd']) {
      await store.rememberTranslations([entry({ text, model: text < 'c' ? 'model-a' : 'model-b' })]);
      clock.advance(1_000);
    }
    await store.recallTranslations([{ ...KEY, text: 'a' }]);
    clock.advance(1_000);
    assert.is(await store.pruneMemory({ limit: 9, olderThanMs: 5_000 }), 0);
    assert.is(await store.pruneMemory({ limit: 9, olderThanMs: 4_000, dryRun: true }), 1);
    assert.is(await store.pruneMemory({ limit: 9, keep: 4 }), 0);
    assert.is(await store.pruneMemory({ limit: 0 }), 0);
    assert.equal(await texts(store), ['a', 'b', 'c', 'd']);
    assert.is(await store.pruneMemory({ limit: 9, olderThanMs: 4_000 }), 1);
    assert.equal(await texts(store), ['a', 'c', 'd']);
    assert.is(await store.pruneMemory({ limit: 9, keep: 1, model: 'model-b' }), 1);
    assert.equal(await texts(store), ['a', 'd']);
    assert.is(await store.pruneMemory({ limit: 1, keep: 1 }), 1);
    assert.equal(await texts(store), ['a'], 'a use keeps an entry young');
    assert.is(await store.pruneMemory({ limit: 9 }), 1);
    assert.is(await store.pruneMemory({ limit: 9 }), 0);
    assert.equal((await store.stats()).memory, { entries: 0, reused: 1, evicted: 0 });
    assert.is(await store.count(), 1);
  });

  test(
    'counts what the memory holds by languages and model',
    async (store) => {
      assert.equal(await store.memoryUsage(), { limit: 50, groups: [] });
      await store.rememberTranslations([
        entry({ text: 'ab', translation: 'é\0' }),
        entry({ text: 'abc', translation: '京都' }),
        entry({ text: 'ab', model: 'model-b', translation: 'x' }),
        entry({ text: 'ab', target: 'fr', translation: 'x' }),
        entry({ text: 'ab', source: 'de', target: 'en', translation: '' }),
      ]);
      const group = { source: 'en', target: 'de', model: 'model-a' };
      assert.equal(await store.memoryUsage(), {
        limit: 50,
        groups: [
          { source: 'de', target: 'en', model: 'model-a', entries: 1, bytes: 2 },
          { ...group, entries: 2, bytes: 5 + 9 },
          { ...group, model: 'model-b', entries: 1, bytes: 3 },
          { ...group, target: 'fr', entries: 1, bytes: 3 },
        ],
      });
    },
    { memoryLimit: 50 },
  );

  test('remembers what tasks that are gone translated', async (store) => {
    const id = await submitOne(store, textSpec('a'));
    await store.rememberTranslations([entry()]);
    await store.cancel(id);
    await store.prune({ limit: 9 });
    assert.is((await store.recallTranslations([KEY]))[0]?.translation, 'Guten Morgen.');
  });
}
