import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DatabaseOptions, openDatabase } from '../../../src/store/sqlite/database.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { operationsOn } from '../../../src/store/sqlite/operations.js';
import { ManualClock, rejects, withFolder } from '../support.js';

const OPTIONS: DatabaseOptions = { busyTimeoutMs: 1_000 };
const KEY = { text: 'Hello.', source: 'en', target: 'de', model: 'm', options: '' };
const ENTRY = { ...KEY, translation: 'Hallo.', confidence: 0.5 };
const FOUND = { translation: 'Hallo.', confidence: 0.5, imported: false };

test('what one process remembers another finds, and its use is known after it has closed', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const clock = new ManualClock();
    const [one, two] = await Promise.all([openSqliteStore(file), openSqliteStore(file, { clock: clock.read })]);
    await one.rememberTranslations([ENTRY]);
    clock.advance(Date.parse('2030-01-01T00:00:00Z') - clock.wall);
    assert.equal(await two.recallTranslations([KEY]), [FOUND]);
    assert.equal(await two.recallTranslations([KEY, KEY]), [FOUND, FOUND]);
    assert.equal((await two.stats()).memory, { entries: 1, reused: 3, evicted: 0 });
    await two.close();
    assert.equal((await one.stats()).memory, { entries: 1, reused: 3, evicted: 0 });
    const { entries } = await one.memoryEntries({ limit: 1 });
    assert.equal([entries[0]?.uses, entries[0]?.lastUsedAt], [2, '2030-01-01T00:00:00.000Z']);
    await one.close();
  }));

test('closes at once while another process writes, and then loses only how often it was used', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const now = new ManualClock().read();
    const writer = openDatabase(file, OPTIONS);
    operationsOn(writer).rememberTranslations(now, [ENTRY]);
    const reader = openDatabase(file, { busyTimeoutMs: 60_000 });
    assert.equal(operationsOn(reader).recallTranslations(now, [KEY]), [FOUND]);
    writer.connection.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    reader.close();
    assert.ok(performance.now() - started < 10_000, 'it did not wait for the writer');
    writer.connection.exec('ROLLBACK');
    assert.equal(operationsOn(writer).stats(now).memory, { entries: 1, reused: 0, evicted: 0 });
    writer.close();
  }));

test('a changed text of the memory is not given back', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const store = await openSqliteStore(file);
    await store.rememberTranslations([ENTRY]);
    const other = openDatabase(file, OPTIONS);
    other.connection.exec("UPDATE translation_memory SET translation = 'Hollo.'");
    other.close();
    await rejects(store.recallTranslations([KEY]), 'STORE_CORRUPT', /translation memory/);
    await rejects(store.memoryEntries({ limit: 1 }), 'STORE_CORRUPT');
    await store.close();
    await rejects(openSqliteStore(file), 'STORE_CORRUPT', /translation_memory/);
  }));

test('a wrong count of the memory is seen', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const db = openDatabase(file, OPTIONS);
    operationsOn(db).rememberTranslations(new ManualClock().read(), [ENTRY]);
    db.connection.exec('DELETE FROM translation_memory');
    db.close();
    await rejects(openSqliteStore(file), 'STORE_CORRUPT', /count of the translation memory/);
  }));

test('refuses a limit that is no number of entries', () =>
  withFolder((folder) =>
    rejects(
      openSqliteStore(path.join(folder, 'store.sqlite'), { memoryLimit: -1 }),
      'INVALID_ARGUMENT',
      /memoryLimit/,
    ).then(() => undefined),
  ));

test.run();
