import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../src/store/clock.js';
import { greeting, openSqliteStore, SqliteTaskStore } from '../../../src/store/sqlite/open.js';
import { giveBackThread, takeThread } from '../../../src/store/sqlite/thread.js';
import { rejects, textSpec, withFolder } from '../support.js';

test('the caller goes on while a write waits for another process', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const store = await openSqliteStore(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    let settled = false;
    const submitted = store.submit([textSpec('a')]).finally(() => {
      settled = true;
    });
    for (let turns = 0; turns < 1_000; turns += 1) await turn();
    assert.is(settled, false);
    other.exec('COMMIT');
    other.close();
    assert.is((await submitted).length, 1);
    await store.close();
  }));

test('a store that stays locked is busy, and works again afterwards', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const store = await openSqliteStore(file, { busyTimeoutMs: 20 });
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const answers = [store.submit([textSpec('a')]), store.submit([textSpec('b')]), store.claim('w', 1_000)];
    for (const answer of answers) {
      const error = await rejects(answer, 'STORE_BUSY', /store\.sqlite/);
      assert.is(error.retryable, true);
    }
    assert.is(await store.count(), 0, 'reading goes on');
    other.exec('COMMIT');
    other.close();
    await store.submit([textSpec('a')]);
    await store.close();
  }));

test('the end of the thread rejects what is pending and what comes', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    await (await openSqliteStore(file)).close();
    const worker = takeThread();
    await greeting(worker, { path: file, busyTimeoutMs: 500 });
    const store = new SqliteTaskStore(worker, file, systemClock());
    await store.submit([textSpec('a')]);
    // Nothing that is a request: the thread ends by its own error. (worker.terminate() in the middle of a statement makes
    // better-sqlite3 abort the process; the store never does that.)
    worker.postMessage(null);
    const pending = Array.from({ length: 5 }, (_, index) => store.submit([textSpec(`pending${index}`)]));
    await Promise.all(pending.map((answer) => rejects(answer, 'STORE_UNREADABLE', /thread/)));
    await rejects(store.get('x'), 'STORE_UNREADABLE', /open the store again/);
    await store.close();
    await store.close();
    await rejects(store.get('x'), 'CLOSED');
    const again = await openSqliteStore(file);
    assert.is(await again.count(), 1);
    await again.close();
  }));

test('the thread of a closed store serves the next one, and no two at once', () =>
  withFolder(async (folder) => {
    const spareThread = () => {
      const worker = takeThread();
      const id = worker.threadId;
      giveBackThread(worker);
      return id;
    };
    const first = await openSqliteStore(path.join(folder, 'a.sqlite'));
    const second = await openSqliteStore(path.join(folder, 'b.sqlite'));
    await Promise.all([first.submit([textSpec('a')]), second.submit([textSpec('b'), textSpec('c')])]);
    assert.equal([await first.count(), await second.count()], [1, 2]);
    await first.close();
    const spare = spareThread();
    await second.close();
    assert.is(spareThread(), spare, 'one is kept');
    const other = path.join(folder, 'no-store.sqlite');
    writeFileSync(other, 'x'.repeat(5_000));
    await rejects(openSqliteStore(other), 'STORE_CORRUPT');
    assert.is(spareThread(), spare, 'also after a store that could not be opened');
    const again = await openSqliteStore(path.join(folder, 'a.sqlite'));
    assert.is.not(spareThread(), spare, 'the spare one is in use');
    assert.is(await again.count(), 1);
    await again.close();
  }));

test('what cannot be sent to the thread is refused', async () => {
  const store = await openSqliteStore(':memory:');
  await rejects(store.submit([textSpec('a', { options: { call: () => 1 } })]), 'INVALID_ARGUMENT', /submit/);
  assert.is((await store.submit([textSpec('a')])).length, 1);
  await store.close();
});

test('the side of the caller never loads SQLite', () => {
  const folder = fileURLToPath(new URL('../../../src/store/sqlite/', import.meta.url));
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, specifier] of source.matchAll(/^import (?!type ).*?from '([^']+)'/gms)) {
      assert.is.not(specifier, 'better-sqlite3', file);
      if (specifier?.startsWith('.')) follow(path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.ts')));
    }
  };
  follow(path.join(folder, 'open.ts'));
  assert.ok(seen.size > 3 && !seen.has(path.join(folder, 'worker.ts')));
});

test('a full disk is reported, and what was acknowledged stays', () =>
  withFolder(async (folder) => {
    if (process.platform === 'win32') {
      console.log('skipped: a limit on file sizes needs a POSIX shell');
      return;
    }
    const file = path.join(folder, 'store.sqlite');
    const child = fileURLToPath(new URL('../children/fill.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(
      '/bin/sh',
      ['-c', 'ulimit -f 2000 && exec "$0" --import tsx "$1" "$2"', process.execPath, child, file],
      { encoding: 'utf8' },
    );
    assert.is(status, 0, stderr);
    const { acknowledged, code, after } = JSON.parse(stdout) as { acknowledged: string[]; code: string; after: string };
    assert.is(code, 'STORE_UNWRITABLE');
    assert.is(after, 'ok', 'the store still answers');
    const store = await openSqliteStore(file);
    const stored = new Set((await store.list()).map((task) => task.id));
    await store.close();
    assert.ok(acknowledged.length > 0);
    assert.ok(acknowledged.every((id) => stored.has(id)));
  }));

test.run();
