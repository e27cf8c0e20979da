import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  languageOfCode,
  languagesByToken,
  M2M100_LANGUAGES,
  plainPieces,
  scoreToConfidence,
  unwrapTokens,
  wrapTokens,
} from '../../src/engines/native/translation-protocol.js';

const M2M100 = languagesByToken('m2m100', ['__en__', '__de__', '__zh__', '__ru__', '__fr__']);
const NLLB = languagesByToken('nllb', ['eng_Latn', 'rus_Cyrl', 'fra_Latn']);
const NONE = new Map<string, string>();

test('M2M100: source language token first, end token last, target token as prefix', () => {
  const row = wrapTokens('m2m100', ['▁Hello'], 'en', 'de', M2M100);
  assert.equal(row, { source: ['__en__', '▁Hello', '</s>'], prefix: ['__de__'] });
  assert.equal(unwrapTokens(row, ['__de__', '▁Hallo', '</s>']), ['▁Hallo']);
});

test('the prefix is dropped once: a text that begins with a language token keeps its own', () => {
  const row = wrapTokens('m2m100', ['▁x'], 'en', 'de', M2M100);
  assert.equal(unwrapTokens(row, ['__de__', '__de__', '▁x']), ['__de__', '▁x']);
});

test('Traditional Chinese is the engines’ Chinese', () => {
  assert.equal(wrapTokens('m2m100', ['▁a'], 'en', 'zh-tw', M2M100).prefix, ['__zh__']);
});

test('NLLB takes FLORES codes, plain and Marian models of one target no language tokens', () => {
  assert.equal(wrapTokens('nllb', ['▁a'], 'en', 'ru', NLLB), {
    source: ['eng_Latn', '▁a', '</s>'],
    prefix: ['rus_Cyrl'],
  });
  assert.equal(wrapTokens('plain', ['a'], 'ar', 'en', NONE), { source: ['a'], prefix: [] });
  assert.equal(wrapTokens('marian', ['a'], 'en', 'zh', NONE), { source: ['a', '</s>'], prefix: [] });
});

test('Marian of several targets is told which one in front of the text', () => {
  const tokens = languagesByToken('marian', ['>>deu<<', '>>fra<<', '>>cmn<<', '>>cmn_Hans<<', '>>cmn_Hant<<', '▁a']);
  assert.equal([...tokens.keys()], ['de', 'fr', 'zh']);
  assert.equal(wrapTokens('marian', ['▁a'], 'en', 'de', tokens), { source: ['>>deu<<', '▁a', '</s>'], prefix: [] });
  assert.equal(wrapTokens('marian', ['▁a'], 'en', 'zh-tw', tokens).source[0], '>>cmn_Hans<<');
});

test('a language that the model has no token for is an error, not an unknown token', () => {
  for (const [family, tokens] of [
    ['m2m100', M2M100],
    ['nllb', NLLB],
    ['marian', new Map([['de', '>>deu<<']])],
  ] as const) {
    assert.throws(
      () => wrapTokens(family, ['▁a'], 'en', 'ja', tokens),
      (error: { code?: string; message: string }) =>
        error.code === 'UNSUPPORTED_LANGUAGE' && error.message.includes('"ja"'),
    );
  }
});

test('M2M100 knows a hundred languages, the ten of the project among them', () => {
  const known = [
    ...languagesByToken(
      'm2m100',
      [...M2M100_LANGUAGES, 'xx'].map((code) => `__${code}__`),
    ).keys(),
  ];
  assert.is(known.length, 100);
  for (const language of ['en', 'zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru']) assert.ok(known.includes(language));
});

test('NLLB’s codes are the project’s: two letters where there are some, Simplified before Traditional', () => {
  const vocabulary = 'ace_Arab ace_Latn zho_Hant zho_Hans jpn_Jpan kor_Hang arb_Arab nob_Latn tgl_Latn pes_Arab'.split(
    ' ',
  );
  assert.equal(Object.fromEntries(languagesByToken('nllb', vocabulary)), {
    ace: 'ace_Arab',
    zh: 'zho_Hans',
    ja: 'jpn_Jpan',
    ko: 'kor_Hang',
    ar: 'arb_Arab',
    nb: 'nob_Latn',
    tl: 'tgl_Latn',
    fa: 'pes_Arab',
    no: 'nob_Latn',
  });
});

test('codes in names of models', () => {
  assert.equal(['en', 'deu', 'cmn', 'ZH', 'cat', 'ilo'].map(languageOfCode), ['en', 'de', 'zh', 'zh', 'ca', 'ilo']);
  for (const family of ['mul', 'gmw', 'roa', 'big', 'x', 'und', '']) assert.is(languageOfCode(family), null, family);
});

test('confidence is the probability of an average token, whatever the length penalty', () => {
  const tokens = 9;
  const sum = 10 * Math.log(0.8);
  for (const penalty of [0, 0.6, 1]) {
    const score = sum / (tokens + 1) ** penalty;
    assert.ok(Math.abs(scoreToConfidence(score, tokens, penalty) - 0.8) < 1e-9, `length penalty ${penalty}`);
  }
  assert.is(scoreToConfidence(Number.NEGATIVE_INFINITY, 0, 1), 0);
});

test('tokens of control inside a text are plain text', () => {
  const control = ['</s>', '<s>', '<unk>', '<pad>', '<|endoftext|>'];
  const own = { m2m100: '__en__', nllb: 'eng_Latn', marian: '>>de<<' } as const;
  for (const family of ['m2m100', 'nllb', 'marian'] as const) {
    const { source } = wrapTokens(
      family,
      ['▁a', ...control, own[family], '▁b'],
      'ru',
      'fr',
      { m2m100: M2M100, nllb: NLLB, marian: NONE }[family],
    );
    const ends = family === 'marian' ? 0 : 1;
    const text = source.slice(ends, -1);
    for (const token of [...control, own[family]]) assert.not.ok(text.includes(token), `${family}: ${token}`);
    assert.is(text.join(''), `▁a${control.join('')}${own[family]}▁b`);
    assert.is(source.at(-1), '</s>');
  }
  assert.equal(wrapTokens('plain', ['</s>', 'a'], 'ar', 'en', NONE).source, ['<', '/', 's', '>', 'a']);
});

test('pieces that only resemble tokens of control stay whole', () => {
  const pieces = ['▁</s', 's>', '▁__en__', '__', 'en', 'Latn', '<', '>>', '<|', '▁madeupword', '___'];
  for (const family of ['m2m100', 'nllb', 'marian', 'plain'] as const)
    assert.equal(plainPieces(family, pieces), pieces);
});

test.run();
