import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PackageOptions } from '../../src/api-types.js';
import { Interrupts } from '../../src/cli/interrupts.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { outputPath } from '../../src/domain/text-id.js';
import { type CliOptions, cli, inFolder, RecordingLingua } from './support.js';

const ROWS = 10_000;

/** A manifest with many short texts; every hundredth fails. */
function writeManifest(folder: string, lingua: RecordingLingua): void {
  const rows = Array.from({ length: ROWS }, (_, index) => ({ text_id: `row ${index}`, text: `Text ${index}.` }));
  writeFileSync(join(folder, 'm.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  for (let index = 0; index < ROWS; index += 100) {
    lingua.failing.set(`row ${index}`, new VoiceLinguaError('ENGINE_FAILED', 'The engine failed.'));
  }
}

test('a manifest of 10,000 rows starts with its first rows, and names every failure at the end', async () => {
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    writeManifest(cwd, lingua);
    let storedAtStart = 0;
    lingua.work = async () => {
      storedAtStart ||= lingua.submitted.length;
    };
    const before = process.memoryUsage().heapUsed;
    const { code, stdout, stderr } = await cli(['run', 'm.jsonl', '--to', 'de'], { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    assert.ok(storedAtStart < 100, `${storedAtStart} tasks were stored when the first ran`);
    assert.ok(Math.max(...lingua.groups) >= 100 && Math.max(...lingua.groups) <= 250, String(lingua.groups));
    assert.is(lingua.ran.length, ROWS);
    assert.is(new Set(lingua.ran).size, ROWS);
    assert.is(stdout.split('\n').length - 1, ROWS - ROWS / 100);
    // One line for each failure when it comes, one at the end, and a handful besides.
    assert.ok(stderr.split('\n').length < 2 * (ROWS / 100) + 20, `${stderr.split('\n').length} lines`);
    const summary = stderr.slice(stderr.indexOf('9,900 completed, 100 failed, of 10,000 in '));
    assert.match(summary, /failed \(100\): ENGINE_FAILED: The engine failed\.\n {2}row 0\n {2}row 100\n/);
    for (let index = 0; index < ROWS; index += 100) assert.match(summary, new RegExp(`^ {2}row ${index}$`, 'm'));
    // The fake library keeps all it was given; what the command line adds is small beside it.
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 300e6, `the heap grew by ${Math.round(grown / 1e6)} MB`);
  });
});

test('a folder tree of many files is taken in the order of its paths, each once', async () => {
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    const paths = Array.from({ length: 600 }, (_, index) => `rec/d${index % 7}/${String(index).padStart(4, '0')}.wav`);
    for (const path of paths) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), 'sound');
    }
    const { code } = await cli(['run', 'rec', '--quiet'], { cwd, lingua: lingua.api() });
    assert.is(code, 0);
    assert.equal(
      lingua.submitted.map((request) => request.audio),
      paths.sort().map((path) => join(cwd, path)),
    );
  });
});

/** Runs on `names.wav` with a fake library that `prepare` changes. */
async function runOn(
  names: readonly string[],
  argv: readonly string[],
  prepare: (lingua: RecordingLingua, cwd: string) => CliOptions | undefined,
) {
  return await inFolder(async (cwd) => {
    for (const name of names) writeFileSync(join(cwd, `${name}.wav`), 'sound');
    const lingua = new RecordingLingua();
    const options = prepare(lingua, cwd) ?? {};
    const result = await cli(['run', '.', ...argv], { cwd, lingua: lingua.api(), ...options });
    return { ...result, lingua };
  });
}

const broken = new VoiceLinguaError('INPUT_CORRUPT', 'Broken.');

test('--fail-fast starts nothing after the first failure', async () => {
  const { code, stderr, lingua, records } = await runOn(['a', 'b', 'c', 'd'], ['--fail-fast', '--json'], (fake) => {
    fake.failing.set('b', broken);
    return undefined;
  });
  assert.is(code, 5);
  assert.equal(lingua.ran.slice(0, 2), ['task-a', 'task-b']);
  assert.not(lingua.tasksById.get('task-c')?.status === 'completed');
  assert.match(stderr, /1 completed, 1 failed, 2 not done, of 4/);
  assert.match(stderr, /stopped at the first failure; the same command goes on/);
  assert.equal(records().at(-1), { type: 'summary', total: 4, completed: 1, failed: 1, cancelled: 2 });
});

test('--fail-fast with one task ends with its own code, and stops at an input that is none', async () => {
  const one = await runOn(['a'], ['--fail-fast'], (fake) => {
    fake.failing.set('a', broken);
    return undefined;
  });
  assert.is(one.code, 4);
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    for (const name of ['a', 'b']) writeFileSync(join(cwd, `${name}.wav`), 'sound');
    const argv = ['run', 'a.wav', 'missing.wav', 'b.wav', '--fail-fast'];
    const { code } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    assert.not(lingua.ran.includes('task-b'));
  });
});

test('--dry-run tells time and memory of each task and of all, and stores nothing', async () => {
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, `${name}.wav`), 'sound');
    lingua.done.add('b');
    lingua.refused.set(join(cwd, 'c.wav'), broken);
    const argv = ['run', '.', 'missing.wav', '--dry-run', '--jobs', '2', '--out', 'o'];
    const { code, stdout, stderr } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    assert.match(stdout, /^would run +a\.wav {2}1m00s of audio {2}about 30s {2}500 MB$/m);
    assert.match(stdout, /^done before +b\.wav$/m);
    assert.match(stderr, /error: c\.wav: Broken\./);
    assert.match(stderr, /error: missing\.wav: /);
    assert.match(stderr, /1 would run, 1 done before, 2 cannot\n/);
    assert.match(
      stderr,
      /1m00s of audio; about 15s of work with --jobs 2, up to 500 MB of memory\nnothing was stored\n/,
    );
    assert.equal([lingua.submitted, lingua.ran, lingua.packaged], [[], [], []]);
    const json = await cli([...argv, '--json'], { cwd, lingua: lingua.api() });
    assert.equal(
      json.records().find((record) => record.input === 'a.wav'),
      {
        type: 'estimate',
        input: 'a.wav',
        text_id: 'a',
        audio_seconds: 60,
        seconds: 30,
        memory: 500_000_001,
        done: false,
      },
    );
    assert.equal(json.records().at(-1), { type: 'summary', total: 4, completed: 2, failed: 2, cancelled: 0 });
  });
});

test('short memory is waited for and told, and fails nothing', async () => {
  const { code, stderr, lingua } = await runOn(['a', 'b'], [], (fake) => {
    const submit = fake.submit.bind(fake) as (given: unknown) => Promise<never>;
    let refusals = 2;
    fake.submit = async (given: unknown) => {
      if (refusals-- > 0) throw new VoiceLinguaError('OVERLOADED', 'Memory is 93 % in use.');
      return submit(given);
    };
    return undefined;
  });
  assert.is(code, 0);
  assert.is(stderr.split('new work waits: Memory is 93 % in use.').length, 2);
  assert.match(stderr, /memory is free again: going on/);
  assert.is(lingua.ran.length, 2);
});

test('while memory is short the work can be stopped', async () => {
  const interrupts = new Interrupts();
  const { code, lingua } = await runOn(['a'], ['--grace', '1h'], (fake) => {
    fake.submit = async () => {
      setTimeout(() => interrupts.request(new Error('stop')), 50);
      throw new VoiceLinguaError('OVERLOADED', 'Memory is 93 % in use.');
    };
    return { interrupts };
  });
  assert.is(code, 130);
  assert.equal(lingua.ran, []);
});

test('a store that fails ends the batch with its own code, a summary last', async () => {
  const { code, records, lingua } = await runOn(['a', 'b'], ['--json'], (fake) => {
    fake.submit = async () => {
      throw new VoiceLinguaError('STORE_CORRUPT', 'The store is damaged.');
    };
    return undefined;
  });
  assert.is(code, 1);
  assert.equal(
    records().map((record) => record.type),
    ['error', 'summary'],
  );
  assert.is(lingua.closed, 1);
});

test('a stop lets what runs end, submits nothing more, and packages what ended', async () => {
  const interrupts = new Interrupts();
  const names = Array.from({ length: 50 }, (_, index) => String(index).padStart(2, '0'));
  const { code, stderr, lingua } = await runOn(names, ['--out', 'o'], (fake) => {
    fake.work = async (task) => {
      if (task.textId === '02') interrupts.request(new Error('stop'));
    };
    return { interrupts };
  });
  assert.is(code, 130);
  assert.equal(
    lingua.packaged.map(({ id }) => id),
    ['task-00', 'task-01', 'task-02'],
  );
  assert.ok(lingua.submitted.length < 50);
  assert.match(stderr, /3 completed, 0 failed(, \d+ not done)?, of \d+\+? in /);
  assert.match(stderr, /packages: 3 written to o\n/);
});

test('the same work named twice counts once', async () => {
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    const row = JSON.stringify({ text_id: 'x', text: 'Hello.' });
    writeFileSync(join(cwd, 'm.jsonl'), Array.from({ length: 30 }, () => row).join('\n'));
    const { records } = await cli(['run', 'm.jsonl', '--json'], { cwd, lingua: lingua.api() });
    assert.equal(lingua.ran, ['task-x']);
    assert.equal(records().at(-1), { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
  });
});

test('a task that is deleted while it is waited for is named, and missing from the work', async () => {
  const { code, stderr } = await runOn(['a', 'b'], [], (fake) => {
    fake.run = async (ids = []) => {
      for await (const id of ids) fake.ran.push(id);
      return { total: 2, completed: 0, failed: 0, cancelled: 0 };
    };
    return undefined;
  });
  assert.is(code, 5);
  assert.match(stderr, /a\.wav: cancelled\nb\.wav: cancelled\n/);
});

/** A fake library that writes packages as the real one does, in the order of the formats. */
function writing(lingua: RecordingLingua): RecordingLingua {
  const packageTask = lingua.packageTask.bind(lingua);
  lingua.packageTask = (id: string, options: PackageOptions = {}) => {
    const { textId = id, languages = [] } = lingua.tasksById.get(id) ?? {};
    for (const format of options.formats ?? ['json']) {
      const suffixes = format === 'json' ? ['.json'] : ['en', ...languages].map((language) => `.${language}.${format}`);
      for (const suffix of suffixes) {
        const path = outputPath(options.out ?? '', textId, suffix);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, `${JSON.stringify({ task_id: id, text_id: textId }, null, 2)}\n`);
      }
    }
    return packageTask(id, options);
  };
  return lingua;
}

test('packages of an earlier call are written again only where they are missing or another task’s', async () => {
  await inFolder(async (cwd) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) writeFileSync(join(cwd, `${name}.wav`), 'sound');
    const lingua = writing(new RecordingLingua());
    const argv = ['run', '.', '--to', 'de', '--out', 'o', '--format', 'srt,json'];
    await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(lingua.packaged.length, 5);
    const again = async () => {
      lingua.packaged.length = 0;
      const { code, stderr } = await cli(argv, { cwd, lingua: lingua.api() });
      assert.is(code, 0);
      return { written: lingua.packaged.map(({ id }) => id).sort(), stderr };
    };
    const first = await again();
    assert.equal(first.written, []);
    assert.match(first.stderr, /5 completed \(5 done before\).*\npackages: 0 written to o, 5 were there\n/);
    rmSync(join(cwd, 'o', 'a.json'));
    rmSync(join(cwd, 'o', 'b.de.srt'));
    writeFileSync(join(cwd, 'o', 'c.json'), '{\n  "task_id": "another"\n}\n');
    // Written before the package: left over from an earlier task.
    utimesSync(join(cwd, 'o', 'd.de.srt'), new Date(0), new Date(0));
    assert.equal((await again()).written, ['task-a', 'task-b', 'task-c', 'task-d']);
    assert.equal((await again()).written, []);
    assert.ok(existsSync(join(cwd, 'o', 'b.de.srt')));
  });
});

test('two runs at once on one folder do each file once, and both tell of all', async () => {
  await inFolder(async (cwd) => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, `${name}.wav`), 'sound');
    const lingua = writing(new RecordingLingua());
    const work: string[] = [];
    const running = new Map<string, Promise<void>>();
    // As the real library does: what another run has in work is waited for.
    lingua.work = (task) => {
      const known = running.get(task.id);
      if (known !== undefined) return known;
      work.push(task.id);
      const started = sleep(20);
      running.set(task.id, started);
      return started;
    };
    const argv = ['run', '.', '--out', 'o', '--json'];
    const both = await Promise.all([1, 2].map(() => cli(argv, { cwd, lingua: lingua.api() })));
    for (const { code, records } of both) {
      assert.is(code, 0);
      assert.equal(records().at(-1), { type: 'summary', total: 3, completed: 3, failed: 0, cancelled: 0 });
    }
    assert.equal(work.sort(), ['task-a', 'task-b', 'task-c']);
    for (const name of ['a', 'b', 'c']) {
      const { task_id } = JSON.parse(readFileSync(join(cwd, 'o', `${name}.json`), 'utf8')) as { task_id: string };
      assert.is(task_id, `task-${name}`);
    }
  });
});

test('--metrics-file holds the last figures; a path that cannot be written is told before the work', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    const lingua = new RecordingLingua();
    const argv = ['run', 'a.wav', '--metrics-file'];
    assert.is((await cli([...argv, 'node/v.prom'], { cwd, lingua: lingua.api() })).code, 0);
    assert.match(readFileSync(join(cwd, 'node/v.prom'), 'utf8'), /voicelingua_tasks_total\{.*\} 1\n/);
    const wrong = await cli([...argv, 'a.wav/v.prom'], { cwd, lingua: lingua.api() });
    assert.is(wrong.code, 6);
    assert.match(wrong.stderr, /Cannot write the metrics file/);
    assert.is(lingua.ran.length, 1);
  });
});

test('with --json progress comes as records, the summary last', async () => {
  const { records } = await runOn(['a', 'b'], ['--json'], (fake) => {
    fake.work = () => sleep(2000);
    return undefined;
  });
  const progress = records().filter((record) => record.type === 'progress');
  assert.is(progress.length, 1);
  assert.is(progress[0]?.total, 2);
  assert.is(records().at(-1)?.type, 'summary');
});

test.run();
