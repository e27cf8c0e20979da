import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findProtected } from '../../src/domain/protected-items.js';
import { splitAround } from '../../src/domain/split-around.js';
import { seededRandom } from '../fixtures/random.js';

/** A sentence, the texts at its edges cut, and where it is cut everywhere. */
const CUT: ReadonlyArray<readonly [string, readonly string[], readonly string[]]> = [
  ['Hello 😀', ['Hello'], ['Hello']],
  ['<b>Hello <i>big</i> world</b>.', ['Hello <i>big</i> world'], ['Hello', 'big', 'world']],
  ['Name: {0}', ['Name:'], ['Name:']],
  ['名前：{0}', ['名前：'], ['名前：']],
  ['Thank you, {name}!', ['Thank you,'], ['Thank you,']],
  ['{name}, come here', ['come here'], ['come here']],
  ['See https://x.org/a; then go', ['See https://x.org/a; then go'], ['See', 'then go']],
  ['The file {0} is missing', ['The file {0} is missing'], ['The file', 'is missing']],
  ['The file, {0}, is missing', ['The file, {0}, is missing'], ['The file,', 'is missing']],
  ['({0} of {1})', ['({0} of {1})'], ['of']],
  ['one<br/>two', ['one', 'two'], ['one', 'two']],
  ['😀 hi 😀 there 😀', ['hi 😀 there'], ['hi', 'there']],
  ['<p>{0}</p>', [], []],
  ['<b>One</b> and <b>two</b>', ['<b>One</b> and <b>two</b>'], ['One', 'and', 'two']],
  ['Nothing to keep here.', ['Nothing to keep here.'], ['Nothing to keep here.']],
  ['42 …', [], []],
];

for (const [sentence, edges, everywhere] of CUT) {
  test(`cut around what is kept: ${sentence}`, () => {
    assert.equal(splitAround(sentence).texts, edges);
    assert.equal(splitAround(sentence, 'everywhere').texts, everywhere);
  });
}

test('what was cut out stands between the translations', () => {
  assert.is(splitAround('<b>Hello</b>, {name}!', 'everywhere').join(['Hallo']), '<b>Hallo</b>, {name}!');
  assert.is(
    splitAround('See https://x.org/a; then go', 'everywhere').join(['Siehe', 'dann geh']),
    'Siehe https://x.org/a; dann geh',
  );
  assert.is(splitAround('Name: {0}').join(['Name:']), 'Name: {0}');
});

test('joining the same texts gives the sentence, and cut everywhere a model sees no kept item', () => {
  const random = seededRandom('split-around');
  const pieces = [
    'Hello',
    'world',
    ' ',
    ' ',
    '. ',
    ', ',
    ': ',
    '你好',
    '。',
    '，',
    '{0}',
    '%s',
    '<b>',
    '</b>',
    '<br/>',
    '😀',
  ];
  for (let round = 0; round < 2000; round++) {
    const all = [...pieces, 'https://x.org', 'a@b.org', '(', ')', '"', '!', '\n', '</s>', '5 km', '&amp;'];
    const text = Array.from({ length: random.below(20) }, () => random.pick(all)).join('');
    for (const places of ['edges', 'everywhere'] as const) {
      const { texts, join } = splitAround(text, places);
      assert.is(join(texts), text);
      for (const part of texts) assert.is(part, part.trim());
    }
    const found = splitAround(text, 'everywhere').texts.flatMap((part) => findProtected(part));
    assert.equal(
      found.filter((item) => item.class === 'kept'),
      [],
      text,
    );
    const kept = findProtected(text).filter((item) => item.class === 'kept');
    let joined = splitAround(text, 'everywhere').join([]);
    for (const item of kept) {
      assert.ok(joined.includes(item.text));
      joined = joined.replace(item.text, '');
    }
  }
});

test.run();
