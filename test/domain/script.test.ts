import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { guessTextLanguage, joinPieces } from '../../src/domain/script.js';

test('pieces of running text are set apart as their language does', () => {
  assert.is(joinPieces([' Good morning.', ' ', 'How are you? '], 'en'), 'Good morning. How are you?');
  assert.is(joinPieces(['早上好。', ' 谢谢。'], 'zh'), '早上好。谢谢。');
  assert.is(joinPieces(['おはよう', '𠮷野家です'], 'ja'), 'おはよう𠮷野家です');
  assert.is(joinPieces(['안녕하세요.', '네.'], 'ko'), '안녕하세요. 네.');
  assert.is(joinPieces(['我用', 'iPhone', 'OK', '的'], 'zh'), '我用iPhone OK的');
  assert.is(joinPieces([], 'en'), '');
});

test('a text without a language is told by its script', () => {
  const texts: Readonly<Record<string, string>> = {
    en: 'Good morning',
    zh: '早上好',
    ja: '東京へ行く',
    ko: '안녕하세요',
    ru: 'Доброе утро, John',
  };
  for (const [language, text] of Object.entries(texts)) assert.is(guessTextLanguage(text), language);
  assert.is(guessTextLanguage(''), 'en');
});

test.run();
