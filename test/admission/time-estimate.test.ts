import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateSeconds } from '../../src/admission/time-estimate.js';
import { m2mFacts, whisperFacts } from './model-facts.js';

const UNSEEN = { realTimeFactor: null, speech: null, translation: null };

test('what was seen goes before what is guessed', () => {
  const speech = { facts: whisperFacts('large') };
  assert.is(estimateSeconds(600, { ...UNSEEN, realTimeFactor: 0.25, speech }), 150);
  assert.is(estimateSeconds(0, { ...UNSEEN, realTimeFactor: 0.25, speech }), 0);
});

test('a guess is of the order that was measured', () => {
  // Seconds on one core of the machine of docs/measurements.md and its design notes.
  const measured: ReadonlyArray<readonly [string, number, number]> = [
    ['tiny, 120 s, beam 5', 12.4, estimateSeconds(120, { ...UNSEEN, speech: { facts: whisperFacts('tiny') } })],
    [
      'small, 120 s, greedy',
      39,
      estimateSeconds(120, { ...UNSEEN, speech: { facts: whisperFacts('small'), beamSize: 1 } }),
    ],
    [
      'm2m, 1,030 tokens, beam 4',
      10,
      estimateSeconds(1030 / 3, { ...UNSEEN, translation: { facts: m2mFacts(), languages: 1 } }),
    ],
  ];
  for (const [name, seconds, guess] of measured) {
    assert.ok(guess > seconds / 2 && guess < seconds * 2, `${name}: ${guess.toFixed(1)} s, measured ${seconds} s`);
  }
});

test('larger models, wider beams, packed weights and more languages take longer', () => {
  const recognise = (size: Parameters<typeof whisperFacts>[0], beamSize = 5, quantization = 'f16') =>
    estimateSeconds(60, { ...UNSEEN, speech: { facts: whisperFacts(size, quantization), beamSize } });
  assert.ok(recognise('tiny') < recognise('base') && recognise('medium') < recognise('large'));
  assert.ok(recognise('base', 1) < recognise('base', 8));
  assert.ok(recognise('base') < recognise('base', 5, 'q5_0'));
  const translate = (languages: number, facts = m2mFacts()) =>
    estimateSeconds(60, { ...UNSEEN, translation: { facts, languages } });
  assert.ok(Math.abs(translate(9) - 9 * translate(1)) < 1e-9);
  assert.ok(translate(1) < translate(1, m2mFacts('float32')));
});

test('a short clip costs a whole window of the encoder', () => {
  const seconds = (length: number) => estimateSeconds(length, { ...UNSEEN, speech: { facts: whisperFacts('small') } });
  assert.ok(seconds(1) > seconds(30) / 3);
  assert.ok(seconds(0) > 0);
});

test('nothing to do takes no time', () => {
  assert.is(estimateSeconds(100, UNSEEN), 0);
});

test.run();
