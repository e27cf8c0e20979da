import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  allowedAnswerTokens,
  expectedAnswerTokens,
  isTooLong,
  type PendingSentence,
  planBatches,
} from '../../../src/engines/llm/batching.js';
import { type GlossaryTerm, termsIn } from '../../../src/engines/llm/glossary.js';
import { buildPrompt } from '../../../src/engines/llm/prompt.js';
import { contentLength, estimateTokens, tokenBound } from '../../../src/engines/llm/tokens.js';
import { planWork } from '../../../src/engines/llm/work-plan.js';
import { seededRandom } from '../../fixtures/random.js';
import { itemsOf } from './support.js';

const SETTINGS = { endpoint: 'http://x', model: 'm', temperature: 0, glossary: [], contextSentences: 2 };

function pending(text: string, position: number, target = 'es'): PendingSentence {
  return { source: 'en', target, text, position, context: [] };
}

test('batches hold every sentence once, in order, within their limits', () => {
  const random = seededRandom('batches');
  for (let round = 0; round < 100; round++) {
    const sentences = Array.from({ length: random.below(60) }, (_, at) =>
      pending('word '.repeat(1 + random.below(120)), at, random.pick(['es', 'de', 'ja'])),
    );
    const limits = { tokens: 50 + random.below(200), sentences: 1 + random.below(12) };
    const batches = planBatches(sentences, limits);
    for (const target of ['es', 'de', 'ja']) {
      const own = batches.filter((batch) => batch.target === target).flatMap((batch) => batch.sentences);
      assert.equal(
        own.map(({ position }) => position),
        sentences.filter((one) => one.target === target).map(({ position }) => position),
      );
    }
    for (const { sentences: own, target } of batches) {
      const tokens = own.reduce((sum, { text }) => sum + estimateTokens(text), 0);
      assert.ok(own.length <= limits.sentences && (own.length === 1 || tokens <= limits.tokens));
      assert.ok(own.every((one) => one.target === target));
      assert.equal(
        own.map(({ id }) => id),
        own.map((_, at) => at + 1),
      );
    }
  }
});

test('tokens are estimated by script, and never bounded too low', () => {
  const tokens = [
    estimateTokens('The quick brown fox jumps over the lazy dog.'),
    estimateTokens('今天天气很好'),
    estimateTokens('Съешь же ещё этих мягких французских булок'),
    estimateTokens(''),
  ];
  assert.equal(tokens, [11, 6, 18, 0]);
  assert.is(tokenBound('aé今'), 6);
  assert.is(contentLength(' a b 今'), 4.5);
  const some = [pending('word '.repeat(100), 0)];
  assert.ok(expectedAnswerTokens(some) < allowedAnswerTokens(some, 10_000));
  assert.is(allowedAnswerTokens(some, 300), 300);
  assert.equal([isTooLong('word '.repeat(100), 4096), isTooLong('x'.repeat(100_000), 4096)], [false, true]);
});

test('equal sentences with equal context are asked for once, others are not', () => {
  const work = planWork(itemsOf(['A.', 'B.', 'A.', 'B.', 'A.']), [], { ...SETTINGS, contextSentences: 1 });
  assert.equal(
    work.map(({ indices }) => indices),
    [[0], [1, 3], [2, 4]],
  );
  assert.is(planWork(itemsOf(['A.', 'B.', 'A.', 'B.', 'A.']), [], { ...SETTINGS, contextSentences: 0 }).length, 2);
});

test('what needs no model is not asked for, but is context', () => {
  const items = [
    ...itemsOf(['Hi.', '', ' \n\u0001'], 'es'),
    ...itemsOf(['你好'], 'zh-tw', 'zh'),
    ...itemsOf(['Same.'], 'en'),
    ...itemsOf(['Bye.'], 'es'),
  ];
  const work = planWork(items, ['Before.'], { ...SETTINGS, contextSentences: 9 });
  assert.equal(
    work.map(({ sentence }) => [sentence.text, sentence.context.map(({ text }) => text)]),
    [
      ['Hi.', ['Before.']],
      ['Bye.', ['Before.', 'Hi.', '', '\u0001']],
    ],
  );
});

test('the key of an answer changes with all that the answer depends on', () => {
  const keyOf = (changes: object, text = 'A cat.', target = 'es', before: string[] = []): string | undefined =>
    planWork(itemsOf([text], target), before, { ...SETTINGS, ...changes })[0]?.key;
  const term = (source: string, target: string): GlossaryTerm => ({ source, target, language: 'es' });
  const keys = [
    keyOf({}),
    keyOf({ model: 'n' }),
    keyOf({ endpoint: 'http://y' }),
    keyOf({ temperature: 1 }),
    keyOf({ glossary: [term('cat', 'gata')] }),
    keyOf({ glossary: [term('cat', 'gato')] }),
    keyOf({}, 'A dog.'),
    keyOf({}, 'A cat.', 'de'),
    keyOf({}, 'A cat.', 'es', ['Before.']),
  ];
  assert.is(new Set(keys).size, keys.length);
  assert.is(keyOf({ glossary: [term('dog', 'perro')] }), keyOf({}), 'a term that does not occur changes nothing');
});

test('terms: those that occur, of the language, the longest first, each once', () => {
  const glossary: GlossaryTerm[] = [
    { source: 'cat', target: 'gato', language: 'es' },
    { source: 'Cat', target: 'minino', language: 'es' },
    { source: 'Big Cat', target: 'Felino', language: 'es' },
    { source: 'cat', target: 'Katze', language: 'de' },
    { source: '', target: 'x', language: 'es' },
    { source: 'dog', target: 'perro', language: 'es' },
  ];
  const found = termsIn(['A big CAT sleeps.'], 'es', glossary).map(({ target }) => target);
  assert.equal(found, ['Felino', 'gato']);
});

test('the prompt has sentences as data, context once, and the terms that occur', () => {
  const work = planWork(itemsOf(['Two.', 'Three.', 'Four.']), ['Zero.', 'One.'], SETTINGS);
  const [batch] = planBatches(
    work.map(({ sentence }) => sentence),
    { tokens: 100, sentences: 10 },
  );
  const glossary = [{ source: 'four', target: 'cuatro', language: 'es' }];
  assert.ok(batch !== undefined);
  const all = buildPrompt(batch, batch.sentences, { glossary, again: false });
  assert.equal(JSON.parse(all.messages[1]?.content ?? ''), {
    from: 'English',
    to: 'Spanish',
    glossary: [{ source: 'four', target: 'cuatro' }],
    lines: [
      { context: 'Zero.' },
      { context: 'One.' },
      { id: 1, start: 'Two.', text: 'Two.' },
      { id: 2, start: 'Three.', text: 'Three.' },
      { id: 3, start: 'Four.', text: 'Four.' },
    ],
  });
  const last = buildPrompt(batch, batch.sentences.slice(2), { glossary: [], again: true });
  assert.equal(JSON.parse(last.messages[1]?.content ?? '').lines, [
    { context: 'Two.' },
    { context: 'Three.' },
    { id: 3, text: 'Four.' },
  ]);
  assert.not.match(all.messages[0]?.content ?? '', /Two|Three|Four/);
});

test.run();
