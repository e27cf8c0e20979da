import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OptimizeStep, VoiceLingua } from '../../src/index.js';
import { findShortlists } from '../../src/models/shortlists.js';
import { writeCt2Folder } from '../native/addon-models.js';
import { failure, ROOT, temporary, withLibrary } from './support.js';

process.env.VOICELINGUA_MODELS = temporary('models');

const DEMO = join(ROOT, 'models', 'demo-mt');
const unseen = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/phrasebook-unseen.json'), 'utf8')) as ReadonlyArray<
  Readonly<Record<'en' | 'de' | 'ja' | 'ru', string>>
>;
const SENTENCES = unseen.map(({ en }) => en);

/** A scripted translator; `foreign` of what it says is no token of a Latin script. */
function scripted(name: string, foreign: Readonly<Record<string, string>>): string {
  const path = temporary(name);
  writeCt2Folder(path);
  const file = join(path, 'shared_vocabulary.json');
  const vocabulary = JSON.parse(readFileSync(file, 'utf8')) as string[];
  writeFileSync(file, JSON.stringify(vocabulary.map((token) => foreign[token] ?? token)));
  return path;
}

async function contents(lingua: VoiceLingua, model?: string): Promise<Record<string, string>> {
  const to = ['de', 'ja', 'ru', 'zh-tw'];
  const options = model === undefined ? { from: 'en', to } : { from: 'en', to: ['de'], model };
  const { languages } = await lingua.translate(SENTENCES, options);
  return Object.fromEntries(Object.entries(languages).map(([language, { text }]) => [language, text]));
}

test('the demo model: lists by script change nothing, are kept, and are used from then on', async () => {
  await withLibrary(async (lingua) => {
    const before = await contents(lingua);
    const steps: OptimizeStep[] = [];
    const report = await lingua.optimizeModel({
      to: ['de', 'ja', 'ru', 'zh-tw'],
      sample: SENTENCES,
      onProgress: (step) => steps.push(step),
    });
    assert.equal([report.model, report.from, report.beamSize, report.sample], ['demo-mt', 'en', 1, 'given']);
    for (const { language, kept, trials } of report.languages) {
      const [trial, ...more] = trials;
      assert.equal([kept, more.length], [true, 0], language);
      assert.equal([trial?.width, trial?.sentences, trial?.same], ['script', SENTENCES.length, SENTENCES.length]);
      assert.ok((trial?.tokens as number) < report.vocabulary / 2);
      assert.ok((trial?.speed as number) > 0);
    }
    assert.equal(
      report.languages.map(({ language }) => language),
      ['de', 'ja', 'ru', 'zh'],
    );
    assert.equal(
      steps.map(({ language, width }) => [language, width]),
      ['de', 'ja', 'ru', 'zh'].flatMap((language) => [
        [language, null],
        [language, 'script'],
      ]),
    );
    assert.is(findShortlists(DEMO)?.path, report.path);
    const { checks } = await lingua.doctor();
    const detail = checks.find(({ name }) => name === 'shortlists')?.detail ?? '';
    assert.ok(detail.includes(`${SENTENCES.length}/${SENTENCES.length} sentences the same`), detail);
    assert.ok(detail.includes(report.path as string), detail);
    // A task of the same text and options is the same task, so that another instance does it anew.
    await withLibrary(async (other) => assert.equal(await contents(other), before));
    await withLibrary(
      async (other) => {
        assert.equal(await contents(other), before);
        const said = (await other.doctor()).checks.find(({ name }) => name === 'shortlists');
        assert.is(said?.detail, 'switched off');
      },
      { shortlist: 'off' },
    );
  });
});

test('a list that changes what the model says is not kept; texts with those tokens make one that is', async () => {
  const model = scripted('ct2-foreign', { '▁t9': '▁т9', '▁t2': '▁т2' });
  const sample = ['▁t1 ▁t4', '▁t7', '▁t20 ▁t21 ▁t22'];
  await withLibrary(
    async (lingua) => {
      const refused = await lingua.optimizeModel({ model, to: 'de', sample, beamSize: 4 });
      assert.is(refused.path, null);
      const [language] = refused.languages;
      assert.is(language?.kept, false);
      assert.equal(
        language?.trials.map(({ width, sentences, same }) => [width, sentences, same]),
        // Nearly the whole vocabulary is Latin, so that the list is not even tried.
        [['script', 0, 0]],
      );
      assert.is(findShortlists(model), null);
    },
    { tokenizer: 'whitespace' },
  );
});

test('of a model with many scripts: the narrow list fails, is widened, and one that fails takes an older one with it', async () => {
  // What it says is t5 т9 t2 t30; half of the other tokens are of a script that no target has.
  const others = Object.fromEntries(
    [...Array(41).keys()]
      .filter((i) => ![5, 9, 2, 30].includes(i))
      .map((i) => [`▁t${i}`, i % 4 === 0 ? `▁t${i}` : `▁ש${i}`]),
  );
  const model = scripted('ct2-scripts', { ...others, '▁t9': '▁т9' });
  const sample = ['▁t4 ▁t8', '▁t12', '▁ש1 ▁ש3'];
  const said = '▁t5 ▁т9 ▁t2 ▁t30';
  await withLibrary(
    async (lingua) => {
      const before = await contents(lingua, model);
      const failed = await lingua.optimizeModel({ model, to: 'de', sample, beamSize: 4 });
      assert.equal(
        failed.languages[0]?.trials.map(({ width, sentences, same }) => [width, sentences, same]),
        [['script', 3, 0]],
      );
      assert.is(failed.path, null);
      const texts = { de: [said, '▁t5'] };
      const made = await lingua.optimizeModel({ model, to: ['de', 'fr'], sample, texts, beamSize: 4 });
      assert.equal(
        made.languages.map(({ language, kept, trials }) => [language, kept, trials.map(({ width }) => width)]),
        [
          ['de', true, ['texts']],
          ['fr', false, ['script']],
        ],
      );
      assert.equal([...(findShortlists(model)?.lists.keys() ?? [])], ['de']);
      await withLibrary(async (other) => assert.equal(await contents(other, model), before), {
        tokenizer: 'whitespace',
      });
      const taken = await lingua.optimizeModel({ model, to: ['de'], sample, beamSize: 4 });
      assert.is(taken.path, null);
      assert.not.ok(existsSync(made.path as string));
    },
    { tokenizer: 'whitespace' },
  );
});

test('a damaged file fails what would use it, and can be made again', async () => {
  await withLibrary(async (lingua) => {
    const { path } = await lingua.optimizeModel({ to: 'de', sample: SENTENCES.slice(0, 4) });
    writeFileSync(path as string, readFileSync(path as string, 'utf8').slice(0, 100));
    const error = await failure(() => lingua.translate('Good morning, all.', { to: 'de' }));
    assert.is(error.code, 'MODEL_INVALID');
    assert.ok(error.message.includes(path as string));
    await lingua.optimizeModel({ to: 'de', sample: SENTENCES.slice(0, 4) });
    assert.ok((await lingua.translate('Good evening, all.', { to: 'de' })).languages.de);
  });
});

test('what cannot be optimised is named', async () => {
  await withLibrary(async (lingua) => {
    const cases: Array<[Record<string, unknown>, string]> = [
      [{}, 'INVALID_ARGUMENT'],
      [{ to: 'en' }, 'INVALID_ARGUMENT'],
      [{ to: 'sw' }, 'UNSUPPORTED_LANGUAGE'],
      [{ to: 'de', from: 'fr' }, 'INVALID_ARGUMENT'],
      [{ to: 'de', sample: [] }, 'INVALID_ARGUMENT'],
      [{ to: 'de', sample: [''] }, 'INVALID_ARGUMENT'],
      [{ to: 'de', texts: { de: 'text' } }, 'INVALID_ARGUMENT'],
      [{ to: 'de', texts: { 'no language': ['text'] } }, 'UNSUPPORTED_LANGUAGE'],
      [{ to: 'de', texts: ['text'] }, 'UNSUPPORTED_LANGUAGE'],
      [{ to: 'de', beamSize: 0 }, 'INVALID_ARGUMENT'],
      [{ to: 'de', smaple: ['x'] }, 'UNKNOWN_OPTION'],
      [{ to: 'de', model: 'not there' }, 'MODEL_NOT_FOUND'],
      [{ to: 'de', model: join(ROOT, 'models', 'demo-stt') }, 'MODEL_UNSUPPORTED'],
    ];
    for (const [options, code] of cases) {
      const error = await failure(() => lingua.optimizeModel(options as never));
      assert.is(error.code, code, `${JSON.stringify(options)}: ${error.message}`);
    }
  });
});

test('sentences of the translation memory come first, those of the project fill up', async () => {
  const { shortlistSample } = await import('../../src/shortlist-sample.js');
  const page = (texts: readonly string[]) => ({
    memoryEntries: async () => ({ entries: texts.map((text) => ({ text })), next: null }) as never,
  });
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `Sentence ${i}.`);
  const few = await shortlistSample(undefined, 'en', page(numbered(10)));
  assert.equal([few.origin, few.measured.length, few.teaching.length], ['memory and built-in', 210, 0]);
  const many = await shortlistSample(undefined, 'en', page(numbered(900)));
  assert.equal([many.origin, many.measured.length, many.teaching.length], ['memory', 200, 200]);
  assert.equal(new Set([...many.measured, ...many.teaching]).size, 400);
  assert.is((await shortlistSample(undefined, 'en', page([]))).origin, 'built-in');
  assert.is((await shortlistSample(numbered(3), 'fr', page([]))).measured.length, 3);
});

test.run();
