import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignWords, assess, levenshteinAccuracy, normalizeForErrorRate, words } from '../../src/domain/accuracy.js';
import { alignEdits, editDistance } from '../../src/domain/edit-distance.js';
import { seededRandom } from '../fixtures/random.js';

/** textdistance's `1 - levenshtein.normalized_distance`, which seed 000 calls, written out: the plain table over code points. */
function seedAccuracy(transcript: string, reference: string): number {
  const a = Array.from(transcript);
  const b = Array.from(reference);
  const maximum = Math.max(a.length, b.length);
  if (maximum === 0) return 1;
  return 1 - tableDistance(a, b) / maximum;
}

function tableDistance(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cell = (x: number, y: number) => table[x]?.[y] ?? Number.NaN;
      const replaced = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      (table[i] as number[])[j] = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, replaced);
    }
  }
  return table[a.length]?.[b.length] ?? Number.NaN;
}

test("accuracy equals the seed's formula", () => {
  const random = seededRandom('accuracy');
  const alphabet = ['a', 'b', 'B', ' ', '.', 'é', '你', '好', '😀', '𠮷', '𠮶', '\n'];
  for (let round = 0; round < 400; round++) {
    const text = () => Array.from({ length: random.below(90) }, () => random.pick(alphabet)).join('');
    const reference = text();
    const transcript = random.below(2) === 0 ? text() : reference.replace(/a/g, () => random.pick(alphabet));
    assert.is(assess(transcript, reference).accuracy, seedAccuracy(transcript, reference));
  }
});

test('accuracy takes texts as they are', () => {
  assert.is(levenshteinAccuracy('', ''), 1);
  assert.is(levenshteinAccuracy('', 'abc'), 0);
  assert.is(levenshteinAccuracy('abc ', 'abc'), 0.75);
  assert.is(levenshteinAccuracy('Abc', 'abc'), 1 - 1 / 3);
});

test('a character outside the basic plane counts once', () => {
  assert.is(levenshteinAccuracy('😀', '😁'), 0);
  assert.is(levenshteinAccuracy('a😀', 'a😁'), 0.5);
  assert.is(levenshteinAccuracy('𠮷野家', '吉野家'), 1 - 1 / 3);
});

test('error rates do not see case, punctuation and width', () => {
  assert.equal(assess('Hello WORLD', 'hello, world!'), {
    accuracy: levenshteinAccuracy('Hello WORLD', 'hello, world!'),
    wer: 0,
    cer: 0,
  });
  assert.is(assess('ＡＢＣ　１２３', 'abc 123').wer, 0);
  assert.is(assess("don't", 'dont').wer, 0);
  assert.is(assess('twenty-one', 'twenty one').wer, 0);
});

test('word error rate counts words, and characters where a script has no spaces', () => {
  assert.is(assess('one two four', 'one two three').wer, 1 / 3);
  assert.is(assess('one', 'one two').wer, 0.5);
  assert.is(assess('a b c d', 'a').wer, 3);
  assert.is(assess('今天天气好', '今天天氣好').wer, 0.2);
  assert.is(assess('今天 天气 好', '今天天气好。').wer, 0);
  assert.equal(words(normalizeForErrorRate('我用 iPhone 15 打電話')), ['我', '用', 'iphone', '15', '打', '電', '話']);
});

test('character error rate is over the reference', () => {
  assert.is(assess('abd', 'abc').cer, 1 / 3);
  assert.is(assess('abc', 'abcd').cer, 0.25);
});

test('an empty reference counts as length 1', () => {
  assert.equal(assess('', ''), { accuracy: 1, wer: 0, cer: 0 });
  assert.equal(assess('two words', ''), { accuracy: 0, wer: 2, cer: 9 });
  assert.equal(assess('', 'two words'), { accuracy: 0, wer: 1, cer: 1 });
  assert.equal(assess('?!', '…'), { accuracy: 0, wer: 0, cer: 0 });
});

test('word edits lead from the reference to the transcript in as few steps as the distance', () => {
  const random = seededRandom('alignment');
  const vocabulary = ['a', 'b', 'c', 'd', 'e'];
  for (let round = 0; round < 300; round++) {
    const reference = Array.from({ length: random.below(14) }, () => random.pick(vocabulary));
    const hypothesis = Array.from({ length: random.below(14) }, () => random.pick(vocabulary));
    const edits = alignEdits(reference, hypothesis);
    assert.equal(
      edits.flatMap((edit) => edit.reference ?? []),
      reference,
    );
    assert.equal(
      edits.flatMap((edit) => edit.hypothesis ?? []),
      hypothesis,
    );
    assert.is(edits.filter((edit) => edit.operation !== 'equal').length, tableDistance(reference, hypothesis));
    for (const { operation, reference: from, hypothesis: to } of edits) {
      assert.is(operation, from === null ? 'insert' : to === null ? 'delete' : from === to ? 'equal' : 'substitute');
    }
  }
});

test('word edits name what was heard and what was said', () => {
  assert.equal(alignWords('ask what you can too', 'Ask not what you can do.'), [
    { operation: 'equal', reference: 'ask', hypothesis: 'ask' },
    { operation: 'delete', reference: 'not', hypothesis: null },
    { operation: 'equal', reference: 'what', hypothesis: 'what' },
    { operation: 'equal', reference: 'you', hypothesis: 'you' },
    { operation: 'equal', reference: 'can', hypothesis: 'can' },
    { operation: 'substitute', reference: 'do', hypothesis: 'too' },
  ]);
});

test('more distinct symbols than UTF-16 units are told apart', () => {
  const left = Array.from({ length: 35_000 }, (_, index) => `left ${index}`);
  const right = Array.from({ length: 60 }, (_, index) => `right ${index}`);
  const many = Array.from({ length: 31_000 }, (_, index) => `more ${index}`);
  assert.is(editDistance([...left, ...many], [...right, 'more 0', 'end']), 66_000 - 1);
});

test('an hour of speech is compared', () => {
  const random = seededRandom('hour');
  const vocabulary = Array.from({ length: 500 }, (_, index) => `word${index}`);
  const reference = Array.from({ length: 9_000 }, () => random.pick(vocabulary));
  const transcript = reference.map((word, index) => (index % 10 === 0 ? 'wrong' : word));
  const { accuracy, wer } = assess(transcript.join(' '), reference.join(' '));
  assert.is(wer, 0.1);
  assert.ok(accuracy > 0.9 && accuracy < 1);
});

test.run();
