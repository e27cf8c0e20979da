import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detectTextLanguage } from '../../../src/engines/text/language-detector.js';

const SURE: ReadonlyArray<readonly [string, string]> = [
  ['The weather is lovely today.', 'en'],
  ['今天天气很好，我们出去走走吧。', 'zh'],
  ['今天天氣很好，我們出去走走吧。', 'zh-tw'],
  ['今日はいい天気ですね。', 'ja'],
  ['오늘은 날씨가 좋네요.', 'ko'],
  ['Il fait très beau aujourd’hui.', 'fr'],
  ['Heute ist das Wetter schön.', 'de'],
  ['Hoy hace muy buen tiempo.', 'es'],
  ['Oggi il tempo è molto bello.', 'it'],
  ['Сегодня прекрасная погода.', 'ru'],
  ['O tempo está muito bom hoje, não está?', 'pt'],
  ['Ik ga morgen met de trein naar het strand.', 'nl'],
  ['Dzień dobry, jak się masz?', 'pl'],
  ['Сьогодні дуже гарна погода, чи не так?', 'uk'],
  ['Καλημέρα σας', 'el'],
  ['สวัสดี', 'th'],
];

for (const [text, language] of SURE) {
  test(`the language of a sentence: ${language}`, async () => {
    const found = await detectTextLanguage(text);
    assert.is(found?.language, language);
    const { probability } = found as { probability: number };
    assert.ok(probability > 0.5 && probability <= 1, String(probability));
  });
}

test('Chinese characters alone are told by their forms', async () => {
  const forms: ReadonlyArray<readonly [string, string]> = [
    ['国语', 'zh'],
    ['國語', 'zh-tw'],
    ['東京駅', 'ja'],
    ['画像を開く', 'ja'],
  ];
  for (const [text, language] of forms) assert.is((await detectTextLanguage(text))?.language, language, text);
  assert.equal(await detectTextLanguage('中文'), { language: 'zh', probability: 0.5 });
});

test('there is nothing to tell it from', async () => {
  for (const text of [
    '',
    '   \n',
    '42',
    '3.14 – 15:30',
    '😀',
    '{name} %s https://example.org/about <b></b>',
    '\ud800',
  ]) {
    assert.is(await detectTextLanguage(text), null, text);
  }
});

test('addresses, tags and names in other scripts do not count for more than the text', async () => {
  const tagged = '<p class="intro">Сегодня прекрасная погода</p> https://www.example.org/weather/today?city=London';
  assert.is((await detectTextLanguage(tagged))?.language, 'ru');
  const mixed = await detectTextLanguage('我们今天在办公室安装了 Windows 和 Office。');
  assert.is(mixed?.language, 'zh');
  assert.is((await detectTextLanguage('We had dinner in 東京 with friends from the office'))?.language, 'en');
});

test('two words are less sure than a sentence, and a long text takes no longer than a page', async () => {
  const few = await detectTextLanguage('no comment');
  const many = await detectTextLanguage('There is no comment on this that I would want to make.');
  assert.ok((few?.probability ?? 1) < (many?.probability ?? 0));
  const started = performance.now();
  assert.is((await detectTextLanguage('Das ist ein sehr langer Text. '.repeat(100_000)))?.language, 'de');
  // Some 10 ms; all three megabytes would take seconds.
  assert.ok(performance.now() - started < 2_000);
});

const DATA = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'text', 'ntrex-sample.tsv');

test('news in the ten languages of the project', async () => {
  if (!existsSync(DATA)) {
    console.log('skipped: ../shared/data/text is not there');
    return;
  }
  const [head = [], ...rows] = readFileSync(DATA, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  for (const [column, language] of head.entries()) {
    if (column < 2) continue;
    const found = await Promise.all(rows.map((row) => detectTextLanguage(row[column] ?? '')));
    const right = found.filter((one) => one?.language === language).length;
    assert.ok(right >= 0.975 * rows.length, `${language}: ${right} of ${rows.length}`);
  }
});

test.run();
