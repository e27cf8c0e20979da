import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CORE_LANGUAGES, type VoiceLingua } from '../../src/index.js';
import { AUDIO, failure, ROOT, SENTENCE, temporary, withLibrary } from './support.js';

const REFERENCE = 'The train to Beijing leaves from platform seven.';
const require = createRequire(import.meta.url);

function packageValidator(): ValidateFunction {
  const { default: Ajv } = require('ajv') as typeof import('ajv');
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(ROOT, 'schema/package.schema.json'), 'utf8')) as object);
}

function demo<T>(use: (lingua: VoiceLingua) => Promise<T>): Promise<T> {
  return withLibrary(use, { sttModel: 'demo-stt', mtModel: 'demo-mt' });
}

test('a recording and a text: transcript, accuracy, ten languages, package and query', async () => {
  const validate = packageValidator();
  await demo(async (lingua) => {
    const [recording, text] = await lingua.submit([
      { audio: SENTENCE, textId: 'train', referenceText: REFERENCE, languages: [...CORE_LANGUAGES] },
      { text: 'Please wait two minutes.', textId: 'wait', languages: ['de', 'zh-tw', 'en'] },
    ]);
    const ids = [recording?.id as string, text?.id as string];
    assert.equal(await lingua.run(ids), { total: 2, completed: 2, failed: 0, cancelled: 0 });

    const out = temporary('packages');
    const made = await lingua.packageTask(ids[0] as string, { out, formats: ['json', 'srt', 'vtt', 'txt'] });
    const stored: unknown = JSON.parse(readFileSync(join(out, 'train.json'), 'utf8'));
    assert.ok(validate(stored), JSON.stringify(validate.errors));
    assert.is(made.source_language, 'en');
    assert.equal(Object.keys(made.translations).sort(), [...CORE_LANGUAGES].sort());
    assert.is(made.translations.en?.text?.content, made.segments.map((segment) => segment.text).join(' '));
    assert.is(made.translations.en?.reference_text?.content, REFERENCE);
    assert.is(made.metadata.audio_format, 'wav');
    assert.ok((made.accuracy ?? 0) > 0.9, `accuracy ${made.accuracy}: ${made.translations.en?.text?.content}`);
    assert.is(readdirSync(out).length, 1 + 3 * CORE_LANGUAGES.length);
    assert.match(readFileSync(join(out, 'train.de.srt'), 'utf8'), /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\nDer Zug /);

    const result = await lingua.query({ language: 'de', textId: 'train', source: 'TEXT' });
    assert.is(result.content, 'Der Zug nach Peking fährt von Gleis sieben ab.');
    assert.is(result.task_id, ids[0]);
    assert.is(result.accuracy, made.accuracy);

    const words = await lingua.query(ids[1] as string);
    assert.ok(validate(words), JSON.stringify(validate.errors));
    assert.is(words.task_type, 'text');
    assert.is(words.accuracy, null);
    assert.equal(words.query_index.by_source, {
      TEXT: { en: 'reference_text', de: 'reference_text', 'zh-tw': 'reference_text' },
    });
  });
});

test('unknown text ids, missing translations and mixed answers', async () => {
  await demo(async (lingua) => {
    const { task_id: id } = await lingua.translate('Good morning.', { from: 'en', to: 'de', textId: 'greeting' });
    const missing = await failure(() => lingua.query({ language: 'de', textId: 'greting', source: 'TEXT' }));
    assert.is(missing.code, 'TEXT_ID_NOT_FOUND');
    assert.is(
      (await failure(() => lingua.query({ language: 'fr', textId: 'greeting', source: 'TEXT' }))).code,
      'TRANSLATION_NOT_FOUND',
    );
    assert.is(
      (await failure(() => lingua.query({ language: 'de', textId: 'greeting', source: 'AUDIO' }))).code,
      'TRANSLATION_NOT_FOUND',
    );
    assert.is((await failure(() => lingua.query('no such task'))).code, 'TASK_NOT_FOUND');
    const wanted = { language: 'de', textId: 'greeting', source: 'TEXT' } as const;
    const answers = await lingua.query([id, { ...wanted, textId: 'x' }, wanted]);
    assert.equal(
      answers.map((answer) =>
        'error' in answer ? answer.error.code : 'content' in answer ? answer.content : 'package',
      ),
      ['package', 'TEXT_ID_NOT_FOUND', 'Guten Morgen.'],
    );
    assert.equal(answers[1] && 'query' in answers[1] && answers[1].query, { ...wanted, textId: 'x' });
    const [found] = await lingua.query({ language: 'de', contains: 'morgen' });
    assert.is(found?.text_id, 'greeting');
    assert.equal(await lingua.query({ type: 'audio' }), []);
  });
});

test('wav, mp3, m4a and flac of one recording give one transcript', async () => {
  await demo(async (lingua) => {
    const texts: string[] = [];
    for (const extension of ['wav', 'mp3', 'm4a', 'flac']) {
      const file = join(AUDIO, `sentence.${extension}`);
      const { text, language } = await lingua.transcribe(file, { textId: extension });
      assert.is(language, 'en', extension);
      texts.push(text);
    }
    assert.equal(texts, [REFERENCE, REFERENCE, REFERENCE, REFERENCE]);
  });
});

test('Chinese keeps to its script, by OpenCC alone between its two', async () => {
  await demo(async (lingua) => {
    const { languages } = await lingua.translate('软件开发人员', { from: 'zh', to: ['zh-tw'] });
    assert.is(languages['zh-tw']?.text, '軟體開發人員');
    const back = await lingua.translate('軟體開發人員', { from: 'zh-tw', to: ['zh'] });
    assert.is(back.languages.zh?.text, '软件开发人员');
  });
});

test('lines stay lines, each sentence is translated once, and what has no words stays', async () => {
  await demo(async (lingua) => {
    const { languages } = await lingua.translate('Good morning.\n\n42\nGood morning. Good morning.', {
      from: 'en',
      to: ['de', 'en'],
    });
    assert.is(languages.de?.text, 'Guten Morgen.\n\n42\nGuten Morgen. Guten Morgen.');
    assert.is(languages.en?.text, 'Good morning.\n\n42\nGood morning. Good morning.');
    assert.is(languages.en?.confidence, 1);
  });
});

test('a text of hundreds of sentences has as many calls in front of the engine, and nothing warns of it', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  try {
    await demo(async (lingua) => {
      const sentences = Array.from({ length: 300 }, (_, number) => `The train to platform ${number} leaves at nine.`);
      const { languages } = await lingua.translate(sentences, { from: 'en', to: 'de' });
      assert.is(languages.de?.units.length, 300);
      assert.ok(languages.de?.units.every(({ text }) => text !== ''));
    });
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', note);
  }
  assert.equal(warnings, []);
});

test('a language that the model does not know is named with those it does', async () => {
  await demo(async (lingua) => {
    const error = await failure(() => lingua.translate('Good morning.', { from: 'en', to: 'sw' }));
    assert.is(error.code, 'UNSUPPORTED_LANGUAGE');
    assert.match(error.message, /sw.*de, en, es/);
    assert.is((await failure(() => lingua.translate('x', { to: 'jp' }))).code, 'UNSUPPORTED_LANGUAGE');
  });
});

test('music, noise and silence give nothing or say that they are not sure', async () => {
  await demo(async (lingua) => {
    const rate = 16_000;
    let state = 1;
    const noise = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const chord = (i: number): number =>
      0.15 * [261.6, 329.6, 392].reduce((sum, hertz) => sum + Math.sin((2 * Math.PI * hertz * i) / rate), 0);
    const sounds = {
      silence: () => 0,
      'white noise': () => 0.1 * noise(),
      'a chord': chord,
    };
    for (const [name, sound] of Object.entries(sounds)) {
      const samples = Float32Array.from({ length: 4 * rate }, (_, i) => sound(i));
      const { text, segments } = await lingua.transcribe(samples, { textId: name });
      assert.ok(
        text === '' || segments.every((segment) => segment.flags?.includes('low_confidence')),
        `${name} gave "${text}"`,
      );
    }
  });
});

test('a package is written whole or not at all', async () => {
  await demo(async (lingua) => {
    const { task_id: id } = await lingua.translate('Good morning.', { from: 'en', to: 'de', textId: '../../escape' });
    const out = temporary('inside/deep');
    mkdirSync(out, { recursive: true });
    await lingua.packageTask(id, { out });
    assert.not(existsSync(temporary('escape.json')));
    const error = await failure(() => lingua.packageTask(id, { out: join(SENTENCE, 'below-a-file') }));
    assert.is(error.code, 'OUTPUT_UNWRITABLE');
    assert.is((await failure(() => lingua.packageTask(id, { out, formats: ['sbv'] }))).code, 'INVALID_ARGUMENT');
  });
});

test.run();
