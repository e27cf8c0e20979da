import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  languageCandidates,
  languageToken,
  plainPieces,
  scoreToConfidence,
  unwrapTokens,
  wrapTokens,
} from '../../src/engines/native/translation-protocol.js';

test('M2M100: source language token first, end token last, target token as prefix', () => {
  const row = wrapTokens('m2m100', ['▁Hello'], 'en', 'de');
  assert.equal(row, { source: ['__en__', '▁Hello', '</s>'], prefix: ['__de__'] });
  assert.equal(unwrapTokens(row, ['__de__', '▁Hallo', '</s>']), ['▁Hallo']);
});

test('the prefix is dropped once: a text that begins with a language token keeps its own', () => {
  const row = wrapTokens('m2m100', ['▁x'], 'en', 'de');
  assert.equal(unwrapTokens(row, ['__de__', '__de__', '▁x']), ['__de__', '▁x']);
});

test('Traditional Chinese is the engines’ Chinese', () => {
  assert.is(languageToken('m2m100', 'zh-tw'), '__zh__');
  assert.is(languageToken('nllb', 'zh-tw'), 'zho_Hans');
});

test('NLLB takes FLORES codes, plain and Marian models no language tokens', () => {
  assert.equal(wrapTokens('nllb', ['▁a'], 'en', 'ru'), {
    source: ['eng_Latn', '▁a', '</s>'],
    prefix: ['rus_Cyrl'],
  });
  assert.equal(wrapTokens('plain', ['a'], 'ar', 'en'), { source: ['a'], prefix: [] });
  assert.equal(wrapTokens('marian', ['a'], 'en', 'zh'), { source: ['a', '</s>'], prefix: [] });
});

test('M2M100 knows a hundred languages, the ten of the project among them', () => {
  const known = languageCandidates('m2m100').map(({ language }) => language);
  assert.is(new Set(known).size, 100);
  for (const language of ['en', 'zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru']) assert.ok(known.includes(language));
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
    const { source } = wrapTokens(family, ['▁a', ...control, own[family], '▁b'], 'ru', 'fr');
    const ends = family === 'marian' ? 0 : 1;
    const text = source.slice(ends, -1);
    for (const token of [...control, own[family]]) assert.not.ok(text.includes(token), `${family}: ${token}`);
    assert.is(text.join(''), `▁a${control.join('')}${own[family]}▁b`);
    assert.is(source.at(-1), '</s>');
  }
  assert.equal(wrapTokens('plain', ['</s>', 'a'], 'ar', 'en').source, ['<', '/', 's', '>', 'a']);
});

test('pieces that only resemble tokens of control stay whole', () => {
  const pieces = ['▁</s', 's>', '▁__en__', '__', 'en', 'Latn', '<', '>>', '<|', '▁madeupword', '___'];
  for (const family of ['m2m100', 'nllb', 'marian', 'plain'] as const)
    assert.equal(plainPieces(family, pieces), pieces);
});

test.run();
