import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import { type LogFileOptions, openLogFile } from '../../src/telemetry/log-file.js';
import { LOG_ROTATION, type LogRotation, putAside, tidy } from '../../src/telemetry/log-rotation.js';
import { RotatingFile } from '../../src/telemetry/rotating-file.js';
import { allLinesOf, asideOf, entry, linesOf, runChild, until, withFolder } from './support.js';

const SMALL: LogRotation = { ...LOG_ROTATION, maxBytes: 1_500, quietMs: 50 };
const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;
const ASIDE = /\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** Writes numbered entries in rounds of ten, each through a log of its own; two rounds do not fit into a file of {@link SMALL}. */
async function writeRounds(file: string, rounds: number, options: LogFileOptions): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const log = openLogFile(file, 'info', options);
    for (let number = round * 10; number < (round + 1) * 10; number += 1) log.write(entry('', { data: { number } }));
    await log.close();
  }
}

const packed = (file: string): boolean => asideOf(file).every((name) => name.endsWith('.gz'));

test('the numbers are 10 MB, a day, ten files', () => {
  assert.is(LOG_ROTATION.maxBytes, 10_000_000);
  assert.is(LOG_ROTATION.keep, 10);
});

test('a full file is put aside, compressed when it is quiet, and nothing is lost', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    await writeRounds(file, 10, { rotation: SMALL });
    assert.is(asideOf(file).length, 9);
    const log = openLogFile(file, 'info', { rotation: SMALL });
    log.write(entry('', { data: { number: 100 } }));
    await until('all that was put aside is compressed', () => packed(file));
    await log.close();
    for (const name of asideOf(file)) {
      assert.match(name.replace(/\.gz$/, ''), ASIDE);
      assert.is(statSync(path.join(folder, name)).mode & 0o777, 0o600);
    }
    assert.equal(
      allLinesOf(file).map((line) => line.number),
      Array.from({ length: 101 }, (_, index) => index),
    );
    const first = path.join(folder, asideOf(file)[0] as string);
    assert.match(execFileSync('gzip', ['-dc', first], { encoding: 'utf8' }), /^\{"level":"info"/);
  }));

test('a file does not grow over the limit', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const target = new RotatingFile(file, { ...LOG_ROTATION, maxBytes: 1_000 }, (error) => {
      throw error;
    });
    for (let number = 0; number < 40; number += 1) {
      assert.is((await target.append(Buffer.from(`${'x'.repeat(99)}\n`))).error, null);
    }
    assert.is(
      (await target.append(Buffer.from(`${'y'.repeat(1_999)}\n`))).error,
      null,
      'a long line is taken all the same',
    );
    await target.close();
    const sizes = asideOf(file).map((name) => statSync(path.join(folder, name)).size);
    assert.equal(sizes, [1_000, 1_000, 1_000, 1_000]);
    assert.is(statSync(file).size, 2_000);
  }));

test('only so many files are kept, the newest', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    writeFileSync(path.join(folder, 'app.log.backup'), 'not ours');
    writeFileSync(path.join(folder, 'other.log.2020-01-01T00-00-00-000Z'), 'not ours');
    await writeRounds(file, 15, { rotation: { ...SMALL, keep: 3 } });
    const aside = asideOf(file).filter((name) => name !== 'app.log.backup');
    assert.is(aside.length, 3);
    rmSync(path.join(folder, 'app.log.backup'));
    assert.ok(existsSync(path.join(folder, 'other.log.2020-01-01T00-00-00-000Z')));
    assert.equal(
      allLinesOf(file).map((line) => line.number),
      Array.from({ length: 40 }, (_, index) => 110 + index),
    );
  }));

test('the first entry of a day begins a new file', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    writeFileSync(file, '{"msg":"yesterday"}\n');
    const yesterday = new Date(Date.now() - DAY_MS);
    utimesSync(file, yesterday, yesterday);
    const log = openLogFile(file, 'info');
    log.write(entry('today'));
    await log.close();
    assert.equal(
      linesOf(file).map((line) => line.msg),
      ['today'],
    );
    const [name] = asideOf(file);
    assert.equal(
      linesOf(path.join(folder, name as string)).map((line) => line.msg),
      ['yesterday'],
    );
  }));

test('three processes write one log: every line is whole, none is lost, each rotation happens once', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const count = 2_000;
    const maxBytes = 40_000;
    const ended = await Promise.all(
      ['a', 'b', 'c'].map((writer) => runChild('write', [file, writer, String(count), String(maxBytes), '1000'])),
    );
    for (const end of ended) assert.equal(end, { code: 0, signal: null, stdout: '', stderr: '' });
    const old = new Date(Date.now() - 60_000);
    for (const name of asideOf(file)) utimesSync(path.join(folder, name), old, old);
    const keepAll = { ...LOG_ROTATION, keep: 1_000 };
    await until('all that was put aside is compressed, by several at once', async () => {
      await Promise.all([tidy(file, keepAll, NEVER), tidy(file, keepAll, NEVER), tidy(file, keepAll, NEVER)]);
      return packed(file);
    });
    const lines = allLinesOf(file);
    assert.is(lines.length, 3 * count);
    for (const writer of ['a', 'b', 'c']) {
      const own = lines.filter((line) => line.writer === writer).map((line) => line.number as number);
      assert.equal(
        own.sort((left, right) => left - right),
        Array.from({ length: count }, (_, index) => index),
        writer,
      );
    }
    const bytes = lines.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);
    const files = asideOf(file).length;
    assert.ok(files > 3, `${files} files`);
    // A file that was put aside twice by two processes would be nearly empty, and there would be more of them.
    assert.ok(files <= (bytes / maxBytes) * 2, `${files} files of ${bytes} bytes in all`);
    assert.equal(
      readdirSync(folder).filter((name) => /\.(lock|tmp)$/.test(name)),
      [],
    );
  }));

test('while another process is about it the file grows on; a lock of a dead one is taken away', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    writeFileSync(file, 'x'.repeat(3_000));
    writeFileSync(`${file}.lock`, '');
    await putAside(file, 1, SMALL, new Date());
    assert.equal(asideOf(file), ['app.log.lock']);
    const old = new Date(Date.now() - SMALL.staleMs - 1_000);
    utimesSync(`${file}.lock`, old, old);
    await putAside(file, 1, SMALL, new Date());
    assert.is(asideOf(file).length, 1);
    assert.match(asideOf(file)[0] as string, ASIDE);
    assert.is(existsSync(file), false);
    await putAside(file, 1, SMALL, new Date());
    writeFileSync(file, 'small');
    await putAside(file, 1, SMALL, new Date());
    assert.is(readFileSync(file, 'utf8'), 'small', 'who comes second finds nothing to do');
    assert.is(existsSync(`${file}.lock`), false);
  }));

test('two files that are put aside in the same millisecond have two names', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const now = new Date();
    for (const content of ['first', 'second', 'third']) {
      writeFileSync(file, content.repeat(1_000));
      await putAside(file, 1, SMALL, now);
    }
    assert.equal(
      asideOf(file).map((name) => readFileSync(path.join(folder, name), 'utf8').slice(0, 5)),
      ['first', 'secon', 'third'],
    );
  }));

test('what somebody still writes to is not compressed', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    writeFileSync(file, 'x'.repeat(3_000));
    await putAside(file, 1, SMALL, new Date());
    const aside = path.join(folder, asideOf(file)[0] as string);
    const patient = { ...SMALL, quietMs: 60_000 };
    appendFileSync(aside, 'late');
    assert.is(await tidy(file, patient, NEVER), true);
    assert.is(asideOf(file).length, 1);
    const old = new Date(Date.now() - 120_000);
    utimesSync(aside, old, old);
    // Left by a process that died over it.
    writeFileSync(`${aside}.gz.tmp`, 'half');
    assert.is(await tidy(file, patient, NEVER), true, 'another process may be about it');
    utimesSync(`${aside}.gz.tmp`, old, old);
    assert.is(await tidy(file, patient, NEVER), false);
    assert.equal(asideOf(file), [`${path.basename(aside)}.gz`]);
    assert.match(execFileSync('gzip', ['-dc', `${aside}.gz`], { encoding: 'utf8' }), /x{3000}late$/);
  }));

test('lines that went into a file which was deleted between look and write are written again', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const troubles: unknown[] = [];
    const slow = new RotatingFile(file, LOG_ROTATION, (error) => troubles.push(error));
    assert.equal(await slow.append(Buffer.from('one\n')), { written: 4, error: null });
    // What a writer meets that was stopped for long between the two; only a hand in the write itself makes it happen at will.
    const probe = await open(path.join(folder, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    const { write } = handles;
    let deletions = 0;
    handles.write = function (this: FileHandle, ...args: Parameters<FileHandle['write']>) {
      if (deletions === 0) rmSync(file);
      deletions += 1;
      return write.apply(this, args);
    } as FileHandle['write'];
    try {
      assert.equal(await slow.append(Buffer.from('two\n')), { written: 4, error: null });
    } finally {
      handles.write = write;
      await probe.close();
    }
    assert.is(deletions, 2);
    assert.is(readFileSync(file, 'utf8'), 'two\n');
    await slow.close();
    assert.equal(troubles, []);
  }));

test('a file that cannot be put aside is written on, and that is said once', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const told: VoiceLinguaError[] = [];
    // A lock that is a folder: it is never stale enough to be removed as a file.
    mkdirSync(`${file}.lock`);
    const old = new Date(Date.now() - DAY_MS);
    utimesSync(`${file}.lock`, old, old);
    const log = openLogFile(file, 'info', { rotation: SMALL, onTrouble: (error) => told.push(error) });
    for (let number = 0; number < 60; number += 1) {
      log.write(entry('x'.repeat(60)));
      await until('the entry is written', () => existsSync(file) && linesOf(file).length > number);
    }
    await log.close();
    assert.is(linesOf(file).length, 60);
    assert.is(told.length, 1);
    assert.match(told[0]?.message ?? '', /app\.log" is not rotated/);
  }));

test('a log that is closed leaves compressing to the next one', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    await writeRounds(file, 6, { rotation: { ...SMALL, quietMs: 60_000 } });
    assert.ok(asideOf(file).length > 0 && !packed(file));
    const old = new Date(Date.now() - 120_000);
    for (const name of asideOf(file)) utimesSync(path.join(folder, name), old, old);
    const second = openLogFile(file, 'info', { rotation: SMALL });
    second.write(entry('m'));
    await until('all that was put aside is compressed', () => packed(file));
    await second.close();
  }));

test.run();
