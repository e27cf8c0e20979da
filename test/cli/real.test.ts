import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeLongRecording } from '../../src/cli/demo/long-recording.js';
import { type CliProcessOptions, type Ended, startCli } from './cli-process.js';
import { inFolder } from './support.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RECORDINGS = join(ROOT, 'tools/demo/recordings');
const DATA = join(ROOT, '../shared/data');

interface Told extends Ended {
  /** Lines of JSON on stdout, where they were asked for. */
  readonly records: Array<Record<string, unknown>>;
}

async function voicelingua(argv: readonly string[], options: CliProcessOptions): Promise<Told> {
  const ended = await startCli(argv, options).ended;
  const lines = ended.stdout.split('\n').filter((line) => line.startsWith('{'));
  const records = argv.includes('--json') ? lines.map((line) => JSON.parse(line) as Record<string, unknown>) : [];
  return { ...ended, records };
}

function skipWithout(...needs: string[]): boolean {
  const missing = needs.find((path) => !existsSync(path));
  if (missing !== undefined) console.log(`skipped: ${missing} is not there`);
  return missing !== undefined;
}

const ADDON = join(ROOT, 'build/Release/voicelingua.node');
const SPEECH = join(ROOT, 'models/demo-stt/ggml-demo-stt.bin');
const TRANSLATION = join(ROOT, 'models/demo-mt/model.bin');
const AREN = join(DATA, 'ct2-aren-transliteration');

test('translate - gives what the model is known to give, line for line', async () => {
  if (skipWithout(ADDON, AREN)) return;
  await inFolder(async (cwd) => {
    const { translate } = JSON.parse(readFileSync(join(AREN, 'expected.json'), 'utf8')) as {
      translate: Array<{ source: string[]; target: string[] }>;
    };
    const cases = Array.from({ length: 40 }, (_, index) => translate[index % translate.length]);
    const model = ['--mt-model', join(AREN, 'aren-transliteration'), '--tokenizer', 'characters', '--beam-size', '2'];
    const stdin = cases.map((one) => one?.source.join('')).join('\n');
    const { code, stdout, stderr } = await voicelingua(['translate', '-', '--language', 'ar', '--to', 'en', ...model], {
      cwd,
      stdin: `${stdin}\n`,
    });
    assert.is(code, 0, stderr);
    assert.is(stdout, cases.map((one) => `${one?.target.join('')}\n`).join(''));
  });
});

test('a bad model ends with 3, bad recordings with 4, and nothing is printed as a result', async () => {
  if (skipWithout(ADDON, join(DATA, 'whisper-empty'))) return;
  await inFolder(async (cwd) => {
    const good = join(RECORDINGS, 'code.wav');
    writeFileSync(join(cwd, 'page.bin'), '<!doctype html><title>not found</title>');
    const models = ['missing.bin', 'page.bin', cwd, join(DATA, 'whisper-empty/for-tests-ggml-tiny.bin')];
    for (const model of models) {
      const { code, stdout, stderr } = await voicelingua(['transcribe', good, '--stt-model', model], { cwd });
      assert.is(code, 3, `${model}: ${stderr}`);
      assert.is(stdout, '');
      assert.match(stderr, /error: /);
      assert.not.match(stderr, /\n {4}at /);
    }
  });
});

test('recordings that cannot be read fail one by one, and the rest of the batch is done', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'empty.wav'), '');
    writeFileSync(join(cwd, 'noise.mp3'), Buffer.alloc(5000, 'no sound'));
    writeFileSync(join(cwd, '$(touch pwned) "x".wav'), readFileSync(join(RECORDINGS, 'code.wav')));
    const bad = await voicelingua(['run', 'empty.wav', 'noise.mp3', '--to', 'de', '--json'], { cwd });
    assert.is(bad.code, 4, bad.stderr);
    const all = await voicelingua(['run', '.', '--to', 'de', '--json', '--out', 'o'], { cwd });
    assert.is(all.code, 5, all.stderr);
    assert.equal(all.records.at(-1), { type: 'summary', total: 3, completed: 1, failed: 2, cancelled: 0 });
    assert.equal(readdirSync(join(cwd, 'o')), ['$(touch pwned) "x".json']);
    assert.not(existsSync(join(cwd, 'pwned')));
  });
});

test('the main job: transcripts near their references, packages, and queries that find them', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    const manifest = join(RECORDINGS, 'manifest.jsonl');
    const rows = readFileSync(manifest, 'utf8').trim().split('\n').length;
    const argv = ['run', manifest, '--to', 'de,zh-tw', '--out', 'o', '--format', 'json,srt', '--json'];
    const first = await voicelingua(argv, { cwd });
    assert.is(first.code, 0, first.stderr);
    const tasks = first.records.filter((record) => record.type === 'task');
    assert.is(tasks.length, rows);
    const mean = tasks.reduce((sum, task) => sum + Number(task.accuracy), 0) / rows;
    assert.ok(mean > 0.9, `mean accuracy ${mean}`);
    const files = readdirSync(join(cwd, 'o'));
    for (const task of tasks) {
      assert.ok(files.includes(`${task.text_id}.json`), String(task.text_id));
      assert.ok(files.includes(`${task.text_id}.de.srt`), String(task.text_id));
    }
    const again = await voicelingua(argv, { cwd });
    assert.ok(again.records.filter((record) => record.type === 'task').every((task) => task.resumed === true));
    const query = ['query', '--text-id', 'code', '--language', 'en', '--source'];
    const reference = await voicelingua([...query, 'text'], { cwd });
    assert.is(reference.stdout, 'The code is one six eight one.\n');
    const missing = await voicelingua(['query', '--text-id', 'code', '--language', 'ru', '--source', 'audio'], { cwd });
    assert.is(missing.code, 2);
    const unknown = await voicelingua(['query', '--text-id', 'none', '--language', 'de', '--source', 'audio'], { cwd });
    assert.is(unknown.code, 2);
    assert.not.equal(missing.stderr, unknown.stderr);
  });
});

test('after an interrupt the same command goes on where the first one ended', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    const clips = ['code', 'restaurant'].map((name) => ({ path: join(RECORDINGS, `${name}.wav`), text: '' }));
    writeLongRecording(join(cwd, 'long.wav'), clips, 240);
    const argv = ['run', 'long.wav', '--to', 'de', '--json', '--jobs', '1', '--grace', '0'];
    let sent = false;
    const stopped = await voicelingua(argv, {
      cwd,
      onStderr: (seen, child) => {
        if (!sent && seen.includes(' %')) child.kill('SIGINT');
        sent ||= seen.includes(' %');
      },
    });
    assert.is(stopped.code, 130, stopped.stderr);
    const results = stopped.records.filter(({ type }) => type !== 'progress');
    assert.equal(results, [{ type: 'summary', total: 1, completed: 0, failed: 0, cancelled: 1 }]);
    const listed = await voicelingua(['tasks', 'list', '--json'], { cwd });
    assert.is(listed.records[0]?.status, 'pending');
    const resumed = await voicelingua(argv, { cwd });
    assert.is(resumed.code, 0, resumed.stderr);
    assert.equal(resumed.records.at(-1), { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
    const firstStep = / (\d+) %/.exec(resumed.stderr)?.[1];
    const lastStep = [...stopped.stderr.matchAll(/ (\d+) %/g)].at(-1)?.[1];
    // The window in work when it was stopped is done again: 30 of 240 s, recognising being three quarters of the task.
    const window = Math.ceil((30 / 240) * 75);
    assert.ok(Number(firstStep ?? 100) >= Number(lastStep) - window, `went on at ${firstStep} %, after ${lastStep} %`);
    assert.ok(Number(firstStep ?? 100) > 0);
  });
});

test('two runs at once on one folder do each file once', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    const names = ['code', 'restaurant', 'train-platform'];
    for (const name of names) writeFileSync(join(cwd, `${name}.wav`), readFileSync(join(RECORDINGS, `${name}.wav`)));
    const argv = ['run', '.', '--to', 'de', '--out', 'o', '--json'];
    const both = await Promise.all([voicelingua(argv, { cwd }), voicelingua(argv, { cwd })]);
    for (const { code, records, stderr } of both) {
      assert.is(code, 0, stderr);
      assert.equal(records.at(-1), { type: 'summary', total: 3, completed: 3, failed: 0, cancelled: 0 });
    }
    assert.equal(readdirSync(join(cwd, 'o')).sort(), names.map((name) => `${name}.json`).sort());
    const listed = await voicelingua(['tasks', 'list', '--json'], { cwd });
    const tasks = listed.records.filter(({ type }) => type === 'task');
    assert.equal(
      tasks.map(({ status, attempts }) => [status, attempts]),
      names.map(() => ['completed', 1]),
    );
  });
});

test('a run that was killed is finished by the same command, packages included', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    const names = ['code', 'restaurant', 'train-platform'];
    for (const name of names) writeFileSync(join(cwd, `${name}.wav`), readFileSync(join(RECORDINGS, `${name}.wav`)));
    writeFileSync(join(cwd, 'noise.mp3'), Buffer.alloc(5000, 'no sound'));
    const argv = ['run', '.', '--to', 'de', '--out', 'o'];
    let killed = false;
    const first = await voicelingua(argv, {
      cwd,
      onStdout: (seen, child) => {
        if (!killed && seen.includes('completed')) child.kill('SIGKILL');
        killed ||= seen.includes('completed');
      },
    });
    assert.is(first.code, null);
    const second = await voicelingua([...argv, '--json'], { cwd });
    assert.is(second.code, 5, second.stderr);
    assert.equal(second.records.at(-1), { type: 'summary', total: 4, completed: 3, failed: 1, cancelled: 0 });
    assert.equal(readdirSync(join(cwd, 'o')).sort(), names.map((name) => `${name}.json`).sort());
    assert.match(second.stderr, /failed: INPUT_\w+: .*\n {2}noise\.mp3\n/);
  });
});

test('--dry-run predicts and stores nothing; status, history and stats tell what a run did', async () => {
  if (skipWithout(ADDON, SPEECH, TRANSLATION)) return;
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'code.wav'), readFileSync(join(RECORDINGS, 'code.wav')));
    const argv = ['run', 'code.wav', '--to', 'de', '--json'];
    const dry = await voicelingua([...argv, '--dry-run'], { cwd });
    assert.is(dry.code, 0, dry.stderr);
    const [estimate] = dry.records as Array<{ seconds: number; memory: number; done: boolean }>;
    assert.ok(estimate !== undefined && estimate.seconds > 0 && estimate.memory > 0);
    assert.not(estimate.done);
    const empty = await voicelingua(['status', '--json'], { cwd });
    assert.is(empty.records.at(-1)?.total, 0);
    assert.is((await voicelingua(argv, { cwd })).code, 0);
    const again = await voicelingua([...argv, '--dry-run'], { cwd });
    assert.is(again.records[0]?.done, true);
    const history = await voicelingua(['history', '--json'], { cwd });
    assert.is(history.records[0]?.text_id, 'code');
    assert.ok(Number(history.records[0]?.real_time_factor) > 0);
    const stats = await voicelingua(['stats', '--json'], { cwd });
    assert.equal(stats.records.at(-1), { type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
    const metrics = await voicelingua(['metrics'], { cwd });
    assert.match(metrics.stdout, /voicelingua_/);
    const id = String(history.records[0]?.task_id);
    const show = await voicelingua(['tasks', 'show', id], { cwd });
    assert.match(show.stdout, /#1 {2}completed/);
    assert.is((await voicelingua(['tasks', 'delete', id], { cwd })).code, 0);
    assert.is((await voicelingua(['tasks', 'show', id], { cwd })).code, 2);
  });
});

test('transcribe - reads a recording from stdin', async () => {
  if (skipWithout(ADDON, SPEECH)) return;
  await inFolder(async (cwd) => {
    const file = join(RECORDINGS, 'phone-number.mp3');
    const byName = await voicelingua(['transcribe', file], { cwd });
    const piped = await voicelingua(['transcribe', '-'], { cwd, stdin: readFileSync(file) });
    assert.is(piped.code, 0, piped.stderr);
    assert.is(piped.stdout, byName.stdout);
    assert.ok(piped.stdout.length > 10);
  });
});

test.run();
