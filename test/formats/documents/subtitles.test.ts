import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReadDocument } from '../../../src/formats/documents/document.js';
import { srtDocument, vttDocument } from '../../../src/formats/documents/subtitles.js';
import { seededRandom } from '../../fixtures/random.js';

function texts(document: ReadDocument): string[] {
  return document.units.map((unit) => unit.text);
}

function same(document: ReadDocument): string {
  return document.write(new Map(document.units.map(({ id, text }) => [id, text])));
}

function written(document: ReadDocument, ...translations: readonly string[]): string {
  return document.write(new Map(translations.map((text, index) => [String(index + 1), text])));
}

const SRT = `\ufeff1\r
00:00:01,000 --> 00:00:02,500\r
Hello, my dear\r
old friend.\r
\r
2\r
00:00:03,000 --> 00:00:04,000 X1:10 X2:20\r
<i>- Who is it?</i>\r
- Me.\r
\r
3\r
00:00:05,000 --> 00:00:06,000\r
\r
4\r
00:00:07,000 --> 00:00:08,000\r
{\\an8}One line\r
\r
\r
`;

test('SubRip: cues are units, and everything else comes back as it was', async () => {
  const document = await srtDocument.read(SRT);
  assert.equal(document.units, [
    { id: '1', text: 'Hello, my dear old friend.' },
    { id: '2', text: '<i>- Who is it?</i>\n- Me.' },
    { id: '3', text: '{\\an8}One line' },
  ]);
  assert.is(same(document), SRT);
  assert.is(document.write(new Map()), SRT);
  assert.is(
    written(document, 'Hallo, mein lieber alter Freund.', '<i>- Wer ist es?</i>\n- Ich.', '{\\an8}Eine Zeile'),
    SRT.replace('Hello, my dear\r\nold friend.', 'Hallo, mein lieber\r\nalter Freund.')
      .replace('Who is it?', 'Wer ist es?')
      .replace('Me.', 'Ich.')
      .replace('One line', 'Eine Zeile'),
  );
});

test('SubRip: blank lines inside a cue, cues without blank lines between, no number, no end of line', async () => {
  const text =
    '1\n00:00:01,000 --> 00:00:02,000\nfirst\n\nsecond\n2\n0:00:03.0 --> 0:00:04.0\nthird\n\n00:05:00,000-->00:06:00,000\n42';
  const document = await srtDocument.read(text);
  assert.equal(texts(document), ['first second', 'third', '42']);
  assert.is(same(document), text);
  assert.is(written(document, 'a b').split('\n')[2], 'a');
});

test('a translation can break no cue', async () => {
  const document = await srtDocument.read(
    '1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n',
  );
  const out = written(document, 'Hallo\n\n9\n00:00:09,000 --> 00:00:10,000\nfremd', '');
  const again = await srtDocument.read(out);
  assert.is(again.units[0]?.text.includes('-->'), false);
  assert.is(out.match(/-->/g)?.length, 2);
  assert.not.match(out, /Hallo\n\n/);
});

const VTT = `WEBVTT - a title
Kind: captions

STYLE
::cue { color: red }

NOTE this is not
translated

REGION
id:fred

intro
00:01.000 --> 00:02.000 align:start position:10%
<v Ann>Hello <b>there</b>, Q&amp;A

00:00:03.000 --> 00:00:04.000
今日はとてもいい
天気ですね。

NOTE end
`;

test('WebVTT: header, notes, styles, ids, settings and voices stay', async () => {
  const document = await vttDocument.read(VTT);
  assert.equal(texts(document), ['<v Ann>Hello <b>there</b>, Q&amp;A', '今日はとてもいい天気ですね。']);
  assert.is(same(document), VTT);
  assert.is(
    written(document, '<v Ann>Hallo <b>da</b>, Q&amp;A', '今天的天气非常好，是不是？'),
    VTT.replace('Hello <b>there</b>', 'Hallo <b>da</b>').replace(
      '今日はとてもいい\n天気ですね。',
      '今天的天气非常\n好，是不是？',
    ),
  );
});

test('what is no subtitle file is refused', async () => {
  for (const [format, text] of [
    [srtDocument, 'Just a text.\nAnother line.'],
    [vttDocument, '00:01.000 --> 00:02.000\nHello'],
    [vttDocument, ''],
  ] as const) {
    try {
      await format.read(text);
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, 'INPUT_CORRUPT');
    }
  }
  assert.equal((await srtDocument.read('\n\n')).units, []);
});

test('any file comes back as it was, and a translated one has the same cues', async () => {
  const random = seededRandom('subtitles');
  const pieces = [
    '1\n',
    '2\n',
    '\n',
    '\r\n',
    'text',
    ' ',
    '- a',
    '你好',
    '<i>',
    '</i>',
    '-->',
    '00:00:01,000 --> 00:00:02,000\n',
    '\ufeff',
    'NOTE x\n',
  ];
  for (let round = 0; round < 1000; round++) {
    const body = Array.from({ length: random.below(30) }, () => random.pick(pieces)).join('');
    for (const [format, text] of [
      [srtDocument, `1\n00:00:00,000 --> 00:00:01,000\nx\n\n${body}`],
      [vttDocument, `WEBVTT\n\n${body}`],
    ] as const) {
      const document = await format.read(text);
      assert.is(same(document), text);
      const out = document.write(new Map(document.units.map(({ id }) => [id, 'ein neuer Text'])));
      const again = await format.read(out);
      assert.equal(
        texts(again),
        document.units.map(() => 'ein neuer Text'),
      );
    }
  }
});

test('a megabyte of cues takes time with its length', async () => {
  const cue = '00:00:01,000 --> 00:00:02,000\nSome words that are\nsaid here.\n\n';
  const started = performance.now();
  const document = await srtDocument.read(cue.repeat(20_000));
  assert.is(document.units.length, 20_000);
  document.write(new Map(document.units.map(({ id }) => [id, 'Einige Wörter, die hier gesagt werden.'])));
  // Some 0.5 s; with time by the square it would be minutes.
  assert.ok(performance.now() - started < 20_000);
});

test.run();
