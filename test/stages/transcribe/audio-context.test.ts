import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Segment } from '../../../src/domain/segment.js';
import { type Answer, said, transcribeScript } from './support.js';

const SHORT = [{ start: 0, end: 6, spans: [[0, 6]] as const }];
const LONG = [{ start: 0, end: 25, spans: [[0, 25]] as const }];

const run = (windows: typeof SHORT | typeof LONG, answer: Answer, options: Record<string, unknown> = {}) =>
  transcribeScript({ windows, answer, options: { audioContext: undefined, ...options } });

const contexts = (calls: ReadonlyArray<{ options: { audioContext?: number; temperatureIncrement?: number } }>) =>
  calls.map(({ options }) => [options.audioContext, options.temperatureIncrement]);

test('by default a short window is decoded with a fitted context, a long one with the full one', async () => {
  const good: Answer = (window) => [said('all is well', 0, window.span.end)];
  const short = await run(SHORT, good);
  assert.equal(contexts(short.calls), [[500, 0]]);
  assert.is(short.transcript.text, 'all is well');
  assert.equal(contexts((await run(LONG, good)).calls), [[undefined, undefined]]);
  assert.equal(contexts((await run(SHORT, good, { audioContext: 'full' })).calls), [[undefined, undefined]]);
});

const DOUBTFUL: Readonly<Record<string, readonly Segment[]>> = {
  'no text': [],
  'a loop': [said(Array.from({ length: 9 }, () => 'and so on').join(' '), 0, 6)],
  'unlikely text': [said('well well', 0, 6, { avg_logprob: -1.4 })],
  'more than can be said': [said('what nobody could say in so short a time, however fast', 5.9, 6)],
  'speech without text': [said('all', 0, 1)],
};

for (const [what, doubtful] of Object.entries(DOUBTFUL)) {
  test(`${what} with a fitted context is decoded with the full one, which counts as the first decoding`, async () => {
    const ran = await run(SHORT, (_window, _options, call) => (call === 0 ? doubtful : [said('all is well', 0, 6)]));
    assert.equal(contexts(ran.calls), [
      [500, 0],
      [undefined, undefined],
    ]);
    assert.is(ran.transcript.text, 'all is well');
    assert.is(ran.transcript.segments[0]?.flags, undefined);
  });
}

test('a number of positions holds for every decoding; the sequential strategy hears all', async () => {
  const loop = Array.from({ length: 9 }, () => 'and so on').join(' ');
  const ran = await run(SHORT, (_window, _options, call) => [said(`${loop} ${call}`, 0, 6)], { audioContext: 512 });
  assert.equal(new Set(ran.calls.map(({ options }) => options.audioContext)), new Set([512]));
  const whole = await run(SHORT, () => [said('all', 0, 6)], { strategy: 'sequential' });
  assert.equal(contexts(whole.calls), [[undefined, undefined]]);
});

test.run();
