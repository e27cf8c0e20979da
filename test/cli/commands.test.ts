import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { cli, inFolder, RecordingLingua, taskRecord } from './support.js';

test('translate - prints one translation a line, in order, blank lines kept', async () => {
  const lingua = new RecordingLingua();
  const lines = Array.from({ length: 150 }, (_, index) => (index % 7 === 3 ? '' : `line ${index}`));
  const { code, stdout } = await cli(['translate', '-', '--to', 'de'], {
    lingua: lingua.api(),
    stdin: `${lines.join('\r\n')}`,
  });
  assert.is(code, 0);
  assert.equal(
    stdout.split('\n').slice(0, -1),
    lines.map((line) => (line === '' ? '' : `${line} in de`)),
  );
});

test('translate - splits lines and characters over chunks rightly and prints before the input ends', async () => {
  const lingua = new RecordingLingua();
  const bytes = Buffer.from('erste Zeile\n会议 zwei\ndrei');
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  const { stdout } = await cli(['translate', '--to', 'en'], { lingua: lingua.api(), stdin: Readable.from(chunks) });
  assert.is(stdout, 'erste Zeile in en\n会议 zwei in en\ndrei in en\n');
  assert.is(lingua.translateCalls.length, 3);
});

test('several languages put theirs before each line; JSON holds them in one object', async () => {
  const lingua = new RecordingLingua();
  const argv = ['translate', 'one', 'two', '--to', 'de,fr', '--language', 'en'];
  const plain = await cli(argv, { lingua: lingua.api() });
  assert.is(plain.stdout, 'de\tone in de\nfr\tone in fr\nde\ttwo in de\nfr\ttwo in fr\n');
  assert.is(lingua.translateCalls[0]?.options.from, 'en');
  const json = await cli([...argv, '--json'], { lingua: lingua.api() });
  assert.equal(json.records(), [
    {
      type: 'translation',
      index: 0,
      text: 'one',
      translations: { de: { content: 'one in de', confidence: 0.5 }, fr: { content: 'one in fr', confidence: 0.5 } },
    },
    {
      type: 'translation',
      index: 1,
      text: 'two',
      translations: { de: { content: 'two in de', confidence: 0.5 }, fr: { content: 'two in fr', confidence: 0.5 } },
    },
    { type: 'summary', total: 2, completed: 2, failed: 0, cancelled: 0 },
  ]);
});

test('a translation with a line break stays one line', async () => {
  const { stdout } = await cli(['translate', 'a\nb', '--to', 'de'], { lingua: new RecordingLingua().api() });
  assert.is(stdout, 'a b in de\n');
});

test('a translation that fails is told and counted, the lines after it go on', async () => {
  const lines = [...Array.from({ length: 64 }, () => 'break'), 'fine'];
  const { code, stdout, records } = await cli(['translate', '-', '--to', 'de', '--json'], {
    lingua: new RecordingLingua().api(),
    stdin: lines.join('\n'),
  });
  assert.is(code, 5);
  assert.match(stdout, /fine in de/);
  assert.equal(records().at(-1), { type: 'summary', total: 65, completed: 1, failed: 64, cancelled: 0 });
});

test('transcribe prints transcripts in the order of the files, and fails one by one', async () => {
  await inFolder(async (cwd) => {
    const names = Array.from({ length: 20 }, (_, index) => `f${String(index).padStart(2, '0')}.wav`);
    for (const name of names) writeFileSync(join(cwd, name), 'sound');
    const lingua = new RecordingLingua();
    lingua.failing.set('f03', new VoiceLinguaError('INPUT_CORRUPT', 'Broken.'));
    const { code, stdout, stderr } = await cli(['transcribe', ...names], { cwd, lingua: lingua.api() });
    assert.is(code, 5);
    assert.equal(
      stdout.trim().split('\n'),
      names.filter((name) => name !== 'f03.wav').map((name) => `${name}\theard ${name}`),
    );
    assert.match(stderr, /error: f03\.wav: Broken\./);
    const one = await cli(['transcribe', 'f00.wav', '--out', 'o'], { cwd, lingua: lingua.api() });
    assert.is(one.stdout, 'heard f00.wav\n');
    assert.equal(lingua.packaged, [{ id: 'task-f00', options: { out: 'o' } }]);
  });
});

test('query by key prints the content alone, by filter one line each, by id the package', async () => {
  const lingua = new RecordingLingua();
  lingua.tasksById.set('t1', taskRecord('t1', { text: 'x', textId: 'talk' }));
  const key = await cli(['query', '--language', 'de', '--text-id', 'talk', '--source', 'audio'], {
    lingua: lingua.api(),
  });
  assert.is(key.stdout, 'Guten Tag\n');
  assert.match(key.stderr, /talk \(task t, confidence 0\.90, accuracy 95\.0 %/);
  const filtered = await cli(['query', '--language', 'de', '--contains', 'Tag', '--limit', '5'], {
    lingua: lingua.api(),
  });
  assert.is(filtered.stdout, 'talk\tde\tAUDIO\tGuten Tag\ntalk\tde\tAUDIO\ttwo\\nlines\n');
  const byId = await cli(['query', 't1', 'none', '--json'], { lingua: lingua.api() });
  assert.is(byId.code, 5);
  assert.equal(
    byId.records().map((record) => record.type),
    ['package', 'error', 'summary'],
  );
  assert.equal(lingua.queries, [
    { language: 'de', textId: 'talk', source: 'AUDIO' },
    { limit: 5, language: 'de', contains: 'Tag' },
    't1',
    'none',
  ]);
});

test('package prints the package, or writes it to --out', async () => {
  const lingua = new RecordingLingua();
  const printed = await cli(['package', 'task-a'], { lingua: lingua.api() });
  assert.equal(JSON.parse(printed.stdout), { task_id: 'task-a', text_id: 'a' });
  const written = await cli(['package', 'task-a', '--out', 'o', '-osrt', '-f', 'txt'], { lingua: lingua.api() });
  assert.is(written.stdout, 'packaged  a  task-a\n');
  const { signal, ...options } = (lingua.packaged[1]?.options ?? {}) as { signal?: unknown };
  assert.instance(signal, AbortSignal);
  assert.equal(options, { out: 'o', formats: ['srt', 'txt'] });
});

test('doctor prints every check, the way out of what is wrong, and ends with 1 then', async () => {
  const lingua = Object.assign(new RecordingLingua(), {
    doctor: async () => ({
      ok: false,
      checks: [
        { name: 'node', ok: true, detail: 'v20' },
        { name: 'demo-stt', ok: false, detail: 'missing', fix: 'restore models/' },
      ],
    }),
  });
  const { code, stdout } = await cli(['doctor'], { lingua: lingua.api() });
  assert.is(code, 1);
  assert.match(stdout, /^ok {4}node {6}v20\nFAIL {2}demo-stt {2}missing\n +restore models\/\n$/);
});

test.run();
