import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assess } from '../../src/domain/accuracy.js';
import { heardTokens, MOST_EDITS, timedEdits } from '../../src/domain/edits.js';
import { seededRandom } from '../fixtures/random.js';
import { said, wordsOf } from '../stages/transcribe/support.js';

test('each kind of edit has its words, its place and the time of what was heard', () => {
  const words = wordsOf(
    [' The', 0, 0.3],
    [' red', 0.3, 0.6],
    [' fax', 0.6, 1],
    [' really', 1.2, 1.6],
    [' jumps', 1.6, 2],
  );
  const { edits, total } = timedEdits(
    'The quick red fox jumps.',
    heardTokens([said('The red fax really jumps', 0, 2, { words })]),
  );
  assert.is(total, 3);
  assert.equal(edits, [
    { operation: 'delete', reference: 'quick', hypothesis: null, position: 1, start: 0.3, end: 0.3 },
    { operation: 'substitute', reference: 'fox', hypothesis: 'fax', position: 3, start: 0.6, end: 1 },
    { operation: 'insert', reference: null, hypothesis: 'really', position: 4, start: 1.2, end: 1.6 },
  ]);
});

test('a word missing between others stands in their gap; at an end beside the last word', () => {
  const heard = heardTokens([said('a d', 0, 9, { words: wordsOf([' a', 0, 1], [' d', 4, 5]) })]);
  assert.equal(
    timedEdits('a b c d e', heard).edits.map(({ reference, start, end }) => [reference, start, end]),
    [
      ['b', 1, 4],
      ['c', 1, 4],
      ['e', 5, 5],
    ],
  );
});

test('in Chinese and Japanese a word is a character; without times of words the segment is shared out', () => {
  const { edits } = timedEdits('今天天气很好', heardTokens([said('明天天气好', 0, 5)]));
  assert.equal(edits, [
    { operation: 'substitute', reference: '今', hypothesis: '明', position: 0, start: 0, end: 1 },
    { operation: 'delete', reference: '很', hypothesis: null, position: 4, start: 4, end: 4 },
  ]);
});

test('with nothing heard no edit has a time, and equal texts have none', () => {
  assert.equal(timedEdits('one', []).edits, [
    { operation: 'delete', reference: 'one', hypothesis: null, position: 0, start: null, end: null },
  ]);
  assert.equal(timedEdits('One, two!', heardTokens([said('one two', 0, 1)])), { edits: [], total: 0 });
  assert.equal(timedEdits('', []), { edits: [], total: 0 });
});

test('the list is bounded, the count is not', () => {
  const reference = Array.from({ length: MOST_EDITS + 7 }, (_, index) => `w${index}`).join(' ');
  const { edits, total } = timedEdits(reference, []);
  assert.is(edits.length, MOST_EDITS);
  assert.is(total, MOST_EDITS + 7);
});

test('edits make the transcript of the reference, and are as many as the word error rate says, for any texts', () => {
  const { below, pick } = seededRandom('edits');
  for (let round = 0; round < 200; round++) {
    const some = () => Array.from({ length: below(12) }, () => pick(['a', 'b', 'c', '天']));
    const [reference, transcript] = [some(), some()];
    const heard = transcript.map((token, index) => ({ token, start: index, end: index + 1 }));
    const { edits, total } = timedEdits(reference.join(' '), heard);
    const made: string[] = [];
    let position = 0;
    for (const edit of edits) {
      made.push(...reference.slice(position, edit.position));
      position = edit.position + (edit.operation === 'insert' ? 0 : 1);
      if (edit.hypothesis !== null) made.push(edit.hypothesis);
    }
    made.push(...reference.slice(position));
    assert.equal(made, transcript);
    const { wer } = assess(transcript.join(' '), reference.join(' '));
    assert.ok(Math.abs(total / Math.max(1, reference.length) - wer) < 1e-9);
  }
});

test('the list comes with the accuracy when what was heard is given', () => {
  const accuracy = assess('a c', 'a b', heardTokens([said('a c', 0, 2)]));
  assert.is(accuracy.edits_total, 1);
  assert.is(accuracy.edits?.[0]?.hypothesis, 'c');
  assert.not.ok('edits' in assess('a c', 'a b'));
});

test.run();
