import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT, withLibrary } from '../library/support.js';
import { CPU, loadAddon, TRANSLATE } from '../native/addon.js';

const MODEL = join(ROOT, 'models', 'demo-mt');
/** The wheel multiplies with MKL, the addon with oneDNN: sums in another order, and int8 steps that round another way. */
const SCORE_TOLERANCE = 2e-3;

interface Answer {
  readonly text: string;
  readonly score: number;
  readonly tokens: readonly string[];
}

interface Item {
  readonly text: string;
  readonly source: string;
  readonly target: string;
  readonly source_tokens: readonly string[];
  readonly beam1: Answer;
  readonly beam4: Answer;
}

/** What Python's ctranslate2 gives, written by tools/demo-models (python -m mt.fixtures). */
const { items } = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/demo-mt-expected.json'), 'utf8')) as {
  items: readonly Item[];
};

const LANGUAGES = ['zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'] as const;
type Sentence = Readonly<Record<'id' | 'en' | (typeof LANGUAGES)[number], string>>;

const unseen = JSON.parse(
  readFileSync(join(ROOT, 'test/fixtures/phrasebook-unseen.json'), 'utf8'),
) as readonly Sentence[];

for (const [beam, beamSize] of [
  ['beam1', 1],
  ['beam4', 4],
] as const) {
  test(`the demo model, beam ${beamSize}: tokens and scores of Python’s ctranslate2`, () => {
    const addon = loadAddon();
    const model = addon.openModel(MODEL, { ...CPU, computeType: 'int8_float32' });
    const translator = addon.openTranslator(model);
    const tokenizer = addon.openTokenizer(join(MODEL, 'sentencepiece.bpe.model'));
    for (const item of items) {
      const [pieces] = addon.tokenize(tokenizer, [item.text]);
      assert.equal([`__${item.source}__`, ...(pieces ?? []), '</s>'], item.source_tokens, item.text);
      const [answer] = addon.translate(
        translator,
        [item.source_tokens],
        [[`__${item.target}__`]],
        { ...TRANSLATE, beamSize, returnScores: true },
        0,
      );
      const expected = item[beam];
      assert.equal(answer?.hypotheses[0], expected.tokens, `${item.text} → ${item.target}`);
      const difference = Math.abs((answer?.scores[0] ?? Number.NaN) - expected.score);
      assert.ok(difference < SCORE_TOLERANCE, `${item.text} → ${item.target}: scores differ by ${difference}`);
      const [text] = addon.detokenize(tokenizer, [expected.tokens.slice(1)]);
      assert.is(text, expected.text);
    }
    for (const handle of [tokenizer, translator, model]) addon.close(handle);
  });
}

test('unseen phrasebook sentences through the library, in all languages at once', async () => {
  await withLibrary(async (lingua) => {
    const units = unseen.map(({ id, en }) => ({ id, text: en }));
    const { languages } = await lingua.translate(units, { from: 'en', to: [...LANGUAGES, 'zh-tw'] });
    let right = 0;
    for (const language of LANGUAGES) {
      const translated = languages[language]?.units ?? [];
      assert.equal(
        translated.map(({ id }) => id),
        unseen.map(({ id }) => id),
      );
      right += translated.filter(({ text }, index) => text === unseen[index]?.[language]).length;
    }
    const share = right / (unseen.length * LANGUAGES.length);
    assert.ok(share >= 0.95, `${(share * 100).toFixed(1)} % are exact`);
    assert.ok((languages.de?.confidence ?? 0) > 0.9);
    assert.match(languages['zh-tw']?.text ?? '', /[點會們開]/u);
  });
});

test.run();
