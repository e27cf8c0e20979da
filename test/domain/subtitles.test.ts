import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutCues } from '../../src/domain/subtitles.js';
import { seededRandom } from '../fixtures/random.js';
import { wordsOf } from '../stages/transcribe/support.js';

const WORDS = wordsOf([' One', 0, 1], [' small', 1, 2], [' step', 2.5, 3], [' for', 3, 3.2], [' mankind.', 3.2, 4]);
const SPOKEN = { start: 0, end: 4, text: 'One small step for mankind.', words: WORDS };

test('without bounds a cue is the segment as it is', () => {
  assert.equal(cutCues(SPOKEN, {}), [{ start: 0, end: 4, text: SPOKEN.text }]);
  assert.equal(cutCues(SPOKEN, { maxLineCount: 2 }).length, 1);
});

test('lines are cut between words, cues by their lines, with the times of their words', () => {
  assert.equal(cutCues(SPOKEN, { maxLineLength: 10 }), [
    { start: 0, end: 2, text: 'One small' },
    { start: 2.5, end: 3.2, text: 'step for' },
    { start: 3.2, end: 4, text: 'mankind.' },
  ]);
  assert.equal(cutCues(SPOKEN, { maxLineLength: 10, maxLineCount: 2 }), [
    { start: 0, end: 3.2, text: 'One small\nstep for' },
    { start: 3.2, end: 4, text: 'mankind.' },
  ]);
  assert.equal(
    cutCues(SPOKEN, { maxWordsPerLine: 3 }).map(({ text }) => text),
    ['One small step', 'for mankind.'],
  );
});

test('a word longer than a line stands alone, whole', () => {
  assert.equal(
    cutCues(SPOKEN, { maxLineLength: 4 }).map(({ text }) => text),
    ['One', 'small', 'step', 'for', 'mankind.'],
  );
});

test('without words the time is shared out by characters', () => {
  const cues = cutCues({ start: 10, end: 20, text: 'abcd efghi' }, { maxLineLength: 6 });
  assert.equal(cues, [
    { start: 10, end: 14, text: 'abcd' },
    { start: 15, end: 20, text: 'efghi' },
  ]);
});

test('Chinese and Japanese are cut between characters, never before closing punctuation', () => {
  assert.equal(
    cutCues({ start: 0, end: 9, text: '今天天气很好。我们走吧' }, { maxLineLength: 6 }).map(({ text }) => text),
    ['今天天气很', '好。我们走吧'],
  );
  const words = wordsOf(['今天', 0, 1], ['天气', 1, 2], ['。', 2, 2.1], ['OK', 3, 4], ['吧', 4, 5]);
  assert.equal(cutCues({ start: 0, end: 5, text: '', words }, { maxLineLength: 5 }), [
    { start: 0, end: 2.1, text: '今天天气。' },
    { start: 3, end: 5, text: 'OK吧' },
  ]);
});

test('each word is marked while it is said, and pauses have no mark', () => {
  const cues = cutCues({ ...SPOKEN, words: WORDS.slice(0, 3) }, { highlightWords: true });
  assert.equal(
    cues.map(({ start, end, text, highlight }) => [
      start,
      end,
      highlight === undefined ? null : text.slice(...highlight),
    ]),
    [
      [0, 1, 'One'],
      [1, 2, 'small'],
      [2, 2.5, null],
      [2.5, 3, 'step'],
    ],
  );
  assert.equal(cutCues({ start: 0, end: 4, text: 'no times' }, { highlightWords: true }), [
    { start: 0, end: 4, text: 'no times' },
  ]);
});

test('nothing is lost, no line is too long unless it is one word, and times run forward, for any text', () => {
  const { below, pick } = seededRandom('subtitles');
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 1 + below(30) }, () =>
      pick(['a', 'word', 'longerword', '天气', '。', ', ', ' ', '(', ')', '“']),
    )
      .join(pick(['', ' ']))
      .trim();
    const limit = 1 + below(12);
    const cues = cutCues({ start: 1, end: 1 + below(20), text }, { maxLineLength: limit, maxLineCount: 1 + below(3) });
    const bare = (some: string) => some.replace(/\s/g, '');
    assert.is(bare(cues.map((cue) => cue.text).join('')), bare(text));
    for (const line of cues.flatMap((cue) => cue.text.split('\n'))) {
      assert.ok(Array.from(line).length <= limit || !/\p{L} \p{L}/u.test(line), `${line} of ${text}`);
    }
    for (const [index, cue] of cues.entries()) {
      assert.ok(cue.end >= cue.start && cue.start >= (cues[index - 1]?.end ?? 0));
    }
  }
});

test.run();
