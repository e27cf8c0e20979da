import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerOf } from '../../../src/store/sqlite/connection.js';
import { type DatabaseOptions, openDatabase, type StoreDatabase } from '../../../src/store/sqlite/database.js';
import { findDamage } from '../../../src/store/sqlite/integrity.js';
import { MIGRATIONS, type Migration } from '../../../src/store/sqlite/migrations/index.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { operationsOn } from '../../../src/store/sqlite/operations.js';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/schema.js';
import { completed, ManualClock, rejects, textSpec, withFolder } from '../support.js';

const OPTIONS: DatabaseOptions = { busyTimeoutMs: 1_000 };

async function filledStore(file: string, tasks: number): Promise<void> {
  const store = await openSqliteStore(file);
  await store.submit(
    Array.from({ length: tasks }, (_, index) => textSpec(`t${index}`, { text: `Text ${index}. `.repeat(20) })),
  );
  await completed(store, textSpec('done'), [{ content: 'Fertig und gefunden.' }]);
  await store.close();
}

test('keeps everything over close and reopen', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'a', 'b', 'store.sqlite');
    await filledStore(file, 20);
    assert.equal(fs.readdirSync(path.dirname(file)), ['store.sqlite'], 'one file is left, no log and no draft');
    const store = await openSqliteStore(file);
    assert.is(await store.count(), 21);
    assert.is(await store.count({ status: 'completed' }), 1);
    assert.is(
      (await store.content({ language: 'de', textId: 'done', source: 'TEXT' })).content,
      'Fertig und gefunden.',
    );
    assert.is((await store.translations({ contains: 'GEFUNDEN' })).length, 1);
    await store.close();
  }));

test('writes ahead, fully synchronised, with foreign keys', () =>
  withFolder(async (folder) => {
    const db = openDatabase(path.join(folder, 'store.sqlite'), OPTIONS);
    const pragma = (name: string) => db.connection.pragma(name, { simple: true });
    assert.is(pragma('journal_mode'), 'wal');
    assert.is(pragma('synchronous'), 2);
    assert.is(pragma('foreign_keys'), 1);
    assert.is(pragma('busy_timeout'), 1_000);
    db.close();
  }));

test('refuses a store of a later version', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await filledStore(file, 1);
    const raw = new Database(file);
    raw.pragma('user_version = 999');
    raw.close();
    const error = await rejects(openSqliteStore(file), 'STORE_NEWER', /Update VoiceLingua/);
    assert.is(error.details.version, 999);
    assert.is(error.details.path, file);
  }));

test('refuses places where no store can be', () =>
  withFolder(async (folder) => {
    await rejects(openSqliteStore(folder), 'STORE_UNREADABLE', /is a folder/);
    const plain = path.join(folder, 'plain');
    fs.writeFileSync(plain, 'x');
    await rejects(openSqliteStore(path.join(plain, 'store.sqlite')), 'STORE_UNWRITABLE', /plain/);
    await rejects(openSqliteStore(path.join(plain, 'deeper', 'store.sqlite')), 'STORE_UNWRITABLE', /plain/);
    if (process.getuid?.() === 0) {
      console.log('skipped: permissions do not bind root');
      return;
    }
    fs.chmodSync(folder, 0o500);
    await rejects(openSqliteStore(path.join(folder, 'store.sqlite')), 'STORE_UNWRITABLE');
    fs.chmodSync(folder, 0o700);
    const file = path.join(folder, 'readonly.sqlite');
    await filledStore(file, 1);
    fs.chmodSync(file, 0o400);
    await rejects(openSqliteStore(file), 'STORE_UNWRITABLE');
  }));

const next: Migration = {
  version: (MIGRATIONS.at(-1)?.version ?? 0) + 1,
  name: 'test',
  up: "ALTER TABLE tasks ADD COLUMN tested TEXT NOT NULL DEFAULT 'yes'",
};

test('brings an older store up to date and keeps a copy of it', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await filledStore(file, 3);
    const migrated = openDatabase(file, { ...OPTIONS, migrations: [...MIGRATIONS, next] });
    assert.is(migrated.connection.pragma('user_version', { simple: true }), next.version);
    assert.equal(migrated.sql('SELECT DISTINCT tested FROM tasks').all(), [{ tested: 'yes' }]);
    migrated.close();
    await rejects(openSqliteStore(file), 'STORE_NEWER');
    const copy = await openSqliteStore(`${file}.v${next.version - 1}.bak`);
    assert.is(await copy.count(), 4);
    await copy.close();
    const again = openDatabase(file, { ...OPTIONS, migrations: [...MIGRATIONS, next] });
    again.close();
    assert.is(fs.readdirSync(folder).filter((entry) => entry.endsWith('.bak')).length, 1, 'one copy a step');
  }));

test('a migration that fails leaves the store as it was', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await filledStore(file, 3);
    const broken: Migration = { ...next, up: `${next.up}; INSERT INTO no_such_table VALUES (1);` };
    assert.throws(() => openDatabase(file, { ...OPTIONS, migrations: [...MIGRATIONS, broken] }), /no_such_table/);
    const store = await openSqliteStore(file);
    assert.is(await store.count(), 4);
    await store.close();
  }));

test('migrations are numbered without gaps', () => {
  assert.equal(
    MIGRATIONS.map((migration) => migration.version),
    MIGRATIONS.map((_, index) => index + 1),
  );
});

/** A schema without the blanks that `ALTER TABLE` leaves, and what it holds from the beginning. */
function contentsOf(db: StoreDatabase) {
  const rows = db
    .sql<{ sql: string | null }>('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type')
    .all()
    .map((row) => ({ ...row, sql: row.sql?.replaceAll(/\s+/g, ' ').replaceAll(/ ?([(),]) ?/g, '$1') ?? null }));
  const columns = [
    'tasks',
    'task_inputs',
    'checkpoints',
    'windows',
    'translations',
    'task_blocks',
    'attempts',
    'outputs',
    'translation_memory',
    'memory_counts',
  ];
  return {
    rows,
    columns: columns.map((table) => db.connection.pragma(`table_xinfo(${table})`)),
    pragmas: ['user_version', 'application_id', 'page_size', 'journal_mode', 'auto_vacuum'].map((name) =>
      db.connection.pragma(name, { simple: true }),
    ),
    endings: db.sql('SELECT * FROM undone_endings').all(),
    memory: db.sql('SELECT * FROM memory_counts').all(),
  };
}

test('a new file has the schema that the migrations make', () =>
  withFolder(async (folder) => {
    const [first] = MIGRATIONS as [Migration];
    const older = path.join(folder, 'older.sqlite');
    openDatabase(older, { ...OPTIONS, migrations: [first] }).close();
    const migrated = openDatabase(older, OPTIONS);
    const made = openDatabase(path.join(folder, 'new.sqlite'), OPTIONS);
    assert.is(SCHEMA_VERSION, MIGRATIONS.at(-1)?.version, 'the schema of a new file is the newest');
    assert.ok(contentsOf(made).rows.length > 30);
    assert.equal(contentsOf(made), contentsOf(migrated));
    for (const db of [made, migrated]) {
      assert.is(findDamage(answerOf(db.connection)), null);
      db.close();
    }
  }));

test('a sound store of every earlier schema is opened and brought up to date', () =>
  withFolder(async (folder) => {
    for (const { version } of MIGRATIONS.slice(0, -1)) {
      const file = path.join(folder, `v${version}.sqlite`);
      openDatabase(file, { ...OPTIONS, migrations: MIGRATIONS.slice(0, version) }).close();
      const store = await openSqliteStore(file);
      assert.is(await store.count(), 0, `schema ${version}`);
      await store.close();
      assert.ok(fs.existsSync(`${file}.v${version}.bak`), `a copy of schema ${version} is kept`);
    }
  }));

test('keeps its tasks when the translation memory is added to it, and then remembers', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const older = openDatabase(file, { ...OPTIONS, migrations: MIGRATIONS.slice(0, 3) });
    operationsOn(older).submit(new ManualClock().read(), [textSpec('old')]);
    older.close();
    const store = await openSqliteStore(file);
    assert.is((await store.list())[0]?.textId, 'old');
    const entry = { text: 'Hello.', source: 'en', target: 'de', model: 'm', options: '' };
    await store.rememberTranslations([{ ...entry, translation: 'Hallo.', confidence: 0.5 }]);
    await store.close();
    const again = await openSqliteStore(file);
    assert.equal(await again.recallTranslations([entry]), [
      { translation: 'Hallo.', confidence: 0.5, imported: false },
    ]);
    await again.close();
    const copy = openDatabase(`${file}.v3.bak`, { ...OPTIONS, migrations: MIGRATIONS.slice(0, 3) });
    assert.is(operationsOn(copy).count(new ManualClock().read()), 1);
    copy.close();
  }));

test('keeps its tasks when glossaries are added to it, and then keeps those', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const older = openDatabase(file, { ...OPTIONS, migrations: MIGRATIONS.slice(0, 4) });
    operationsOn(older).submit(new ManualClock().read(), [textSpec('old')]);
    older.close();
    const store = await openSqliteStore(file);
    const [old] = await store.list();
    await store.keepGlossary('f1', 'terms');
    await store.submit([textSpec('new', { options: { translate: { glossary: 'f1' } } })]);
    await store.delete(old?.id ?? '');
    await store.close();
    const again = await openSqliteStore(file);
    assert.is(await again.glossary('f1'), 'terms');
    assert.is(await again.count(), 1);
    await again.close();
    assert.ok(fs.existsSync(`${file}.v4.bak`));
  }));

test('a changed glossary is not given back, and its store is not opened', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const store = await openSqliteStore(file);
    await store.keepGlossary('f1', 'server');
    const db = openDatabase(file, OPTIONS);
    db.connection.exec("UPDATE glossaries SET terms = 'servex'");
    db.close();
    await rejects(store.glossary('f1'), 'STORE_CORRUPT', /glossary f1 is not as it was written/);
    await store.close();
    await rejects(openSqliteStore(file), 'STORE_CORRUPT', /a row of glossaries/);
  }));

test('a glossary that a task names cannot be deleted', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const db = openDatabase(file, OPTIONS);
    const store = operationsOn(db);
    const now = new ManualClock().read();
    store.keepGlossary(now, 'f1', 'terms');
    store.submit(now, [textSpec('a', { options: { translate: { glossary: 'f1' } } })]);
    assert.throws(() => db.connection.exec('DELETE FROM glossaries'), /FOREIGN KEY/);
    db.close();
  }));

test('finds every kind of row by an index', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await filledStore(file, 3);
    const db = openDatabase(file, OPTIONS);
    operationsOn(db);
    const plans: ReadonlyArray<readonly [string, RegExp]> = [
      [
        `SELECT seq, id FROM tasks INDEXED BY tasks_claimable WHERE status = 'pending' AND not_before IS NULL
           AND COALESCE(cost, 0) <= 5 ORDER BY rank, seq LIMIT 1`,
        /^SCAN tasks USING INDEX tasks_claimable$/,
      ],
      [
        `SELECT t.seq FROM temp.selected AS s INDEXED BY selected_queue CROSS JOIN tasks AS t ON t.seq = s.seq AND t.id = s.id
         WHERE t.status = 'pending' AND s.selection = 'run' AND s.state = 0 ORDER BY s.rank, s.seq LIMIT 1`,
        /^SEARCH s USING INDEX selected_queue \(selection=\?\)\nSEARCH t USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
      ],
      [
        "UPDATE temp.selected SET state = 1 WHERE selection = 'run' AND state = 0 AND id IN (SELECT id FROM tasks WHERE ending > 5)",
        /^SEARCH temp.selected USING INDEX sqlite_autoindex_selected_1 \(selection=\? AND id=\?\)\nLIST SUBQUERY 1\nSEARCH tasks USING INDEX tasks_ended \(ending>\?\)$/,
      ],
      [
        "SELECT seq FROM tasks WHERE ending IS NOT NULL AND status = 'failed' ORDER BY ending DESC LIMIT 10",
        /^SEARCH tasks USING COVERING INDEX tasks_ended \(ending>\?\)$/,
      ],
      ["UPDATE tasks SET not_before = NULL WHERE status = 'pending' AND not_before <= 5", /tasks_delayed/],
      [
        "SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch = 'x' AND lease_until <= 5)",
        /tasks_leased \(lease_epoch=\? AND lease_until<\?\)/,
      ],
      [
        "SELECT id FROM tasks WHERE idempotency_key = 'k' AND status NOT IN ('failed', 'cancelled')",
        /tasks_active_key/,
      ],
      ['SELECT MAX(ending) FROM tasks WHERE ending IS NOT NULL', /tasks_ended/],
      [
        "SELECT * FROM translations AS r WHERE r.text_id = 'a' AND r.language = 'b' AND r.source = 'c' AND r.published = 1",
        /translations_published/,
      ],
      [
        "SELECT * FROM translations AS r WHERE r.published = 1 AND r.language = 'de' ORDER BY r.id DESC LIMIT 10",
        /^SEARCH r USING INDEX translations_by_language \(language=\?\)$/,
      ],
      [
        "SELECT m.id FROM json_each('[]') AS asked CROSS JOIN translation_memory AS m ON m.key = asked.value",
        /\nSEARCH m USING (COVERING )?INDEX sqlite_autoindex_translation_memory_1 \(key=\?\)$/,
      ],
      [
        "SELECT * FROM translation_memory WHERE key = 'k' AND model = 'm' AND options = ''",
        /^SEARCH translation_memory USING INDEX sqlite_autoindex_translation_memory_1 \(key=\? AND model=\? AND options=\?\)$/,
      ],
      [
        "SELECT id FROM translation_memory INDEXED BY translation_memory_by_use ORDER BY (model = 'imported'), last_used, uses, id LIMIT 9",
        /^SCAN translation_memory USING (COVERING )?INDEX translation_memory_by_use$/,
      ],
    ];
    for (const [statement, expected] of plans) {
      const plan = db.connection.prepare(`EXPLAIN QUERY PLAN ${statement}`).all() as Array<{ detail: string }>;
      assert.match(plan.map((step) => step.detail).join('\n'), expected, statement);
    }
    db.close();
  }));

test.run();
