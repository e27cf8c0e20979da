import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKS, checkTranslation, type TranslationPair } from '../../../src/domain/translation-checks/index.js';
import { numbers } from '../../../src/domain/translation-checks/numbers.js';
import { randomOf, testSeed } from '../../fixtures/random.js';
import { LANGUAGES } from './parallel-text.js';

const next = randomOf(testSeed('translation checks'));
const below = (limit: number): number => Math.floor(next() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;

const PIECES = [
  'the ',
  'Holly Willoughby ',
  'der ',
  'und ',
  '委员会',
  '否决',
  'ウェールズ',
  '위원회',
  'Комитет ',
  '12',
  '1,234.5 ',
  '三十五',
  '만',
  '万',
  ' ',
  '.',
  '!',
  '…',
  "'",
  '-',
  '{x}',
  '%s',
  '\n',
  '\t',
  '\0',
  '\ud800',
  '\udc00',
  '\u202e',
  '\u0301',
  '\ufdfa',
  '😀',
  'ﷺ',
  '٣',
  'XIX',
  'million ',
  'İ',
  'ß',
];

function anyText(): string {
  let text = '';
  for (let left = below(40); left > 0; left--) {
    text += next() < 0.8 ? pick(PIECES) : String.fromCharCode(below(0x10000));
  }
  return text;
}

function anyPair(): TranslationPair {
  const source = anyText();
  return {
    source,
    target: next() < 0.3 ? source : anyText(),
    sourceLanguage: pick([...LANGUAGES, 'th', 'ar', 'xx', 'auto', '']),
    targetLanguage: pick([...LANGUAGES, 'th', 'ar', 'xx', 'auto', '']),
    kept: next() < 0.5 ? [] : ['{x}', '%s', pick(PIECES), '\ud800'],
  };
}

test('no text makes a check throw, and every finding is well formed', () => {
  for (let round = 0; round < 3_000; round++) {
    const pair = anyPair();
    const found = checkTranslation(pair);
    for (const { check, detail, weight } of found) {
      const shown = JSON.stringify({ pair, check, detail, weight });
      assert.ok(check in CHECKS, shown);
      assert.ok(weight > 0 && weight <= 1, shown);
      assert.ok(detail.length > 0 && detail.length < 260, shown);
    }
    assert.equal(checkTranslation(pair), found, 'the same answer again');
  }
});

test('identical numbers are never reported', () => {
  const write = (value: number, language: string): string =>
    Number.isInteger(value) && next() < 0.5
      ? String(value)
      : value.toLocaleString(language === 'zh-tw' ? 'zh-TW' : language, {
          maximumFractionDigits: 2,
          useGrouping: next() < 0.7,
        });
  for (let round = 0; round < 4_000; round++) {
    const [sourceLanguage, targetLanguage] = [pick(LANGUAGES), pick(LANGUAGES)];
    const values = Array.from({ length: 1 + below(4) }, () =>
      next() < 0.6 ? below(10 ** (1 + below(7))) : below(100_000) / 100,
    );
    const text = (language: string): string => values.map((value) => `– ${write(value, language)} –`).join(' ; ');
    const pair = { source: text(sourceLanguage), target: text(targetLanguage), sourceLanguage, targetLanguage };
    assert.equal(numbers(pair), [], JSON.stringify(pair));
  }
});

test('a source that is copied as it is has its numbers, names and kept items', () => {
  for (let round = 0; round < 1_000; round++) {
    const language = pick(LANGUAGES);
    const source = anyText();
    const pair = { source, target: source, sourceLanguage: language, targetLanguage: language, kept: ['{x}', '%s'] };
    const checks = checkTranslation(pair).map(({ check }) => check);
    for (const check of ['numbers', 'names', 'placeholders', 'length', 'copied'] as const) {
      assert.not.ok(checks.includes(check), `${check}: ${JSON.stringify(pair)}`);
    }
  }
});

/** Lines that a careless pattern takes time with the square of, as long as asked. */
const LONG: Readonly<Record<string, string>> = {
  words: 'the committee rejected a proposal ',
  'one letter': 'a',
  digits: '1',
  'grouped digits': '1,111',
  'spaced digits': '111 ',
  'digits and dots': '1.',
  dots: '.',
  quotes: '."',
  hyphens: 'a-',
  apostrophes: "a'",
  capitals: 'Holly ',
  'inner capitals': 'YouTube ',
  'number words': 'twenty-one ',
  'Chinese numerals': '三十五万',
  'digits and units': '5万',
  Chinese: '委员会否决提案讨论',
  Kana: 'ウェ',
  Korean: '위원회는 ',
  Cyrillic: 'комитет ',
  marks: '\u0301',
  surrogates: '\ud800',
  placeholders: '%s',
};

const lineOf = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

function secondsOf(pair: TranslationPair): number {
  const start = performance.now();
  checkTranslation(pair);
  return (performance.now() - start) / 1000;
}

test('long lines take time in proportion to their length', () => {
  const SHORT = 24 * 1024;
  for (const [name, piece] of Object.entries(LONG)) {
    for (const [sourceLanguage, targetLanguage] of [
      ['en', 'ja'],
      ['zh', 'de'],
    ] as const) {
      const pairOf = (length: number): TranslationPair => {
        const line = lineOf(piece, length);
        return { source: `${line}a`, target: `${line} b`, sourceLanguage, targetLanguage, kept: ['%s'] };
      };
      const short = Math.min(secondsOf(pairOf(SHORT)), secondsOf(pairOf(SHORT)));
      const long = secondsOf(pairOf(8 * SHORT));
      // Eight times as long: 64 times as much work if it were quadratic. The sum takes the noise of a short run.
      assert.ok(long < 24 * short + 0.5, `${name}, ${sourceLanguage} → ${targetLanguage}: ${short} s, then ${long} s`);
    }
  }
});

test('a line of 1 MB is checked', () => {
  const line = lineOf(`${PIECES.join('')} ${Object.values(LONG).join(' ')}`, 1024 * 1024);
  for (const [sourceLanguage, targetLanguage] of [
    ['en', 'zh'],
    ['ko', 'de'],
  ] as const) {
    const pair = {
      source: line,
      target: `${line}${line.slice(0, 1000)}`,
      sourceLanguage,
      targetLanguage,
      kept: ['%s'],
    };
    assert.ok(secondsOf(pair) < 30);
  }
});

test.run();
