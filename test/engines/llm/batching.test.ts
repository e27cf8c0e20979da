import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Glossary } from '../../../src/domain/glossary/glossary.js';
import {
  allowedAnswerTokens,
  expectedAnswerTokens,
  isTooLong,
  type PendingSentence,
  planBatches,
} from '../../../src/engines/llm/batching.js';
import { termsIn } from '../../../src/engines/llm/glossary.js';
import { buildPrompt } from '../../../src/engines/llm/prompt.js';
import { contentLength, estimateTokens, tokenBound } from '../../../src/engines/llm/tokens.js';
import { planWork } from '../../../src/engines/llm/work-plan.js';
import { seededRandom } from '../../fixtures/random.js';
import { itemsOf } from './support.js';

const SETTINGS = {
  endpoint: 'http://x',
  model: 'm',
  temperature: 0,
  known: { glossary: null, terms: [] },
  contextSentences: 2,
};

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
  const named = (source: string, target: string) => ({ known: { glossary: null, terms: [{ source, target }] } });
  const keys = [
    keyOf({}),
    keyOf({ model: 'n' }),
    keyOf({ endpoint: 'http://y' }),
    keyOf({ temperature: 1 }),
    keyOf(named('cat', 'gata')),
    keyOf(named('cat', 'gato')),
    keyOf({}, 'A dog.'),
    keyOf({}, 'A cat.', 'de'),
    keyOf({}, 'A cat.', 'es', ['Before.']),
  ];
  assert.is(new Set(keys).size, keys.length);
  assert.is(keyOf(named('dog', 'perro')), keyOf({}), 'a term that does not occur changes nothing');
});

test('named terms: those that occur, the longest first, each once', () => {
  const terms = [
    { source: 'cat', target: 'gato' },
    { source: 'Cat', target: 'minino' },
    { source: 'Big Cat', target: 'Felino' },
    { source: '', target: 'x' },
    { source: 'dog', target: 'perro' },
  ];
  const found = termsIn(['A big CAT sleeps.'], 'en', 'es', { glossary: null, terms });
  assert.equal(
    found.map(({ target }) => target),
    ['Felino', 'gato'],
  );
});

test('terms of a glossary: of the two languages, as they stand in the text; a named one goes before', () => {
  const glossary = new Glossary([
    { texts: { en: 'cat', es: 'gato', de: 'Katze' } },
    { texts: { en: 'dog', de: 'Hund' } },
    { texts: { '*': 'VoiceLingua' }, doNotTranslate: true },
  ]);
  const found = (target: string, terms: Array<{ source: string; target: string }> = []) =>
    termsIn(['Two Cats, a dog and VoiceLingua.'], 'en', target, { glossary, terms });
  assert.equal(found('es'), [
    { source: 'VoiceLingua', target: 'VoiceLingua' },
    { source: 'Cats', target: 'gato' },
  ]);
  assert.equal(
    found('de').map(({ target }) => target),
    ['VoiceLingua', 'Katze', 'Hund'],
  );
  assert.equal(found('es', [{ source: 'cats', target: 'gatas' }]).at(-1), { source: 'cats', target: 'gatas' });
});

test('the prompt has sentences as data, context once, and the terms that occur', () => {
  const work = planWork(itemsOf(['Two.', 'Three.', 'Four.']), ['Zero.', 'One.'], SETTINGS);
  const [batch] = planBatches(
    work.map(({ sentence }) => sentence),
    { tokens: 100, sentences: 10 },
  );
  const known = { glossary: null, terms: [{ source: 'four', target: 'cuatro' }] };
  assert.ok(batch !== undefined);
  const all = buildPrompt(batch, batch.sentences, { known, again: false });
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
  const last = buildPrompt(batch, batch.sentences.slice(2), { known: { glossary: null, terms: [] }, again: true });
  assert.equal(JSON.parse(last.messages[1]?.content ?? '').lines, [
    { context: 'Two.' },
    { context: 'Three.' },
    { id: 3, text: 'Four.' },
  ]);
  assert.not.match(all.messages[0]?.content ?? '', /Two|Three|Four/);
});

test.run();
