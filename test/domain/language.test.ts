import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import { CORE_LANGUAGES, engineLanguage, normalizeLanguage } from '../../src/domain/language.js';

test('codes of the contract are their own', () => {
  for (const code of CORE_LANGUAGES) assert.is(normalizeLanguage(code), code);
});

test('other spellings come to the code', () => {
  const spellings: Readonly<Record<string, string>> = {
    'zh-CN': 'zh',
    'zh-Hans': 'zh',
    zho_Hans: 'zh',
    'zh-Hant': 'zh-tw',
    'zh-HK': 'zh-tw',
    zh_TW: 'zh-tw',
    zho_Hant: 'zh-tw',
    zt: 'zh-tw',
    'zh-Hant-TW': 'zh-tw',
    'zh-Hant-HK': 'zh-tw',
    'zh-MO': 'zh-tw',
    'zh-Hans-CN': 'zh',
    'zh-Hans-HK': 'zh',
    'en-US': 'en',
    pt_BR: 'pt',
    ' DE ': 'de',
  };
  for (const [given, code] of Object.entries(spellings)) assert.is(normalizeLanguage(given), code);
});

test('countries are answered with their language, nonsense with examples', () => {
  for (const [country, language] of [
    ['jp', 'ja'],
    ['kr', 'ko'],
    ['cn', 'zh'],
    ['tw', 'zh-tw'],
  ] as const) {
    assert.throws(
      () => normalizeLanguage(country),
      (error: VoiceLinguaError) => error.code === 'UNSUPPORTED_LANGUAGE' && error.message.includes(`use "${language}"`),
    );
  }
  for (const nonsense of ['', 'english', 'e', '12', '../en', 'en;', '中文']) {
    assert.throws(
      () => normalizeLanguage(nonsense),
      (error: VoiceLinguaError) => error.code === 'UNSUPPORTED_LANGUAGE',
    );
  }
});

test('engines write Traditional Chinese as Chinese', () => {
  assert.is(engineLanguage('zh-tw'), 'zh');
  assert.is(engineLanguage('ja'), 'ja');
});

test.run();
