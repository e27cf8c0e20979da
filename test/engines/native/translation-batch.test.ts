import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rowsAtOnce } from '../../../src/domain/translation-rows.js';
import { messagesOf, type TranslateParams, translationBatch } from '../../../src/engines/native/translation-batch.js';
import type { TranslationItem } from '../../../src/engines/ports.js';
import type { NativeTranslateOptions } from '../../../src/native/binding.js';
import type { LanePoolCall } from '../../../src/pool/lane-pool.js';
import { randomOf, testSeed } from '../../fixtures/random.js';

const MODEL = { path: 'm', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null } as const;
const OPTIONS = { beamSize: 4 } as NativeTranslateOptions;

const item = (text: string, target = 'de', source = 'en'): TranslationItem => ({ text, source, target });
const params = (items: TranslationItem[]): TranslateParams => ({
  model: MODEL,
  items,
  options: OPTIONS,
  shortlist: null,
  tokens: false,
});
const call = (items: TranslationItem[]): LanePoolCall => ({
  method: 'translate',
  params: params(items) as unknown as Record<string, unknown>,
});

test('every row is sent once, no message is larger than a call, and a sentence stays together', () => {
  const random = randomOf(testSeed('messages of translations'));
  const pick = (below: number): number => Math.floor(random() * below);
  for (let round = 0; round < 200; round++) {
    const languages = Array.from({ length: 1 + pick(40) }, (_, index) => `l${index}`);
    const items = Array.from({ length: pick(30) }, (_, index) => 'x'.repeat(1 + pick(200)) + index).flatMap((text) =>
      languages.map((target) => item(text, target)),
    );
    const messages = messagesOf(items, 4);
    assert.equal(
      messages.flat().sort((a, b) => a - b),
      items.map((_, index) => index),
    );
    for (const rows of messages) assert.ok(rows.length > 0 && rows.length <= rowsAtOnce(4));
    if (languages.length > rowsAtOnce(4)) continue;
    for (const text of new Set(items.map((one) => one.text))) {
      const holding = messages.filter((rows) => rows.some((row) => items[row]?.text === text));
      assert.is(holding.length, 1, `${languages.length} languages`);
    }
  }
});

test('the longest go first, and short sentences share a message', () => {
  const items = ['a', 'b'.repeat(100), 'c'.repeat(50), 'd'].map((text) => item(text));
  assert.equal(messagesOf(items, 4), [[1, 2, 0, 3]]);
  // A Han character is a token, a letter a quarter of one.
  assert.equal(messagesOf([item('abcdefgh'), item('四个汉字')], 4), [[1, 0]]);
  // The same words in another language are another sentence.
  assert.is(
    messagesOf(
      Array.from({ length: 9 }, (_, index) => item('a', 'de', `l${index}`)),
      4,
    ).length,
    2,
  );
});

test('calls are joined in their order, and each gets its own answers', () => {
  const calls = [call([item('a'), item('b')]), call([]), call([item('c', 'fr')])];
  const rule = translationBatch(params([item('abcd'), item('abcdefgh')]));
  assert.equal([rule.rows, rule.length, rule.most], [2, 2, rowsAtOnce(4)]);
  const { params: joined, split } = rule.join(calls);
  assert.equal(
    (joined.items as TranslationItem[]).map(({ text, target }) => `${text} ${target}`),
    ['a de', 'b de', 'c fr'],
  );
  assert.equal(split(['A', 'B', 'C']), [['A', 'B'], [], ['C']]);
});

test('the wider the beam, the fewer rows', () => {
  assert.equal([1, 2, 4, 5, 8, 64].map(rowsAtOnce), [32, 32, 16, 12, 8, 8]);
});

test('other weights, settings or lists are another batch', () => {
  const key = (more: Partial<TranslateParams>): string => translationBatch({ ...params([item('a')]), ...more }).key;
  assert.is(key({}), key({ items: [item('b', 'fr')] }));
  assert.is.not(key({}), key({ options: { ...OPTIONS, beamSize: 1 } }));
  assert.is.not(key({}), key({ model: { ...MODEL, path: 'n' } }));
  const shortlist = { path: '/m.json', key: 'k', language: 'de' };
  const keys = [null, shortlist, { ...shortlist, key: 'l' }, { ...shortlist, language: 'fr' }].map((list) =>
    key({ shortlist: list }),
  );
  assert.is(new Set(keys).size, 4);
  const rule = translationBatch({ ...params([item('a')]), shortlist, tokens: true });
  const { shortlist: joined, tokens } = rule.join([call([item('a')])]).params as unknown as TranslateParams;
  assert.equal([joined, tokens], [shortlist, true]);
});

test.run();
