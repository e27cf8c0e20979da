import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failure, ROOT, SHARED, scriptedModel, temporary, withLibrary } from './support.js';

const ARABIC = join(SHARED, 'data/ct2-aren-transliteration/aren-transliteration');
const real = existsSync(ARABIC);
if (!real) console.log(`skipped what needs ${ARABIC}`);
/** A transliterator of names that has no tokenizer and does not tell its languages. */
const TRANSLITERATOR = `ar-en=${ARABIC}+tokenizer=characters`;
const NAME = 'آتزمون';

if (real) {
  test('two real models: each pair has its own, and what neither does alone goes through English', () =>
    withLibrary(async (lingua) => {
      const model = [TRANSLITERATOR, 'demo-mt'];
      const latin = await lingua.translate(NAME, { from: 'ar', to: 'en', model });
      assert.is(latin.languages.en?.text, 'atzmon');
      assert.is(latin.model, 'aren-transliteration');
      const german = await lingua.translate('Please wait two minutes.', { from: 'en', to: 'de', model });
      assert.is(german.languages.de?.text, 'Bitte warten Sie zwei Minuten.');
      assert.is(german.model, 'demo-mt');
      const both = await lingua.translate(NAME, { from: 'ar', to: ['de', 'en'], model });
      assert.is(both.languages.en?.text, 'atzmon');
      assert.is(both.model, 'aren-transliteration, demo-mt');
      const alone = await lingua.translate('atzmon', { from: 'en', to: 'de', model: 'demo-mt' });
      assert.is(both.languages.de?.text, alone.languages.de?.text);
      const expected = (latin.languages.en?.confidence ?? 0) * (alone.languages.de?.confidence ?? 0);
      assert.ok(Math.abs((both.languages.de?.confidence ?? 0) - expected) < 1e-6);
    }));

  test('the tokenizer of the instance is for folders that have none', () =>
    withLibrary(
      async (lingua) => {
        const set = await lingua.translate(NAME, { from: 'ar', to: 'en', model: `ar-en=${ARABIC}` });
        assert.is(set.languages.en?.text, 'atzmon');
        const german = await lingua.translate('Please wait two minutes.', { from: 'en', to: 'de', model: 'demo-mt' });
        assert.is(german.languages.de?.text, 'Bitte warten Sie zwei Minuten.');
      },
      { tokenizer: 'characters' },
    ));

  test('among several models one that does not tell its languages needs them', () =>
    withLibrary(async (lingua) => {
      const model = `${ARABIC}+tokenizer=characters,demo-mt`;
      const error = await failure(() => lingua.translate(NAME, { from: 'ar', to: 'en', model }));
      assert.is(error.code, 'INVALID_ARGUMENT');
      assert.match(error.message, /aren-transliteration .*en-de=MODEL/);
    }));

  test('memory: of a list counts what the languages can make it load', () =>
    withLibrary(async (lingua) => {
      const of = async (mtModel: string, languages: string[], language: string): Promise<number> => {
        const [estimate] = await lingua.estimate([{ text: 'a', languages, language, mtModel }]);
        assert.not.instance(estimate, Error);
        return (estimate as { memory: number }).memory;
      };
      const list = `${TRANSLITERATOR},demo-mt`;
      const one = await of('demo-mt', ['de'], 'en');
      assert.is(await of(list, ['de'], 'en'), one);
      assert.ok((await of(list, ['de'], 'ar')) > one);
    }));
}

test('a pair that no model does names what each of them knows', () =>
  withLibrary(async (lingua) => {
    const model = 'en-de=demo-mt,de-fr=demo-mt';
    const set = await lingua.translate('Please wait two minutes.', { from: 'en', to: 'de', model });
    assert.is(set.languages.de?.text, 'Bitte warten Sie zwei Minuten.');
    const error = await failure(() => lingua.translate('Bitte warten.', { from: 'de', to: 'en', model }));
    assert.is(error.code, 'UNSUPPORTED_LANGUAGE');
    assert.match(error.message, /demo-mt reads en and writes de; demo-mt reads de and writes fr/);
  }));

test('the same list in other words is the same task; another order is another', () =>
  withLibrary(async (lingua) => {
    const request = { text: 'Please wait.', language: 'en', languages: ['de'] };
    const submitted = await lingua.submit([
      { ...request, mtModel: 'en-de=demo-mt,demo-mt' },
      { ...request, mtModel: ['en-de=demo-mt ', ' demo-mt'] },
      { ...request, mtModel: 'demo-mt,en-de=demo-mt' },
    ]);
    assert.is(submitted[1]?.id, submitted[0]?.id);
    assert.is.not(submitted[2]?.id, submitted[0]?.id);
    assert.is((await lingua.task(submitted[1]?.id as string)).mtModel, 'en-de=demo-mt,demo-mt');
  }));

test('a speech model is no translation model, alone or in a list', () =>
  withLibrary(async (lingua) => {
    for (const model of [scriptedModel(), join(ROOT, 'models/demo-stt-ct2'), `en-de=${scriptedModel()},demo-mt`]) {
      const error = await failure(() => lingua.translate('Hello.', { from: 'en', to: 'de', model }));
      assert.is(error.code, 'MODEL_UNSUPPORTED', `${model}: ${error.message}`);
    }
  }));

test('lists that are none', () =>
  withLibrary(async (lingua) => {
    for (const [model, code] of [
      ['demo-mt,', 'INVALID_ARGUMENT'],
      [[], 'INVALID_ARGUMENT'],
      [[7], 'INVALID_ARGUMENT'],
      [`demo-mt,${temporary('missing')}`, 'MODEL_NOT_FOUND'],
      ['demo-mt,demo-stt', 'MODEL_UNSUPPORTED'],
    ] as const) {
      const error = await failure(() => lingua.translate('a', { from: 'en', to: 'de', model: model as string }));
      assert.is(error.code, code, JSON.stringify(model));
    }
  }));

test.run();
