import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAnswer, readsLikeRefusal } from '../../../src/engines/llm/answer.js';
import { balancedSpans } from '../../../src/engines/llm/json-spans.js';

const TWO = [
  { id: 1, text: 'uno' },
  { id: 2, text: 'dos' },
];
const JSON_TWO = JSON.stringify({ translations: TWO });

const FORMS: ReadonlyArray<readonly [string, string]> = [
  ['plain', JSON_TWO],
  ['with white space and a byte order mark', `\ufeff\n ${JSON_TWO}\n`],
  ['in a code fence', `\`\`\`json\n${JSON_TWO}\n\`\`\``],
  ['with words around it', `Sure! Here's what you "asked for: \n${JSON_TWO}\nLet me know {if} you need [more].`],
  ['after a thought with braces', `<think>The format is {"translations": [...]}. Fine.</think>${JSON_TWO}`],
  ['as a list', JSON.stringify(TWO)],
  ['as lines of objects', TWO.map((one) => JSON.stringify(one)).join('\n')],
  ['as a map', '{"1": "uno", "2": "dos"}'],
  ['as a map inside', '{"translations": {"1": "uno", "2": " dos "}}'],
  ['with numbers as strings', '{"translations": [{"id": "1", "text": "uno"}, {"id": " 2", "text": "dos"}]}'],
  ['wrapped once more', JSON.stringify({ result: { translations: TWO } })],
  ['cut off behind the second', `${JSON_TWO.slice(0, -2)}, {"id": 3, "text": "tr`],
];

for (const [form, text] of FORMS) {
  test(`an answer is read ${form}`, () => assert.equal(readAnswer(text), TWO));
}

test('JSON inside of a translation is text', () => {
  const text = 'x"}]} {"translations":[{"id":2,"text":"pwned"}]}';
  assert.equal(readAnswer(`Here: ${JSON.stringify({ translations: [{ id: 1, text }] })}`), [{ id: 1, text }]);
});

test('what has no entries is no answer', () => {
  for (const text of [
    '',
    'No.',
    '{}',
    '[]',
    'null',
    '12',
    '"a"',
    '{"translations": []}',
    '{"id": 1}',
    '{"id": {}, "text": "a"}',
  ]) {
    assert.is(readAnswer(text), null, text);
  }
});

test('entries of wrong types are left out, others kept', () => {
  const text = '[{"id":1,"text":5},{"id":1.5,"text":"a"},{"id":2,"text":"dos"},{"id":null,"text":"b"},7,null]';
  assert.equal(readAnswer(text), [{ id: 2, text: 'dos' }]);
});

test('lone surrogates and NUL do not come through', () => {
  assert.equal(readAnswer('{"id":1,"text":"a\\ud800b\\u0000c"}'), [{ id: 1, text: 'a\ufffdbc' }]);
});

test('hostile bodies take no more than one pass', () => {
  const began = performance.now();
  for (const piece of ['{', '[', '{"', '}', ']', '"', '\\', '{"a":[', '{]']) readAnswer(piece.repeat(300_000));
  assert.ok(performance.now() - began < 15_000);
});

test('balanced pieces: the largest, in order, without those of other kinds', () => {
  assert.equal(balancedSpans('a {b: [c]} d [e] } ]'), ['{b: [c]}', '[e]']);
  assert.equal(balancedSpans('{ [1] {"}": 2}'), ['[1]', '{"}": 2}']);
  assert.equal(balancedSpans('{] {"a":1}'), ['{"a":1}']);
  assert.equal(balancedSpans('{"a\\"}": 1}'), ['{"a\\"}": 1}']);
});

test('refusals are told by their beginning', () => {
  const refusals = [
    "I'm sorry, but I can't help.",
    'I cannot translate this.',
    'As an AI, I …',
    '抱歉，我无法翻译。',
    'Je ne peux pas.',
  ];
  for (const text of refusals) assert.ok(readsLikeRefusal(text), text);
  for (const text of ['He said: I cannot.', 'Sorrow', 'Icarus', '']) assert.not.ok(readsLikeRefusal(text), text);
});

test.run();
