import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { TaskStore } from '../../src/store/task-store.js';
import { integrity, runChild } from '../store/run-child.js';
import { claimOne, content, rejects, textSpec, withFolder } from '../store/support.js';
import { withSmallDisk } from './small-disk.js';
import { makeV1Store } from './v1-store.js';

const MIB = 1024 * 1024;

/** Leaves so many bytes free on the disk of a folder; answers what gives the rest back. */
function fill(folder: string, free: number): () => void {
  const ballast = path.join(folder, 'ballast');
  const { bavail, bsize } = fs.statfsSync(folder);
  fs.writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - free), 1));
  return () => fs.rmSync(ballast);
}

async function submitUntilRefused(store: TaskStore, prefix: string, acknowledged: string[]): Promise<VoiceLinguaError> {
  for (let index = 0; index < 10_000; index += 1) {
    try {
      const [task] = await store.submit([textSpec(`${prefix}${index}`, { text: 'x'.repeat(3_000) })]);
      acknowledged.push(task?.id as string);
    } catch (error) {
      assert.instance(error, VoiceLinguaError);
      return error as VoiceLinguaError;
    }
  }
  throw new Error('the disk never filled up');
}

test('a full disk is named, loses nothing, and the store goes on when there is space again', () =>
  withSmallDisk(2 * MIB, async (disk) => {
    const file = path.join(disk, 'store.sqlite');
    const store = await openSqliteStore(file);
    const acknowledged: string[] = [];
    await store.submit([textSpec('running')]);
    const running = await claimOne(store, undefined, 600_000);
    const giveBack = fill(disk, MIB / 2);
    const refused = await submitUntilRefused(store, 'a', acknowledged);
    assert.is(refused.code, 'DISK_FULL');
    assert.is(refused.retryable, true);
    assert.match(refused.message, file);
    assert.match(refused.message, /free some space/);
    assert.ok(acknowledged.length > 0);
    assert.is(await store.count(), acknowledged.length + 1, 'reading goes on');
    const big = content(running.task, { content: 'y'.repeat(200_000) });
    await rejects(store.saveTranslations(running.lease, [], [big]), 'DISK_FULL');
    assert.equal(await store.translations({ taskId: running.task.id }), []);
    giveBack();
    await store.saveTranslations(running.lease, [], [big]);
    await store.complete(running.lease, {}, 1);
    const [later] = await store.submit([textSpec('later')]);
    acknowledged.push(later?.id as string);
    await store.close();
    assert.equal(fs.readdirSync(disk), ['store.sqlite']);
    assert.is(integrity(file), 'ok');
    const again = await openSqliteStore(file);
    const stored = new Set((await again.list()).map((task) => task.id));
    assert.ok(acknowledged.every((id) => stored.has(id)));
    assert.is(stored.size, acknowledged.length + 1, 'what was refused is not there');
    assert.is((await again.content({ language: 'de', textId: 'running', source: 'TEXT' })).content.length, 200_000);
    await again.close();
  }));

test('a store that cannot be made or opened for want of space leaves nothing behind, and can be later', () =>
  withSmallDisk(2 * MIB, async (disk) => {
    const file = path.join(disk, 'store.sqlite');
    for (const free of [0, 16_384, 65_536]) {
      const giveBack = fill(disk, free);
      await rejects(openSqliteStore(file), 'DISK_FULL', /store\.sqlite/);
      assert.equal(fs.readdirSync(disk), ['ballast'], `${free} bytes free`);
      giveBack();
    }
    const store = await openSqliteStore(file);
    await store.submit([textSpec('a')]);
    await store.close();
    const before = fs.readFileSync(file);
    const giveBack = fill(disk, 0);
    const opened = await openSqliteStore(file).catch((error) => error as VoiceLinguaError);
    if (opened instanceof VoiceLinguaError) assert.is(opened.code, 'DISK_FULL', opened.message);
    else {
      await rejects(opened.submit([textSpec('b')]), 'DISK_FULL');
      await opened.close();
    }
    assert.ok(fs.readFileSync(file).equals(before));
    giveBack();
    const again = await openSqliteStore(file);
    await again.submit([textSpec('b')]);
    assert.is(await again.count(), 2);
    await again.close();
  }));

test('an old store without room for its copy stays as it is', () =>
  withSmallDisk(2 * MIB, async (disk) => {
    const file = path.join(disk, 'store.sqlite');
    makeV1Store(file);
    const before = fs.readFileSync(file);
    const giveBack = fill(disk, 100_000);
    await rejects(openSqliteStore(file), 'DISK_FULL');
    assert.equal(fs.readdirSync(disk).sort(), ['ballast', 'store.sqlite'], 'no half copy is left');
    assert.ok(fs.readFileSync(file).equals(before));
    giveBack();
    const store = await openSqliteStore(file);
    assert.is(await store.count(), 7);
    await store.close();
    assert.equal(fs.readdirSync(disk).sort(), ['store.sqlite', 'store.sqlite.v1.bak']);
  }));

test('a disk that was mounted to be read only is named', () =>
  withSmallDisk(2 * MIB, async (disk) => {
    const file = path.join(disk, 'store.sqlite');
    const store = await openSqliteStore(file);
    await store.submit([textSpec('a')]);
    await store.close();
    const remount = (mode: string) => spawnSync('mount', ['-o', `remount,${mode}`, disk], { encoding: 'utf8' });
    assert.is(remount('ro').status, 0);
    await rejects(openSqliteStore(file), 'STORE_UNWRITABLE', /read-only|cannot write to it/);
    await rejects(openSqliteStore(path.join(disk, 'new.sqlite')), 'STORE_UNWRITABLE');
    assert.is(remount('rw').status, 0);
    const again = await openSqliteStore(file);
    await again.submit([textSpec('b')]);
    assert.is(await again.count(), 2);
    await again.close();
  }));

const ERRNO = { EIO: 5, ENOSPC: 28, EROFS: 30, EDQUOT: 122 };

test('every failure of the disk is a typed error, and the store goes on after it', () =>
  withFolder(async (folder) => {
    const library = path.join(folder, 'failing-disk.so');
    const source = fileURLToPath(new URL('native/failing-disk.c', import.meta.url));
    const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', library, source, '-ldl'];
    const built = process.platform === 'linux' ? spawnSync('cc', flags, { encoding: 'utf8' }) : null;
    if (built === null || built.error !== undefined) {
      console.log('skipped: a failing disk needs Linux and a C compiler');
      return;
    }
    assert.is(built.status, 0, built.stderr);
    const file = path.join(folder, 'store.sqlite');
    const control = path.join(folder, 'control');
    const write = (errno: number) => [`write ${errno}`, `sync ${errno}`];
    const failures = [...Object.values(ERRNO).flatMap(write), `read ${ERRNO.EIO}`];
    const env = { ...process.env, LD_PRELOAD: library, FAILING_PATH: file, FAILING_CONTROL: control };
    const { code, lines, errors } = await runChild('failing-disk', [file, control, ...failures], { env });
    assert.equal({ code, errors }, { code: 0, errors: '' });
    const { reported, acknowledged } = JSON.parse(lines.at(-1) as string) as {
      reported: Record<string, string[]>;
      acknowledged: string[];
    };
    for (const how of failures.slice(0, -1)) {
      const expected = how === `write ${ERRNO.ENOSPC}` ? 'DISK_FULL' : 'STORE_UNWRITABLE';
      const [first, second, claim, fail, reading, opening] = reported[how] as string[];
      assert.equal([first, second, claim, fail], Array(4).fill(expected), how);
      assert.is(reading, 'ok', `${how}: reading goes on`);
      assert.ok(opening === 'ok' || opening === expected, `${how}: ${opening}`);
    }
    assert.match(reported[`read ${ERRNO.EIO}`]?.at(-1) as string, /^STORE_UNREADABLE/);
    assert.is(integrity(file), 'ok');
    const store = await openSqliteStore(file);
    const stored = new Set((await store.list()).map((task) => task.id));
    await store.close();
    assert.equal(
      acknowledged.filter((id) => !stored.has(id)),
      [],
    );
    assert.is(stored.size, acknowledged.length, 'what was refused is not there');
  }));

test.run();
