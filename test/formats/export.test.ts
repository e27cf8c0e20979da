import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import { exportPackage, renderPackage } from '../../src/formats/export.js';
import { FORMAT_NAMES, findWriters } from '../../src/formats/registry.js';
import { buildPackage } from '../../src/stages/package.js';
import { completedAudioTask, completedTextTask, segment, translation } from '../fixtures/tasks.js';

const SEGMENTS = [segment(0, 0, 1.5, ' Good morning.'), segment(1, 1.5, 3.5, ' How are you?')];

function audioPackage(textId = 'greeting') {
  const task = completedAudioTask({ textId });
  return buildPackage(
    task,
    SEGMENTS,
    [translation(task, 'de', 'AUDIO', 'Guten Morgen. Wie geht es dir?'), translation(task, 'zh-tw', 'AUDIO', '早安。')],
    { de: ['Guten Morgen.', 'Wie geht es dir?'] },
  );
}

const test = suite<{ folder: string }>('export');

test.before.each(async (context) => {
  context.folder = await mkdtemp(path.join(os.tmpdir(), 'voicelingua-export-'));
});
test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

test('formats are found by name', () => {
  assert.equal(FORMAT_NAMES, ['json', 'srt', 'vtt', 'txt']);
  assert.equal(
    findWriters(['vtt', 'json', 'vtt']).map(({ name }) => name),
    ['vtt', 'json'],
  );
  for (const name of ['str', '', 'JSON', 'constructor']) {
    assert.throws(
      () => findWriters([name]),
      (error: VoiceLinguaError) => error.code === 'INVALID_ARGUMENT' && error.message.includes('json, srt, vtt, txt'),
    );
  }
  assert.throws(() => findWriters(['str']), /did you mean "srt"/);
});

test('every language with times has its subtitles, the others are named', () => {
  const { files, skipped } = renderPackage(audioPackage(), ['srt', 'txt']);
  assert.equal(
    files.map(({ suffix }) => suffix),
    ['.en.srt', '.de.srt', '.en.txt', '.de.txt', '.zh-tw.txt'],
  );
  assert.equal(skipped, [{ format: 'srt', language: 'zh-tw', reason: '"zh-tw" has no times' }]);
  assert.is(
    files[1]?.data,
    '1\n00:00:00,000 --> 00:00:01,500\nGuten Morgen.\n\n2\n00:00:01,500 --> 00:00:03,500\nWie geht es dir?\n\n',
  );
  assert.is(files[2]?.data, 'Good morning. How are you?\n');
});

test('a text has no subtitles, silence has empty ones', () => {
  const text = completedTextTask();
  const { files, skipped } = renderPackage(buildPackage(text, [], [translation(text, 'fr', 'TEXT', 'Merci.')]), [
    'vtt',
    'txt',
  ]);
  assert.equal(
    files.map(({ suffix, data }) => [suffix, data]),
    [
      ['.en.txt', 'Thank you.\n'],
      ['.fr.txt', 'Merci.\n'],
    ],
  );
  assert.equal(
    skipped.map(({ language }) => language),
    ['en', 'fr'],
  );

  const silent = completedAudioTask({ languages: ['de'] });
  const silence = renderPackage(buildPackage(silent, [], [translation(silent, 'de', 'AUDIO', '')]), [
    'srt',
    'vtt',
    'txt',
  ]);
  assert.equal(silence.skipped, []);
  assert.equal(
    silence.files.map(({ data }) => data),
    ['', '', 'WEBVTT\n\n', 'WEBVTT\n\n', '', ''],
  );
});

test('files stand under their text ids and hold UTF-8 without a mark', async ({ folder }) => {
  const pkg = audioPackage('talks/day 1/greeting');
  const { paths, skipped } = await exportPackage(pkg, folder, ['json', 'srt', 'vtt', 'txt']);
  assert.equal(
    paths.map((file) => path.relative(folder, file)),
    ['.json', '.en.srt', '.de.srt', '.en.vtt', '.de.vtt', '.en.txt', '.de.txt', '.zh-tw.txt'].map(
      (suffix) => `talks/day 1/greeting${suffix}`,
    ),
  );
  assert.equal(
    skipped.map(({ format }) => format),
    ['srt', 'vtt'],
  );
  assert.equal(JSON.parse(await readFile(paths[0] ?? '', 'utf8')), JSON.parse(JSON.stringify(pkg)));
  for (const file of paths) assert.is.not((await readFile(file))[0], 0xef);
  assert.is((await readdir(path.join(folder, 'talks/day 1'))).length, paths.length);
});

test('an unknown format writes nothing', async ({ folder }) => {
  await exportPackage(audioPackage(), folder, ['json', 'docx']).then(
    () => assert.unreachable(),
    (error: VoiceLinguaError) => assert.is(error.code, 'INVALID_ARGUMENT'),
  );
  assert.equal(await readdir(folder), []);
});

test('an id that points elsewhere stays in the folder', async ({ folder }) => {
  const out = path.join(folder, 'out');
  await mkdir(out);
  const { paths } = await exportPackage(audioPackage('../../escaped'), out, ['json']);
  assert.ok(paths[0]?.startsWith(out + path.sep));
  assert.equal(await readdir(folder), ['out']);
});

const TALK = [
  { ...segment(0, 0, 1.5, 'Hi, <Bob> & you?'), channel: 0 },
  { ...segment(1, 1.5, 2, 'Fine --> thanks.'), channel: 1 },
  { ...segment(2, 2, 3, 'And you?'), channel: 1 },
];

test('channels are speakers: a voice in WebVTT, a name before the text elsewhere', () => {
  const task = completedAudioTask({ languages: ['de'] });
  const pkg = buildPackage(task, TALK, [translation(task, 'de', 'AUDIO', 'Hallo. Gut. Und du?')], {
    de: ['Hallo.', 'Gut.', 'Und du?'],
  });
  const { files } = renderPackage(pkg, ['vtt', 'srt', 'txt']);
  const [vtt, , srt, german, txt] = files.map(({ data }) => data);
  assert.match(vtt ?? '', /<v Speaker 1>Hi, &lt;Bob&gt; &amp; you\?\n\n.*<v Speaker 2>Fine/s);
  assert.match(srt ?? '', /\nSpeaker 1: Hi, <Bob> & you\?\n\n2\n.*\nSpeaker 2: Fine -> thanks\.\n/s);
  assert.match(german ?? '', /\nSpeaker 2: Gut\.\n/);
  assert.is(txt, 'Speaker 1: Hi, <Bob> & you?\nSpeaker 2: Fine --> thanks. And you?\n');
});

test('subtitles are cut as asked, with words underlined; texts without words by their length', () => {
  const words = [
    { word: ' Good', start: 0, end: 0.5, probability: 1 },
    { word: ' morning.', start: 0.75, end: 1.5, probability: 1 },
  ];
  const task = completedAudioTask({ languages: ['de'] });
  const pkg = buildPackage(
    task,
    [{ ...segment(0, 0, 1.5, 'Good morning.'), words }],
    [translation(task, 'de', 'AUDIO', 'Guten Morgen.')],
    { de: ['Guten Morgen.'] },
  );
  const cut = renderPackage(pkg, ['srt'], { maxLineLength: 8 }).files.map(({ data }) => data);
  assert.match(cut[0] ?? '', /00:00:00,000 --> 00:00:00,500\nGood\n\n2\n00:00:00,750 --> 00:00:01,500\nmorning\.\n/);
  assert.match(cut[1] ?? '', /\nGuten\n\n2\n.*\nMorgen\.\n/s);
  const [marked] = renderPackage(pkg, ['vtt'], { highlightWords: true }).files;
  assert.is(
    marked?.data,
    'WEBVTT\n\n00:00:00.000 --> 00:00:00.500\n<u>Good</u> morning.\n\n' +
      '00:00:00.500 --> 00:00:00.750\nGood morning.\n\n00:00:00.750 --> 00:00:01.500\nGood <u>morning.</u>\n\n',
  );
});

test.run();
