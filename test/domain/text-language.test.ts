import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { languageWarning, takenLanguage } from '../../src/domain/text-language.js';

test('what is sure is taken, what is likely is taken with a word, what is not is told by the script', () => {
  const sure = takenLanguage('Guten Morgen, wie geht es dir?', { language: 'de', probability: 0.97 });
  assert.equal(sure, { language: 'de', guess: null });
  const likely = { language: 'de', probability: 0.5 };
  assert.equal(takenLanguage('Guten Tag', likely), { language: 'de', guess: likely });
  const unlikely = { language: 'nl', probability: 0.3 };
  assert.equal(takenLanguage('Zoom', unlikely), { language: 'en', guess: unlikely });
  assert.is(takenLanguage('Привет', { language: 'uk', probability: 0.3 }).language, 'ru');
  assert.is(takenLanguage('語', { language: 'zh-tw', probability: 0.3 }).language, 'zh-tw');
  assert.equal(takenLanguage('42', null), { language: 'en', guess: null });
  assert.equal(takenLanguage('Yes', null), { language: 'en', guess: { language: null, probability: 0 } });
});

test('a word alone, and a language that nobody expects, have to be surer', () => {
  const word = { language: 'it', probability: 0.86 };
  assert.equal(takenLanguage('Hello', word), { language: 'it', guess: word });
  assert.equal(takenLanguage('Hello to you', word), { language: 'it', guess: null });
  assert.is(takenLanguage('Merci', { language: 'fr', probability: 0.95 }).guess, null);
  const other = { language: 'no', probability: 0.78 };
  assert.equal(takenLanguage('Delete', other), { language: 'en', guess: other });
  assert.equal(takenLanguage('Slett denne filen', other), { language: 'no', guess: null });
  assert.is(takenLanguage('مرحبا', { language: 'ar', probability: 0.5 }).language, 'ar', 'no English, by its letters');
  assert.is(takenLanguage('東京', { language: 'ja', probability: 0.8 }).guess, null, 'no word by its spaces');
});

test('a warning names what was taken, what was detected, and the way out', () => {
  assert.is(languageWarning('de', undefined), null);
  assert.match(
    languageWarning('de', { language: 'de', probability: 0.5 }) ?? '',
    /taken for "de".*0\.50.*--language.*"from"/,
  );
  assert.match(
    languageWarning('en', { language: 'nl', probability: 0.3 }) ?? '',
    /perhaps "nl".*0\.30.*taken for "en"/,
  );
});

test.run();
