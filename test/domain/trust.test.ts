import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compressionRatio } from '../../src/domain/compression.js';
import { coverageOf, joinCoverage } from '../../src/domain/coverage.js';
import { mostSpokenLanguage, wholeRecording } from '../../src/domain/segments.js';
import {
  DEFAULT_THRESHOLDS,
  faultyRate,
  flagged,
  inSilence,
  isHallucination,
  judge,
  score,
} from '../../src/domain/trust.js';
import { said, wordsOf } from '../stages/transcribe/support.js';

const span = (start: number, end: number) => ({ start, end });
const T = DEFAULT_THRESHOLDS;

test('coverage is the share of speech with words; gaps under a second count as covered', () => {
  const words = wordsOf([' one', 0.2, 0.6], [' two', 1.4, 2], [' three', 6, 7]);
  const { coverage, speech, uncovered } = coverageOf(
    [span(0, 7), span(8, 9.5)],
    [said('one two three', 0, 7, { words })],
  );
  assert.is(speech, 8.5);
  assert.equal(uncovered, [span(2, 6), span(8, 9.5)]);
  assert.ok(Math.abs(coverage - 3 / 8.5) < 1e-9);
});

test('without words the segment covers all of its time', () => {
  assert.equal(coverageOf([span(0, 7)], [said('one two three', 0, 7)]), { coverage: 1, speech: 7, uncovered: [] });
});

test('no speech is covered wholly; parts are joined by their speech', () => {
  assert.equal(coverageOf([], []), { coverage: 1, speech: 0, uncovered: [] });
  const parts = [coverageOf([span(0, 9)], []), coverageOf([span(0, 1)], [said('x', 0, 1)])];
  assert.equal(joinCoverage(parts), { coverage: 0.1, speech: 10, uncovered: [span(0, 9)] });
});

test('text that compresses too well is repeating, though no rule of words finds the loop', () => {
  const text = Array.from({ length: 40 }, (_, index) => `number ${index % 7} of ${index % 5} and so on,`).join(' ');
  assert.ok(compressionRatio(text) > 2.4);
  assert.ok(judge([said(text, 0, 30)], 'en', null, T).repeated > 0);
  assert.is(compressionRatio(''), 0);
});

test('the score prefers likely text on all of the speech, and no text to text that is all loop', () => {
  const speech = [span(0, 10)];
  const all = (text: string, logprob: number) =>
    score(judge([said(text, 0, 10, { avg_logprob: logprob })], 'en', speech, T));
  const good = all('we have looked at it and found nothing new', -0.3);
  const unsure = all('we have looked at it and found nothing new', -0.9);
  const looping = all('thank you very much thank you very much thank you very much thank you very much', -0.05);
  const none = score(judge([], 'en', speech, T));
  assert.ok(good > unsure && unsure > none && none > looping, [good, unsure, none, looping].join(' '));
});

test('a segment is in silence when next to none of its time is speech', () => {
  assert.is(inSilence(said('thank you', 20, 22), [span(0, 20.1)]), true);
  assert.is(inSilence(said('thank you', 20, 22), [span(0, 20.5)]), false);
  assert.is(inSilence(said('thank you', 20, 22), null), false, 'nobody looked for speech');
});

test('text in silence is a hallucination when one more thing speaks against it, whatever its words', () => {
  const silence = [span(0, 5)];
  assert.is(
    isHallucination(said('and so they left', 20, 22), silence, T),
    false,
    'a likely text that the detector may have missed',
  );
  assert.is(isHallucination(said('and so they left', 20, 22, { no_speech_prob: 0.8 }), silence, T), true);
  assert.is(isHallucination(said('and so they left', 20, 22, { avg_logprob: -1.4 }), silence, T), true);
  assert.is(isHallucination(said('Subtitles by a community of volunteers', 20, 20.1), silence, T), true);
  assert.is(
    isHallucination(said('and so they left', 1, 3, { no_speech_prob: 0.9 }), silence, T),
    false,
    'somebody speaks there',
  );
});

test('nobody speaks faster than a fast speaker', () => {
  assert.is(faultyRate(said('This sentence takes about three seconds to say aloud.', 0, 3)), false);
  assert.is(faultyRate(said('This sentence takes about three seconds to say aloud.', 0, 0.5)), true);
  assert.is(faultyRate(said('这句话大约需要两秒钟', 0, 2)), false);
  assert.is(faultyRate(said('这句话大约需要两秒钟', 0, 0.3)), true);
});

test('flags come once and in one order', () => {
  assert.equal(flagged(said('x', 0, 1, { flags: ['retried', 'low_confidence'] }), ['loop', 'retried']).flags, [
    'low_confidence',
    'loop',
    'retried',
  ]);
  assert.not.ok('flags' in flagged(said('x', 0, 1), []));
});

test('segments of channels are put in order of time; others keep theirs', () => {
  const a = [said('a', 5, 6, { channel: 0 }), said('b', 1, 2, { channel: 1 }), said('c', 5, 6, { channel: 1 })];
  assert.equal(
    wholeRecording(a).map(({ id, text }) => `${id}${text}`),
    ['0b', '1a', '2c'],
  );
  assert.equal(
    wholeRecording([said('a', 5, 6), said('b', 1, 2)]).map(({ text }) => text),
    ['a', 'b'],
  );
});

test('the most spoken language is the one with the most time, the first of equals', () => {
  const of = (language: string, seconds: number) => said('x', 0, seconds, { language });
  assert.is(mostSpokenLanguage([of('en', 2), of('de', 3), of('en', 2)]), 'en');
  assert.is(mostSpokenLanguage([of('de', 2), of('en', 2)]), 'de');
  assert.is(mostSpokenLanguage([said('x', 0, 1)]), null);
});

test.run();
