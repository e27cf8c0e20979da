import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LaneRow, type RecognizeParams, recognitionBatch } from '../../../src/engines/native/recognition-batch.js';
import type { NativeRecognizeOptions } from '../../../src/native/binding.js';
import type { LanePoolCall } from '../../../src/pool/lane-pool.js';

const OPTIONS = { wordTimestamps: false, audioContext: 0 } as NativeRecognizeOptions;

function call(samples: number, more: Partial<RecognizeParams> = {}, label = 'x'): LanePoolCall {
  const params: RecognizeParams & { samples: number } = {
    model: { path: 'm', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null },
    window: 1,
    language: 'en',
    script: 'en',
    initialPrompt: '',
    hotwords: '',
    options: OPTIONS,
    rows: 3,
    gatherMs: 5,
    samples,
    ...more,
  };
  return { method: 'recognize', params: params as unknown as Record<string, unknown>, label };
}

const ruleOf = (call: LanePoolCall) => recognitionBatch(call.params as unknown as RecognizeParams);

test('each window is a row of its own with what is its own', () => {
  const calls = [call(5), call(20, { language: 'zh', script: 'zh-tw' }), call(6, { initialPrompt: 'Ada' })];
  const { most, gatherMs, join } = ruleOf(calls[0] as LanePoolCall);
  assert.equal([most, gatherMs], [3, 5]);
  const { params } = join(calls);
  const rows = params.rows as LaneRow[];
  assert.equal(
    rows.map(({ samples }) => samples),
    [5, 20, 6],
  );
  assert.equal(
    rows.map(({ script, initialPrompt }) => [script, initialPrompt]),
    [
      ['en', ''],
      ['zh-tw', ''],
      ['en', 'Ada'],
    ],
  );
  assert.equal(params.options, OPTIONS);
});

test('each call gets its own segments', () => {
  const calls = [call(5), call(6)];
  const { split } = ruleOf(calls[0] as LanePoolCall).join(calls);
  assert.equal(split([{ segments: ['a'] }, { segments: [] }]), [['a'], []]);
});

test('other weights, options or contexts are another batch', () => {
  const key = (more: Partial<RecognizeParams>) => ruleOf(call(5, more)).key;
  assert.is(key({}), key({ window: 7, language: 'de' }));
  assert.is.not(key({}), key({ options: { ...OPTIONS, wordTimestamps: true } }));
  assert.is.not(key({}), key({ options: { ...OPTIONS, audioContext: 400 } }));
  assert.is.not(
    key({}),
    key({ model: { path: 'n', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null } }),
  );
});

test.run();
