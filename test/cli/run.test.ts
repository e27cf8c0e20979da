import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interrupts } from '../../src/cli/interrupts.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { CORE_LANGUAGES } from '../../src/domain/language.js';
import { cli, inFolder, RecordingLingua } from './support.js';

async function withRecordings(
  names: readonly string[],
  work: (folder: string, lingua: RecordingLingua) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const name of names) writeFileSync(join(folder, name), 'sound');
    await work(folder, new RecordingLingua());
  });
}

test('a batch is submitted with its options, run, and reported in JSON lines that end with a summary', async () => {
  await withRecordings(['a.wav', 'b.mp3'], async (cwd, lingua) => {
    const argv = ['run', 'a.wav', 'b.mp3', '--to', 'de,zh-tw', '--language', 'en', '--priority', '-3', '--json'];
    const { code, records, stderr } = await cli([...argv, '--beam-size', '2'], { cwd, lingua: lingua.api() });
    assert.is(code, 0);
    const shared = { languages: ['de', 'zh-tw'], language: 'en', priority: -3, transcribe: { beamSize: 2 } };
    assert.equal(lingua.submitted, [
      { audio: join(cwd, 'a.wav'), textId: 'a', ...shared },
      { audio: join(cwd, 'b.mp3'), textId: 'b', ...shared },
    ]);
    const lines = records();
    assert.equal(
      lines.map((line) => [line.type, line.text_id, line.status]),
      [
        ['task', 'a', 'completed'],
        ['task', 'b', 'completed'],
        ['summary', undefined, undefined],
      ],
    );
    assert.equal(lines.at(-1), { type: 'summary', total: 2, completed: 2, failed: 0, cancelled: 0 });
    assert.equal(lingua.packaged, []);
    assert.is(lingua.closed, 1);
    assert.match(stderr, /a\.wav started\n/);
  });
});

test('progress off a terminal is a line now and then, whatever the number of events', async () => {
  await withRecordings(['a.wav', 'b.wav'], async (cwd, lingua) => {
    const { stderr, stdout } = await cli(['run', 'a.wav', 'b.wav'], { cwd, lingua: lingua.api() });
    const lines = stderr.trim().split('\n');
    assert.is(lines[0], '0 of 2 done; a.wav started');
    assert.match(lines[1] ?? '', /^2 completed, 0 failed, of 2 in .*; 4s of audio at [\d.]+x real time$/);
    assert.is(lines.length, 2);
    assert.not((stderr + stdout).includes('\u001b'));
  });
});

test('--quiet leaves results only', async () => {
  await withRecordings(['a.wav'], async (cwd, lingua) => {
    const { stderr, stdout } = await cli(['run', 'a.wav', '--quiet'], { cwd, lingua: lingua.api() });
    assert.is(stderr, '');
    assert.match(stdout, /^completed {2}a {2}en/);
  });
});

test('without --to, and with "all", the project’s ten languages are the targets', async () => {
  await withRecordings(['a.wav'], async (cwd, lingua) => {
    await cli(['run', 'a.wav'], { cwd, lingua: lingua.api() });
    await cli(['run', 'a.wav', '--to', 'pt,all'], { cwd, lingua: lingua.api() });
    assert.equal(lingua.submitted[0]?.languages, [...CORE_LANGUAGES]);
    assert.equal(lingua.submitted[1]?.languages, ['pt', ...CORE_LANGUAGES]);
  });
});

test('files go to --out for what completed, also for what an earlier call completed', async () => {
  await withRecordings(['a.wav', 'b.wav', 'c.wav'], async (cwd, lingua) => {
    lingua.done.add('a');
    lingua.failing.set('b', new VoiceLinguaError('INPUT_CORRUPT', 'b is broken.'));
    const argv = ['run', 'a.wav', 'b.wav', 'c.wav', '--out', 'o', '--format', 'json,srt', '--json'];
    const { code, records } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    const options = { out: join(cwd, 'o'), formats: ['json', 'srt'] };
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    assert.equal(lingua.packaged.sort(byId), [
      { id: 'task-a', options },
      { id: 'task-c', options },
    ]);
    const tasks = records().filter((line) => line.type === 'task');
    assert.equal(
      new Map(tasks.map((line) => [line.text_id, line.resumed])),
      new Map([
        ['a', true],
        ['c', false],
      ]),
    );
    assert.equal(records().at(-1), { type: 'summary', total: 3, completed: 2, failed: 1, cancelled: 0 });
  });
});

test('what fails is told with its name and does not stop the rest', async () => {
  await withRecordings(['a.wav', 'b.wav'], async (cwd, lingua) => {
    lingua.refused.set(join(cwd, 'a.wav'), new VoiceLinguaError('INPUT_PERMISSION', 'Cannot read a.'));
    const argv = ['run', 'a.wav', 'missing.wav', 'b.wav'];
    const { code, stderr, stdout } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    assert.match(stderr, /error: missing\.wav: Cannot read "missing\.wav": no such file/);
    assert.match(stderr, /error: a\.wav: Cannot read a\./);
    assert.match(stderr, /1 completed, 2 failed, of 3 in /);
    assert.match(stderr, /failed: INPUT_PERMISSION: Cannot read a\.\n {2}a\.wav\n/);
    assert.match(stderr, /failed: INPUT_NOT_FOUND: Cannot read …: no such file.*\n {2}missing\.wav\n/);
    assert.match(stdout, /completed {2}b/);
  });
});

test('one input that fails gives its own exit code', async () => {
  await withRecordings(['a.wav'], async (cwd, lingua) => {
    const cases = [
      ['MODEL_NOT_FOUND', 3],
      ['INPUT_NO_AUDIO', 4],
      ['OUT_OF_MEMORY', 6],
      ['ENGINE_FAILED', 1],
      ['UNSUPPORTED_LANGUAGE', 2],
    ] as const;
    for (const [code, exit] of cases) {
      lingua.failing.set('a', new VoiceLinguaError(code, 'Failed.'));
      const result = await cli(['run', 'a.wav', '--json'], { cwd, lingua: lingua.api() });
      assert.is(result.code, exit, code);
      const error = result.records()[0] as { type: string; error: { code: string } };
      assert.is(error.type, 'error');
      assert.is(error.error.code, code);
    }
    assert.is((await cli(['run', 'missing.wav'], { cwd })).code, 4);
  });
});

test('a manifest row’s own values go before the options', async () => {
  await inFolder(async (cwd) => {
    const lingua = new RecordingLingua();
    const rows = [
      { text_id: 'x', audio: 'x.wav', languages: ['fr'], priority: 9, reference_text: 'Own.' },
      { text_id: 'y', text: 'Good morning.' },
    ];
    mkdirSync(join(cwd, 'refs'));
    writeFileSync(join(cwd, 'refs', 'x.txt'), 'From the folder.');
    writeFileSync(join(cwd, 'm.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const argv = ['run', 'm.jsonl', '--to', 'de', '--priority', '1', '--reference', 'refs'];
    const { code, stderr } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 0, stderr);
    assert.equal(lingua.submitted, [
      { audio: join(cwd, 'x.wav'), textId: 'x', languages: ['fr'], priority: 9, referenceText: 'Own.' },
      { text: 'Good morning.', textId: 'y', languages: ['de'], priority: 1 },
    ]);
  });
});

test('a recording without its reference text is warned about, not failed', async () => {
  await withRecordings(['a.wav', 'b.wav'], async (cwd, lingua) => {
    mkdirSync(join(cwd, 'refs'));
    writeFileSync(join(cwd, 'refs', 'a.txt'), 'Hello.\n');
    const argv = ['run', 'a.wav', 'b.wav', '--reference', 'refs'];
    const { code, stderr } = await cli(argv, { cwd, lingua: lingua.api() });
    assert.is(code, 0);
    assert.equal(
      lingua.submitted.map((request) => request.referenceText),
      ['Hello.', undefined],
    );
    assert.match(stderr, /warning: no reference text for b/);
  });
});

test('names with control characters are escaped in messages', async () => {
  await withRecordings(['a\n\u001b[2Jb.wav'], async (cwd, lingua) => {
    const { stderr, stdout } = await cli(['run', '.'], { cwd, lingua: lingua.api() });
    assert.match(stderr, /a\\n\\u001b\[2Jb\.wav started/);
    assert.not((stderr + stdout).includes('\u001b'));
    assert.is(lingua.submitted[0]?.textId, 'a\n\u001b[2Jb');
  });
});

test('an abort ends the batch, closes the library, and leaves a summary as the last line', async () => {
  await withRecordings(['a.wav', 'b.wav'], async (cwd, lingua) => {
    const interrupts = new Interrupts();
    lingua.work = async (task, signal) => {
      if (task.textId !== 'b') return;
      interrupts.end(new Error('stop'));
      signal.throwIfAborted();
    };
    const options = { cwd, lingua: lingua.api(), interrupts };
    const { code, records, stderr } = await cli(['run', 'a.wav', 'b.wav', '--json'], options);
    assert.is(code, 130);
    assert.equal(records().at(-1), { type: 'summary', total: 2, completed: 1, failed: 0, cancelled: 1 });
    assert.is(lingua.closed, 1);
    assert.match(stderr, /the same command goes on/);
  });
});

test.run();
