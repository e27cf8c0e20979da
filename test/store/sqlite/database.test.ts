import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { type DatabaseOptions, openDatabase } from '../../../src/store/sqlite/database.js';
import { MIGRATIONS, type Migration } from '../../../src/store/sqlite/migrations/index.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { seededRandom } from '../../fixtures/random.js';
import { completed, rejects, textSpec, withFolder } from '../support.js';

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

test('refuses files that are no stores and leaves them as they are', () =>
  withFolder(async (folder) => {
    const good = path.join(folder, 'good.sqlite');
    await filledStore(good, 200);
    const bytes = fs.readFileSync(good);
    const foreign = path.join(folder, 'foreign.sqlite');
    const other = new Database(foreign);
    other.exec('CREATE TABLE notes (text)');
    other.close();
    const cases: ReadonlyArray<readonly [string, Buffer | string, string]> = [
      ['empty', Buffer.alloc(0), 'STORE_CORRUPT'],
      ['text', 'task_id,text\n1,hello\n'.repeat(1_000), 'STORE_CORRUPT'],
      ['zeros', Buffer.alloc(bytes.length), 'STORE_CORRUPT'],
      ['magic alone', bytes.subarray(0, 16), 'STORE_CORRUPT'],
      ['half a header', bytes.subarray(0, 60), 'STORE_CORRUPT'],
      ['one page', bytes.subarray(0, 4_096), 'STORE_CORRUPT'],
      ['half', bytes.subarray(0, bytes.length / 2), 'STORE_CORRUPT'],
      ['within the last page', bytes.subarray(0, bytes.length - 100), 'STORE_CORRUPT'],
      ['foreign', fs.readFileSync(foreign), 'STORE_UNREADABLE'],
    ];
    for (const [name, content, code] of cases) {
      const file = path.join(folder, `${name}.sqlite`);
      fs.writeFileSync(file, content);
      const before = fs.readFileSync(file);
      const error = await rejects(openSqliteStore(file), code as 'STORE_CORRUPT', /left as it is|was left/);
      assert.ok(error.message.includes(file), `${name}: the message names the file`);
      assert.ok(fs.readFileSync(file).equals(before), `${name}: not a byte has changed`);
      assert.equal(
        fs.readdirSync(folder).filter((entry) => entry.startsWith(`${name}.sqlite`)),
        [`${name}.sqlite`],
        'nothing is left beside it',
      );
    }
  }));

test('sees damage to the structure, wherever it is', () =>
  withFolder(async (folder) => {
    const good = path.join(folder, 'good.sqlite');
    await filledStore(good, 200);
    const bytes = fs.readFileSync(good);
    const random = seededRandom('flipped bytes');
    const pages = bytes.length / 4_096;
    let refused = 0;
    for (let round = 0; round < 60; round += 1) {
      const damaged = Buffer.from(bytes);
      const page = random.below(pages);
      // The first bytes of a page describe it; 20 of them hold something in every kind of page.
      for (let count = 0; count < 8; count += 1) {
        const at = page * 4_096 + random.below(20);
        damaged[at] = (damaged[at] as number) ^ (1 + random.below(255));
      }
      const file = path.join(folder, 'damaged.sqlite');
      fs.writeFileSync(file, damaged);
      try {
        const db = openDatabase(file, OPTIONS);
        assert.is(db.connection.pragma('integrity_check', { simple: true }), 'ok');
        db.close();
      } catch (error) {
        assert.instance(error, VoiceLinguaError);
        assert.ok(/^STORE_/.test((error as VoiceLinguaError).code), String(error));
        refused += 1;
      }
      for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
    }
    assert.ok(refused >= 40, `${refused} of 60 were seen`);
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

test('finds every kind of row by an index', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await filledStore(file, 3);
    const db = openDatabase(file, OPTIONS);
    const plans: ReadonlyArray<readonly [string, RegExp]> = [
      [
        `SELECT seq, id FROM tasks INDEXED BY tasks_claimable WHERE status = 'pending' AND not_before IS NULL
         ORDER BY priority DESC, seq LIMIT 1`,
        /^SCAN tasks USING INDEX tasks_claimable$/,
      ],
      ["UPDATE tasks SET not_before = NULL WHERE status = 'pending' AND not_before <= 5", /tasks_delayed/],
      [
        "UPDATE tasks SET status = 'pending' WHERE status = 'processing' AND (lease_until <= 5 OR lease_epoch <> 'x')",
        /tasks_leased/,
      ],
      [
        "SELECT id FROM tasks WHERE idempotency_key = 'k' AND status NOT IN ('failed', 'cancelled')",
        /tasks_active_key/,
      ],
      ['SELECT MAX(completion) FROM tasks WHERE completion IS NOT NULL', /tasks_completion/],
      [
        "SELECT * FROM translations AS r WHERE r.text_id = 'a' AND r.language = 'b' AND r.source = 'c' AND r.published = 1",
        /translations_published/,
      ],
      [
        "SELECT * FROM translations AS r WHERE r.published = 1 AND r.language = 'de' ORDER BY r.id DESC LIMIT 10",
        /^SEARCH r USING INDEX translations_by_language \(language=\?\)$/,
      ],
    ];
    for (const [statement, expected] of plans) {
      const plan = db.connection.prepare(`EXPLAIN QUERY PLAN ${statement}`).all() as Array<{ detail: string }>;
      assert.match(plan.map((step) => step.detail).join('\n'), expected, statement);
    }
    db.close();
  }));

test.run();
