import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEntry } from '../../src/api-types.js';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import { openLogFile } from '../../src/telemetry/log-file.js';
import { entry, type Line, linesOf, runChild, until, withFolder } from './support.js';

const numbers = (lines: readonly Line[]): unknown[] => lines.map((line) => line.number);
const count = (length: number): number[] => Array.from({ length }, (_, index) => index);

test('an entry is one line of JSON with the fields that the docs name', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const log = openLogFile(file, 'info');
    const before = Date.now();
    log.write({
      level: 'error',
      message: 'It failed:\nbadly.',
      source: 'whisper.cpp',
      taskId: 'task-1',
      textId: 'day1/talk "A"',
      stage: 'transcribe',
      code: 'ENGINE_FAILED',
      data: { window: 3, details: { path: '/x' } },
    });
    log.write(entry('Plain.'));
    await log.close();
    const [first, second, ...more] = linesOf(file);
    assert.is(more.length, 0);
    const { time, ...rest } = first as Line;
    assert.match(time as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Date.parse(time as string) >= before && Date.parse(time as string) <= Date.now());
    assert.equal(rest, {
      level: 'error',
      msg: 'It failed:\nbadly.',
      source: 'whisper.cpp',
      task_id: 'task-1',
      text_id: 'day1/talk "A"',
      stage: 'transcribe',
      code: 'ENGINE_FAILED',
      pid: process.pid,
      window: 3,
      details: { path: '/x' },
    });
    assert.equal(Object.keys(second as Line), ['level', 'time', 'pid', 'source', 'msg']);
    assert.is(second?.source, 'voicelingua');
  }));

test('entries below the level are left out', () =>
  withFolder(async (folder) => {
    const levels: Array<LogEntry['level']> = ['debug', 'info', 'warn', 'error'];
    for (const [index, level] of [...levels, 'silent' as const].entries()) {
      const file = path.join(folder, `${level}.log`);
      const log = openLogFile(file, level);
      for (const each of levels) log.write(entry('m', { level: each }));
      await log.close();
      const found = existsSync(file) ? linesOf(file).map((line) => line.level) : [];
      assert.equal(found, levels.slice(index), level);
    }
  }));

test('data cannot pass for another field, and whatever it holds the entry is written', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const log = openLogFile(file, 'info');
    const circle: Record<string, unknown> = { big: 10n };
    circle.self = circle;
    log.write(entry('reserved', { taskId: 't', data: { level: 'fatal', msg: 'other', task_id: 'u', pid: 0 } }));
    log.write(entry('odd', { data: { circle, call: () => 1, gone: undefined, nan: Number.NaN, half: '\ud800' } }));
    log.write(
      entry('hostile', {
        data: {
          get trap() {
            throw new Error('not for reading');
          },
        },
      }),
    );
    log.write(entry('after'));
    await log.close();
    const lines = linesOf(file);
    assert.equal(
      lines.map((line) => line.msg),
      ['reserved', 'odd', 'hostile', 'after'],
    );
    const [reserved, odd, hostile] = lines;
    assert.is(reserved?.level, 'info');
    assert.is(reserved?.task_id, 't');
    assert.is(reserved?.pid, process.pid);
    assert.is(reserved?.data_task_id, 'u');
    assert.is(reserved?.data_level, 'fatal');
    assert.equal(odd?.circle, { big: 10, self: '[Circular]' });
    assert.match(String(hostile?.unreadable_data), /not for reading/);
  }));

test('folder and file are made for their owner alone; entries are in order, later logs go on', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'a', 'b', 'app.log');
    for (const round of [0, 1]) {
      const log = openLogFile(file, 'info');
      for (const number of count(1_000)) log.write(entry('m', { data: { number: round * 1_000 + number } }));
      await Promise.all([log.close(), log.close()]);
      log.write(entry('after the end', { data: { number: -1 } }));
      await log.close();
    }
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.equal(numbers(linesOf(file)), count(2_000));
  }));

test('a log without entries makes no file', () =>
  withFolder(async (folder) => {
    await openLogFile(path.join(folder, 'none.log'), 'info').close();
    assert.is(existsSync(path.join(folder, 'none.log')), false);
  }));

test('what cannot be a log file is said once and costs only the entries', () =>
  withFolder(async (folder) => {
    writeFileSync(path.join(folder, 'file'), 'mine');
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const file of [
      path.join(folder, 'file', 'app.log'),
      folder,
      pipe,
      '/dev/null',
      path.join(folder, 'x'.repeat(300)),
    ]) {
      const told: VoiceLinguaError[] = [];
      const log = openLogFile(file, 'info', {
        onTrouble: (error) => {
          told.push(error);
          throw new Error('the listener fails too');
        },
      });
      for (const number of count(3)) {
        log.write(entry('m', { data: { number } }));
        await new Promise((passed) => setTimeout(passed, 5));
      }
      await log.close();
      assert.is(told.length, 1, file);
      assert.is(told[0]?.code, 'OUTPUT_UNWRITABLE');
      assert.ok(told[0]?.message.includes(file), told[0]?.message);
    }
    assert.is(readFileSync(path.join(folder, 'file'), 'utf8'), 'mine');
  }));

test('a folder that vanished costs entries; when it is back the log goes on and says how many', () =>
  withFolder(async (folder) => {
    const place = path.join(folder, 'logs');
    const file = path.join(place, 'app.log');
    const told: VoiceLinguaError[] = [];
    const log = openLogFile(file, 'info', { onTrouble: (error) => told.push(error) });
    log.write(entry('before'));
    await until('the first entry is written', () => existsSync(file) && linesOf(file).length === 1);
    rmSync(place, { recursive: true });
    log.write(entry('lost 1'));
    log.write(entry('lost 2'));
    await until('the trouble is told', () => told.length > 0);
    assert.is(existsSync(place), false, 'what was removed is not made again');
    mkdirSync(place);
    log.write(entry('after'));
    await log.close();
    assert.is(told.length, 1);
    const lines = linesOf(file);
    assert.equal(
      lines.map((line) => line.msg),
      ['2 entries are missing here: the log could not be written.', 'after'],
    );
    assert.is(lines[0]?.dropped, 2);
  }));

test('a file that was moved or deleted is replaced by a new one', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const log = openLogFile(file, 'info');
    log.write(entry('first'));
    await until('the first entry is written', () => existsSync(file) && linesOf(file).length === 1);
    renameSync(file, path.join(folder, 'moved.log'));
    log.write(entry('second'));
    await until('the second entry is written', () => existsSync(file) && linesOf(file).length === 1);
    rmSync(file);
    log.write(entry('third'));
    await log.close();
    assert.equal(
      linesOf(file).map((line) => line.msg),
      ['third'],
    );
    assert.equal(
      linesOf(path.join(folder, 'moved.log')).map((line) => line.msg),
      ['first'],
    );
  }));

test('a line that a killed process left unfinished spoils no other', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    writeFileSync(file, '{"msg":"whole"}\n{"msg":"cut o');
    const log = openLogFile(file, 'info');
    log.write(entry('next'));
    log.write(entry('and next'));
    await log.close();
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.is(lines[1], '{"msg":"cut o');
    assert.equal(
      lines.slice(2, 4).map((line) => JSON.parse(line).msg),
      ['next', 'and next'],
    );
  }));

test('a link is followed', () =>
  withFolder(async (folder) => {
    mkdirSync(path.join(folder, 'real'));
    symlinkSync(path.join(folder, 'real', 'app.log'), path.join(folder, 'link.log'));
    const log = openLogFile(path.join(folder, 'link.log'), 'info');
    log.write(entry('m'));
    await log.close();
    assert.is(linesOf(path.join(folder, 'real', 'app.log')).length, 1);
  }));

test('an open log does not keep the process, prints nothing, and everything is written', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    const ended = await runChild('leave-open', [file]);
    assert.equal(ended, { code: 0, signal: null, stdout: '', stderr: '' });
    assert.equal(numbers(linesOf(file)), count(500));
  }));

test('process.exit loses no entry, whatever the log is about', () =>
  withFolder(async (folder) => {
    for (const pause of [0, 1, 2, 5, 30]) {
      const file = path.join(folder, `exit-${pause}.log`);
      const ended = await runChild('exit', [file, String(pause)]);
      assert.equal(ended, { code: 7, signal: null, stdout: '', stderr: '' });
      const found = numbers(linesOf(file)) as number[];
      assert.equal(
        found.sort((left, right) => left - right),
        count(320),
        `after ${pause} ms`,
      );
    }
  }));

test('a full disk: told once, nothing thrown, what fitted is whole', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'app.log');
    // 64 blocks of 1,024 bytes; without the trap the signal would end the process before write answers EFBIG.
    const ended = await runChild('full-disk', [file], {
      shell: 'trap "" XFSZ; ulimit -f 64',
      env: { TSX_DISABLE_CACHE: '1' },
    });
    assert.is(ended.stderr, '');
    assert.is(ended.code, 0);
    assert.is(ended.stdout, '["DISK_FULL"]');
    const text = readFileSync(file, 'utf8');
    assert.is(Buffer.byteLength(text), 65_536);
    const whole = text.slice(0, text.lastIndexOf('\n'));
    assert.equal(
      whole.split('\n').map((line) => JSON.parse(line).number),
      count(whole.split('\n').length),
    );
  }));

test('a disk that does not answer holds up neither the caller nor close', () =>
  withFolder(async (folder) => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const file = path.join(folder, 'app.log');
    const ended = await runChild('stuck-disk', [pipe, file], { env: { UV_THREADPOOL_SIZE: '1' } });
    assert.is(ended.stdout, 'written\nOUTPUT_UNWRITABLE\nclosed\n');
    assert.is(ended.signal, 'SIGKILL');
  }));

test('many logs in one process bring no warning about listeners', () =>
  withFolder(async (folder) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const listeners = process.listenerCount('exit');
    const logs = count(20).map((number) => openLogFile(path.join(folder, `${number}.log`), 'info'));
    for (const log of logs) log.write(entry('m'));
    await Promise.all(logs.map((log) => log.close()));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    assert.equal(warnings, []);
    assert.is(process.listenerCount('exit'), listeners);
  }));

test.run();
