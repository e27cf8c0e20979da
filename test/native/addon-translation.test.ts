import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeHypotheses, NativeTranslateOptions } from '../../src/native/binding.js';
import { CPU, failure, loadAddon, SHARED, TRANSLATE, temporaryFolder } from './addon.js';
import { CT2_VOCABULARY, seededRandom, TRANSLATION, writeCt2Folder } from './addon-models.js';

// Models of binary version 2 cut int8 activations off instead of rounding them, so that the last bit of a float counts,
// and that depends on the instructions it was computed with: the reference was made with the same ones.
process.env.CT2_FORCE_CPU_ISA = 'GENERIC';
const addon = loadAddon();
const folder = temporaryFolder();
const path = join(folder, 'translator');
writeCt2Folder(path);
const model = addon.openModel(path, CPU);
const translator = addon.openTranslator(model);
const TRANSLITERATION = join(SHARED, 'data/ct2-aren-transliteration');

type Tokens = readonly string[];

const translate = (source: Tokens[], prefix: Tokens[], options: Partial<NativeTranslateOptions> = {}) =>
  addon.translate(translator, source, prefix, { ...TRANSLATE, ...options }, 0);

const sentence = (words: number) => ['__en__', ...Array.from({ length: words }, (_, i) => `▁t${i}`), '</s>'];

test('the scripted translator says its script after the language it was given', () => {
  for (const beamSize of [1, 2, 4, 8]) {
    for (const language of ['__de__', '__fr__']) {
      const [result] = translate([sentence(3)], [[language]], { beamSize, returnScores: true });
      assert.equal(result?.hypotheses, [[language, ...TRANSLATION]]);
      assert.is(result?.scores.length, 1);
      assert.ok((result?.scores[0] as number) < 0);
    }
  }
});

test('one batch holds sources of several lengths and several languages, and order is kept', () => {
  const source = [1, 7, 3, 0, 12, 2].map(sentence);
  const prefix = source.map((_, i) => [i % 2 === 0 ? '__de__' : '__fr__']);
  const whole = translate(source, prefix);
  assert.equal(
    whole.map(({ hypotheses }) => hypotheses[0]?.[0]),
    prefix.map(([language]) => language),
  );
  for (const [maxBatchSize, batchType] of [
    [1, 'examples'],
    [2, 'examples'],
    [16, 'tokens'],
    [1, 'tokens'],
  ] as const) {
    const parts = translate(source, prefix, { maxBatchSize, batchType });
    assert.equal(
      parts.map(({ hypotheses }) => hypotheses),
      whole.map(({ hypotheses }) => hypotheses),
    );
  }
});

test('one sentence in several languages is encoded once, and answered as if alone', () => {
  const source = [sentence(5), sentence(9), sentence(5), sentence(5), sentence(9)];
  const prefix = [['__de__'], ['__fr__'], ['__fr__'], ['__de__'], ['__de__']];
  const alone = source.map((tokens, row) => translate([tokens], [prefix[row] as Tokens], { returnScores: true })[0]);
  const before = addon.translatorWork(translator);
  const together = translate(source, prefix, { returnScores: true });
  const { rows, encoded } = addon.translatorWork(translator);
  assert.equal([rows - before.rows, encoded - before.encoded], [5, 2]);
  for (const [row, { hypotheses, scores }] of together.entries()) {
    assert.equal(hypotheses, alone[row]?.hypotheses);
    assert.ok(Math.abs((scores[0] as number) - (alone[row]?.scores[0] as number)) < 1e-4);
  }
});

const vocabulary = addon.targetVocabulary(model);
const setShortlist = (name: string, tokens: readonly string[], handle = translator) =>
  addon.setShortlist(
    handle,
    name,
    Int32Array.from(tokens, (token) => vocabulary.indexOf(token)),
  );

test('the vocabulary is given in the order of ids', () => {
  assert.equal(vocabulary, CT2_VOCABULARY);
});

test('the output is kept to a shortlist, and to that alone', () => {
  const whole = translate([sentence(0)], [['__de__']], { returnScores: true })[0];
  const script = whole?.hypotheses[0]?.slice(1) as string[];
  setShortlist('script', script);
  const kept = translate([sentence(0), sentence(1)], [['__de__'], ['__fr__']], {
    returnScores: true,
    shortlists: ['script'],
  });
  assert.equal(
    kept.map(({ hypotheses }) => hypotheses[0]),
    [
      ['__de__', ...script],
      ['__fr__', ...script],
    ],
  );
  // The rest of the vocabulary has no share of the probability any more.
  assert.ok((kept[0]?.scores[0] as number) > (whole?.scores[0] as number));
  const other = script.slice(1);
  setShortlist('other', other);
  const [without] = translate([sentence(0)], [['__de__']], { shortlists: ['other'], maxDecodingLength: 8 });
  const may = new Set([...other, '__de__', '__en__', '<unk>', '<s>', '</s>']);
  for (const token of without?.hypotheses[0] ?? []) assert.ok(may.has(token), token);
  // Both together, and none again.
  assert.equal(
    translate([sentence(0)], [['__de__']], { shortlists: ['other', 'script'] })[0]?.hypotheses,
    whole?.hypotheses,
  );
  assert.equal(translate([sentence(0)], [['__de__']], { returnScores: true })[0], whole);
  failure(() => translate([sentence(0)], [['__de__']], { shortlists: ['unknown'] }), 'INVALID_ARGUMENT');
  for (const wrong of ['script', [1], null]) {
    failure(() => translate([sentence(0)], [['__de__']], { shortlists: wrong as never }), 'INVALID_ARGUMENT');
  }
  for (const wrong of [[-1], [vocabulary.length]]) {
    failure(() => addon.setShortlist(translator, 'wrong', Int32Array.from(wrong)), 'INVALID_ARGUMENT');
  }
  for (const wrong of [[1], null, 'ids', new Float32Array(1)]) {
    failure(() => addon.setShortlist(translator, 'wrong', wrong as never), 'INVALID_ARGUMENT');
  }
});

test('with a list of all tokens the output is the same, whatever the beam', () => {
  setShortlist('all', vocabulary);
  const source = [1, 7, 3, 0, 12].map(sentence);
  const prefix = source.map((_, row) => [row % 2 === 0 ? '__de__' : '__fr__']);
  for (const beamSize of [1, 4]) {
    const options = { beamSize, returnScores: true };
    assert.equal(translate(source, prefix, { ...options, shortlists: ['all'] }), translate(source, prefix, options));
  }
});

test('a row may say what stands in its own source, and not what stands in that of another', () => {
  const first = TRANSLATION[0] as string;
  const rest = TRANSLATION.slice(1);
  setShortlist('rest', rest);
  const said = (rows: Tokens[], beamSize: number) =>
    translate(
      rows,
      rows.map(() => ['__de__']),
      { beamSize, shortlists: ['rest'], returnScores: true },
    ).map(({ hypotheses, scores }) => ({ tokens: hypotheses[0] as string[], score: scores[0] as number }));
  const named = ['__en__', first, '</s>'];
  const plain = ['__en__', '▁t1', '▁t4', '</s>'];
  for (const beamSize of [1, 4]) {
    const together = said([plain, named, plain], beamSize);
    assert.equal(together[1]?.tokens, ['__de__', ...TRANSLATION]);
    for (const row of [0, 2]) assert.not.ok(together[row]?.tokens.includes(first));
    for (const [row, tokens] of [plain, named].entries()) {
      const [alone] = said([tokens], beamSize);
      assert.equal(together[row]?.tokens, alone?.tokens);
      assert.ok(Math.abs((together[row]?.score as number) - (alone?.score as number)) < 1e-4);
    }
  }
});

test('a list leaves no trace in the next one', () => {
  const words = vocabulary.filter((token) => token.startsWith('▁t'));
  const random = seededRandom(5);
  const lists = Array.from({ length: 6 }, () => words.filter(() => random.normal() > 0.3));
  const fresh = (list: Tokens) => {
    const other = addon.openTranslator(model);
    setShortlist('list', list, other);
    const options = { ...TRANSLATE, beamSize: 4, maxDecodingLength: 12, shortlists: ['list'], returnScores: true };
    const answer = addon.translate(other, [sentence(2)], [['__fr__']], options, 0);
    addon.close(other);
    return answer;
  };
  for (const [index, list] of lists.entries()) {
    setShortlist(`list ${index}`, list);
    const options = { beamSize: 4, maxDecodingLength: 12, shortlists: [`list ${index}`], returnScores: true };
    assert.equal(translate([sentence(2)], [['__fr__']], options), fresh(list));
    if (index % 2 === 1) translate([sentence(2)], [['__fr__']]);
  }
});

test('nothing to translate', () => {
  assert.equal(translate([], []), []);
  assert.equal(
    translate([[]], [['__de__']]).map(({ hypotheses }) => hypotheses),
    [[['__de__']]],
  );
  assert.is(translate([sentence(1), []], []).length, 2);
});

test('texts that look like tokens, NUL, surrogates and very long sources', () => {
  const odd = ['<|endoftext|>', '__en__', '\0', '\ud800', '\u202e', '<s>', '</s>', '', 'x'.repeat(1_000_000)];
  assert.is(translate([odd, ...odd.map((token) => [token])], []).length, odd.length + 1);
  failure(() => translate([Array(70).fill('▁t1')], [['__de__']]), 'ENGINE_FAILED', 'INVALID_ARGUMENT');
  assert.is(translate([Array(100_000).fill('▁t1')], [['__de__']], { maxInputLength: 60 }).length, 1);
  assert.is(translate([sentence(3)], [['__de__']]).length, 1);
});

test('arguments that do not fit', () => {
  failure(() => translate([sentence(1), sentence(2)], [['__de__']]), 'INVALID_ARGUMENT');
  failure(() => translate([sentence(1)], [['__de__']], { numHypotheses: 3, beamSize: 2 }), 'INVALID_ARGUMENT');
  failure(
    () => translate([sentence(1)], [['__de__']], { minDecodingLength: 9, maxDecodingLength: 8 }),
    'INVALID_ARGUMENT',
  );
  failure(() => translate([sentence(1)], [['__de__']], { batchType: 'words' }), 'INVALID_ARGUMENT');
  failure(() => addon.openModel(path, { ...CPU, computeType: 'int3' }), 'INVALID_ARGUMENT');
  failure(() => addon.openRecognizer(model), 'MODEL_UNSUPPORTED');
});

test('the target vocabulary stands in the order of ids', () => {
  const ids = ['</s>', '▁t1', '▁t2', '__de__', '__xx__', ''].map((token) => vocabulary.indexOf(token));
  const [end, first, second, language, ...unknown] = ids as [number, number, number, number, number, number];
  assert.ok(end >= 0 && first >= 0 && language >= 0);
  assert.is(second, first + 1);
  assert.equal(unknown, [-1, -1]);
});

test('cancelled before and by deadline; the lane works on', () => {
  const cancelled = addon.createToken(0);
  addon.cancelToken(cancelled);
  const batch = Array.from({ length: 4000 }, (_, i) => sentence(i % 20));
  const prefix = batch.map(() => ['__de__']);
  const options = { ...TRANSLATE, beamSize: 4, maxBatchSize: 4 };
  failure(() => addon.translate(translator, batch, prefix, options, cancelled), 'CANCELLED');
  const deadline = addon.createToken(30);
  failure(() => addon.translate(translator, batch, prefix, options, deadline), 'DEADLINE_EXCEEDED');
  // At beam size 1 the flag is asked within a batch too.
  const greedy = addon.createToken(30);
  const minimum = { ...TRANSLATE, beamSize: 1, minDecodingLength: 60, maxDecodingLength: 60 };
  failure(() => addon.translate(translator, batch, prefix, minimum, greedy), 'DEADLINE_EXCEEDED');
  for (const token of [cancelled, deadline, greedy]) addon.releaseToken(token);
  assert.equal(translate([sentence(2)], [['__de__']])[0]?.hypotheses, [['__de__', ...TRANSLATION]]);
});

test('int8 from float32 weights is another copy, and says nearly the same', () => {
  const int8 = addon.openModel(path, { ...CPU, computeType: 'int8' });
  const lane = addon.openTranslator(int8);
  const [result] = addon.translate(lane, [sentence(3)], [['__de__']], TRANSLATE, 0);
  assert.equal(result?.hypotheses, [['__de__', ...TRANSLATION]]);
  assert.is(addon.describe().models.length, 2);
  addon.close(lane);
  addon.close(int8);
});

interface ExpectedCase {
  readonly source: string[];
  readonly prefix?: string[];
  readonly target?: string[];
  readonly target_length?: number;
  readonly num_hypotheses?: number;
  readonly options?: Record<string, number | boolean | string | string[][]>;
}

const OPTION_NAMES: Record<string, keyof NativeTranslateOptions> = {
  beam_size: 'beamSize',
  patience: 'patience',
  num_hypotheses: 'numHypotheses',
  max_decoding_length: 'maxDecodingLength',
  min_decoding_length: 'minDecodingLength',
};

/** The options of the binding, or null when the case is about one that it does not have. */
function optionsOf({ options = {} }: ExpectedCase): Partial<NativeTranslateOptions> | null {
  const mapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const key = OPTION_NAMES[name];
    if (key === undefined) return null;
    mapped[key] = value;
  }
  return mapped;
}

test("a real transliterator gives what Python's ctranslate2 gives", () => {
  if (!existsSync(TRANSLITERATION)) {
    console.log('skipped: ../shared/data/ct2-aren-transliteration is not here');
    return;
  }
  const expected = JSON.parse(readFileSync(join(TRANSLITERATION, 'expected.json'), 'utf8')) as Record<
    'translate' | 'translate_with_hard_prefix' | 'options',
    ExpectedCase[]
  >;
  const float32 = addon.openModel(join(TRANSLITERATION, 'aren-transliteration'), CPU);
  const lane = addon.openTranslator(float32);
  const run = (source: Tokens[], prefix: Tokens[], options: Partial<NativeTranslateOptions>) =>
    addon.translate(lane, source, prefix, { ...TRANSLATE, ...options }, 0);
  const best = (results: NativeHypotheses[]) => results.map(({ hypotheses }) => hypotheses[0]);

  const cases = expected.translate;
  for (const beamSize of [1, 2, 4]) {
    const sources = cases.slice(0, beamSize === 2 ? undefined : 2);
    assert.equal(
      best(
        run(
          sources.map(({ source }) => source),
          [],
          { beamSize },
        ),
      ),
      sources.map(({ target }) => target),
    );
  }
  const prefixed = expected.translate_with_hard_prefix.filter(({ options }) => options === undefined);
  assert.equal(
    best(
      run(
        prefixed.map(({ source }) => source),
        prefixed.map(({ prefix }) => prefix as string[]),
        {},
      ),
    ),
    prefixed.map(({ target }) => target),
  );
  let checked = 0;
  for (const entry of [...expected.translate_with_hard_prefix, ...expected.options]) {
    const options = optionsOf(entry);
    if (options === null) continue;
    const [result] = run([entry.source], entry.prefix ? [entry.prefix] : [], options);
    if (entry.target !== undefined) assert.equal(result?.hypotheses[0], entry.target);
    if (entry.target_length !== undefined) assert.is(result?.hypotheses[0]?.length, entry.target_length);
    if (entry.num_hypotheses !== undefined) assert.is(result?.hypotheses.length, entry.num_hypotheses);
    checked++;
  }
  assert.ok(checked >= 10);

  const int8 = addon.openModel(join(TRANSLITERATION, 'aren-transliteration-i8'), CPU);
  assert.is(addon.inspectModel(join(TRANSLITERATION, 'aren-transliteration-i8')).quantization, 'int8');
  const int8Lane = addon.openTranslator(int8);
  const [first] = addon.translate(int8Lane, [cases[0]?.source as string[]], [], TRANSLATE, 0);
  assert.equal(first?.hypotheses[0], cases[0]?.target);
  for (const handle of [lane, float32, int8Lane, int8]) addon.close(handle);
});

interface Reference {
  readonly seed: number;
  readonly alphabet: string[];
  readonly runs: Array<{
    readonly folder: string;
    readonly options: Partial<NativeTranslateOptions>;
    readonly source: string[][];
    readonly hypotheses: string[][][];
    readonly scores: number[][];
  }>;
}

test("random words, every option: tokens and scores as Python's, by the reference that translate_reference.py wrote", () => {
  if (!existsSync(TRANSLITERATION)) {
    console.log('skipped: ../shared/data/ct2-aren-transliteration is not here');
    return;
  }
  const file = new URL('../fixtures/native/translate-reference.json', import.meta.url);
  const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
  for (const { folder: name, options, source, hypotheses, scores } of reference.runs) {
    const loaded = addon.openModel(join(TRANSLITERATION, name), CPU);
    const lane = addon.openTranslator(loaded);
    const results = addon.translate(lane, source, [], { ...TRANSLATE, ...options, returnScores: true }, 0);
    for (const [i, result] of results.entries()) {
      assert.equal(result.hypotheses, hypotheses[i], `${name} ${JSON.stringify(options)} ${source[i]?.join('')}`);
      for (const [j, score] of result.scores.entries()) {
        const difference = Math.abs(score - (scores[i]?.[j] as number));
        assert.ok(difference < 1e-4, `${name}: ${score} for ${scores[i]?.[j]}`);
      }
    }
    addon.close(lane);
    addon.close(loaded);
  }
});

test('seeded token soup: a result or a typed error, never a crash', () => {
  const seed = 99;
  const random = seededRandom(seed);
  const pool = ['__en__', '__de__', '</s>', '<s>', '<pad>', '<unk>', '▁t1', '▁t40', 'unknown', ''];
  const some = (limit: number) =>
    Array.from(
      { length: Math.floor(random.uniform() * limit) },
      () => pool[Math.floor(random.uniform() * pool.length)] as string,
    );
  for (let i = 0; i < 150; i++) {
    const source = Array.from({ length: 1 + Math.floor(random.uniform() * 5) }, () => some(12));
    const prefix = random.uniform() < 0.3 ? [] : source.map(() => some(4));
    const beamSize = 1 + Math.floor(random.uniform() * 5);
    const options = { beamSize, numHypotheses: 1 + Math.floor(random.uniform() * beamSize), maxDecodingLength: 12 };
    try {
      assert.is(translate(source, prefix, options).length, source.length);
    } catch (error) {
      const { code } = error as { code: string };
      assert.ok(code === 'INVALID_ARGUMENT' || code === 'ENGINE_FAILED', `seed ${seed}, ${i}: ${String(error)}`);
    }
  }
});

test.after(() => {
  addon.close(translator);
  addon.close(model);
});

test.run();
