import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  batchKey,
  type LaneRow,
  type RecognizeParams,
  recognitionJoiner,
} from '../../../src/engines/native/recognition-batch.js';
import type { NativeRecognizeOptions } from '../../../src/native/binding.js';
import type { LanePoolCall } from '../../../src/pool/lane-pool.js';

const SECOND = 16_000;

function call(seconds: number, more: Partial<RecognizeParams> = {}, label = 'x'): LanePoolCall {
  const params: RecognizeParams & { samples: Float32Array } = {
    model: { path: 'm', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null },
    window: 1,
    language: 'en',
    script: 'en',
    initialPrompt: '',
    hotwords: '',
    options: { wordTimestamps: false } as NativeRecognizeOptions,
    batch: { rows: 2, pack: true },
    samples: new Float32Array(seconds * SECOND).fill(seconds),
    ...more,
  };
  return { method: 'recognize', params: params as unknown as Record<string, unknown>, label };
}

function gathered(calls: readonly LanePoolCall[]): LanePoolCall[] {
  const taken: LanePoolCall[] = [];
  for (const next of calls) if (taken.length === 0 || recognitionJoiner.admits(taken, next)) taken.push(next);
  return taken;
}

function rowsOf(calls: readonly LanePoolCall[]): LaneRow[] {
  return recognitionJoiner.join(calls).params.rows as LaneRow[];
}

test('as many rows as the engine takes, short windows of one language together', () => {
  const calls = [call(5), call(20), call(6), call(25), call(8)];
  const taken = gathered(calls);
  assert.is(taken.length, 4, 'a third long window has no row left');
  const rows = rowsOf(taken);
  assert.is(rows.length, 2);
  assert.is(rows[0]?.samples.length, (5 + 0.4 + 6 + 0.4 + 8) * SECOND);
  assert.is(rows[1]?.samples.length, 20 * SECOND);
  assert.is(rows[0]?.samples[0], 5);
  assert.is(rows[0]?.samples[5 * SECOND + 100], 0, 'silence between two windows');
  assert.is(rows[0]?.samples[5.4 * SECOND + 100], 6);
});

test('a row never holds more than 30 s, nor another language, script or prompt', () => {
  assert.is(rowsOf([call(14), call(15), call(1)]).length, 1 + 0 + 1);
  assert.is(rowsOf([call(5), call(5, { language: 'de', script: 'de' })]).length, 2);
  assert.is(
    rowsOf([call(5, { language: 'zh', script: 'zh' }), call(5, { language: 'zh', script: 'zh-tw' })]).length,
    2,
  );
  assert.is(rowsOf([call(5), call(5, { initialPrompt: 'Names: Ada.' })]).length, 2);
  assert.is(rowsOf([call(5), call(5)]).length, 1);
  assert.is(
    rowsOf([call(5, { batch: { rows: 9, pack: false } }), call(5, { batch: { rows: 9, pack: false } })]).length,
    2,
  );
});

test('words are asked for where a segment may have to be divided, and not given to who did not', () => {
  const joined = recognitionJoiner.join([call(5), call(5), call(20)]);
  assert.is((joined.params.options as NativeRecognizeOptions).wordTimestamps, true);
  const words = [
    { word: ' a', start: 1, end: 2, probability: 1, tokens: 1 },
    { word: ' b', start: 6, end: 7, probability: 1, tokens: 1 },
  ];
  const common = { id: 0, confidence: 1, avg_logprob: 0, no_speech_prob: 0 };
  const answer = [
    { segments: [{ ...common, start: 0, end: 10, text: 'a b', tokens: [1, 2], words }] },
    { segments: [{ ...common, start: 0, end: 20, text: 'c', tokens: [3], words: [] }] },
  ];
  const given = joined.split(answer).map((part) => part?.value as Array<{ text: string; words?: unknown }>);
  assert.equal(
    given.map((segments) => segments.map(({ text }) => text)),
    [['a'], ['b'], ['c']],
  );
  assert.ok(given.flat().every((segment) => segment.words === undefined));
  assert.is((recognitionJoiner.join([call(5)]).params.options as NativeRecognizeOptions).wordTimestamps, false);
});

test('a window of a shared row that got nothing is asked for again, one with a row of its own is not', () => {
  const joined = recognitionJoiner.join([call(5), call(5), call(20)]);
  assert.equal(joined.split([{ segments: [] }, { segments: [] }]), [null, null, { value: [] }]);
});

test('other weights or options are another batch', () => {
  const key = (more: Partial<RecognizeParams>) => batchKey(call(5, more).params as unknown as RecognizeParams);
  assert.is(key({}), key({ window: 7, language: 'de' }));
  assert.is.not(key({}), key({ options: { wordTimestamps: true } as NativeRecognizeOptions }));
  assert.is.not(
    key({}),
    key({ model: { path: 'n', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null } }),
  );
});

test.run();
