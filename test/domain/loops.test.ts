import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findLoops, repetition } from '../../src/domain/loops.js';

const times = (text: string, count: number): string => Array.from({ length: count }, () => text).join(' ');
const shareOf = (text: string, language = 'en'): number => repetition([text], language).share;

test('what people say twice or three times is no loop', () => {
  for (const text of [
    'No, no, no, I did not mean that at all.',
    'very very very very good',
    'Row, row, row your boat gently down the stream, merrily, merrily, merrily, merrily, life is but a dream.',
    'We came, we saw, we came, we saw, and then we left.',
    'I think that this is what they said, and I think that this is what they meant.',
  ]) {
    assert.is(shareOf(text), 0, text);
  }
  assert.is(shareOf('哈哈哈哈哈哈,太好了', 'zh'), 0);
  assert.is(shareOf('そうそうそう、そうですね', 'ja'), 0);
});

test('a word, a phrase or a sentence that comes again and again is one', () => {
  assert.ok(shareOf(times('yeah', 20)) > 0.9);
  assert.ok(shareOf(times('thank you very much', 5)) > 0.7);
  assert.ok(shareOf(`So we went home and ${times('I was like', 8)}`) > 0.5);
  assert.ok(shareOf('谢谢大家谢谢大家谢谢大家谢谢大家谢谢大家', 'zh') > 0.7);
  assert.ok(
    shareOf(
      'ご視聴ありがとうございましたご視聴ありがとうございましたご視聴ありがとうございましたご視聴ありがとうございました',
      'ja',
    ) > 0.6,
  );
  assert.ok(shareOf(times('감사합니다', 5), 'ko') > 0.7);
  assert.ok(shareOf('ขอบคุณครับขอบคุณครับขอบคุณครับขอบคุณครับ', 'th') > 0.6);
});

test('case and punctuation do not hide a loop', () => {
  assert.ok(shareOf('Thank you so much. thank you so much! THANK YOU, so much; Thank you so much?') > 0.7);
});

test('a loop goes over several segments, and those that hold a part of it are named', () => {
  const texts = [
    'We begin.',
    'Please like and subscribe.',
    'Please like and subscribe.',
    'Please like and subscribe.',
    'Please like and subscribe.',
    'Good bye.',
  ];
  const { share, looping } = repetition(texts, 'en');
  assert.equal(looping, [false, true, true, true, true, false]);
  assert.ok(Math.abs(share - 12 / 20) < 1e-9, String(share));
});

test('of loops at one place the longest with the shortest period stays', () => {
  const tokens = times('a b', 9).split(' ');
  assert.equal(findLoops(tokens, 'en'), [{ start: 0, length: 18, period: 2 }]);
  const two = `${times('x', 8)} and then ${times('y z', 6)}`.split(' ');
  assert.equal(
    findLoops(two, 'en').map(({ start, period }) => [start, period]),
    [
      [0, 1],
      [10, 2],
    ],
  );
});

test('no text repeats nothing', () => {
  assert.equal(repetition([], 'en'), { share: 0, looping: [] });
  assert.equal(repetition(['', '...'], 'en'), { share: 0, looping: [false, false] });
});

test.run();
