import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  estimateTask,
  type SpeechUse,
  type TaskShape,
  type TranslationUse,
} from '../../src/admission/memory-estimate.js';
import { m2mFacts, whisperFacts } from './model-facts.js';

const MB = 1e6;

function speech(size: Parameters<typeof whisperFacts>[0], more: Partial<SpeechUse> = {}): SpeechUse {
  return { facts: whisperFacts(size), key: `/models/${size}`, name: size, beamSize: 5, bestOf: 5, ...more };
}

function translation(more: Partial<TranslationUse> = {}): TranslationUse {
  return { facts: m2mFacts(), key: '/models/m2m', name: 'm2m', languages: 2, tokens: 26, ...more };
}

function total(shape: Partial<TaskShape>): number {
  return estimateTask({ speech: null, translations: [], audioSeconds: null, lanes: 1, isolation: 'process', ...shape })
    .total;
}

/** Peaks of twins of these shapes, megabytes (bench/memory-estimate.mjs). */
const MEASURED: ReadonlyArray<readonly [string, number, Partial<TaskShape>]> = [
  ['tiny, 1 lane, beam 1', 242, { speech: speech('tiny', { beamSize: 1, bestOf: 1 }), audioSeconds: 240 }],
  ['tiny, 2 lanes, beam 5', 376, { speech: speech('tiny'), audioSeconds: 240, lanes: 2 }],
  ['base, 1 lane, beam 5', 382, { speech: speech('base'), audioSeconds: 180 }],
  ['base, 2 lanes, beam 5', 527, { speech: speech('base'), audioSeconds: 180, lanes: 2 }],
  ['small, 1 lane, beam 5', 869, { speech: speech('small'), audioSeconds: 120 }],
  ['small, 2 lanes, beam 1', 919, { speech: speech('small', { beamSize: 1, bestOf: 1 }), audioSeconds: 120, lanes: 2 }],
  [
    'tiny, 1 lane, beam 5, on threads of the caller',
    339,
    { speech: speech('tiny'), audioSeconds: 240, isolation: 'thread' },
  ],
  [
    'tiny, 2 lanes, beam 5, on threads of the caller',
    493,
    { speech: speech('tiny'), audioSeconds: 240, lanes: 2, isolation: 'thread' },
  ],
  ['m2m, 1 lane, beam 1', 1059, { translations: [translation({ beamSize: 1, languages: 4 })] }],
  ['m2m, 1 lane, beam 4', 1084, { translations: [translation({ beamSize: 4, languages: 4 })] }],
  ['m2m, 2 lanes, beam 4', 1358, { translations: [translation({ beamSize: 4, languages: 4 })], lanes: 2 }],
];

test('predictions are within 20 % of what was measured', () => {
  for (const [name, peak, shape] of MEASURED) {
    const error = total(shape) / (peak * MB) - 1;
    assert.ok(Math.abs(error) <= 0.2, `${name}: ${(error * 100).toFixed(0)} %`);
  }
});

test('a shortlist costs a copy of its rows of the output layer, and saves the logits of the others', () => {
  const use = (shortlist?: TranslationUse['shortlist']) =>
    total({ translations: [translation({ beamSize: 4, languages: 4, shortlist })], lanes: 2 });
  const whole = use();
  assert.ok(use({ tokens: 16_000, always: true }) < whole);
  const some = use({ tokens: 16_000, always: false });
  assert.ok(some > whole + 2 * 16 * MB && some < whole + 2 * 17 * MB, `${some - whole}`);
  assert.ok(use({ tokens: 100_000, always: true }) > whole);
});

test('the parts add up', () => {
  const {
    base,
    models,
    task,
    total: sum,
  } = estimateTask({
    speech: speech('small'),
    translations: [translation({ languages: 9 })],
    audioSeconds: 600,
    lanes: 2,
    isolation: 'process',
  });
  assert.equal(
    models.map(({ key, name, lanes }) => ({ key, name, lanes })),
    [
      { key: '/models/small', name: 'small', lanes: 2 },
      { key: '/models/m2m', name: 'm2m', lanes: 2 },
    ],
  );
  const shared = models.reduce((bytes, { weights, perLane, lanes }) => bytes + weights + perLane * lanes, 0);
  assert.is(sum, base + shared + task);
});

test('lanes are counted as far as a task keeps them busy', () => {
  const lanesOf = (shape: Partial<TaskShape>): number | undefined =>
    estimateTask({ speech: null, translations: [], audioSeconds: null, lanes: 8, isolation: 'process', ...shape })
      .models[0]?.lanes;
  assert.is(lanesOf({ speech: speech('tiny'), audioSeconds: 3 }), 1);
  assert.is(lanesOf({ speech: speech('tiny'), audioSeconds: 31 }), 2);
  assert.is(lanesOf({ speech: speech('tiny'), audioSeconds: 36_000 }), 8);
  assert.is(lanesOf({ speech: speech('tiny'), audioSeconds: null }), 8);
  assert.is(lanesOf({ speech: speech('tiny', { strategy: 'sequential' }), audioSeconds: 3600 }), 1);
  assert.is(lanesOf({ translations: [translation({ languages: 1 })] }), 8);
  assert.is(lanesOf({ translations: [translation({ languages: 1, sentences: 16 })] }), 1);
  assert.is(lanesOf({ translations: [translation({ languages: 9, sentences: 8 })] }), 5);
  assert.is(lanesOf({ translations: [translation({ languages: 9, sentences: 1 })] }), 1);
});

test('memory does not grow with the length of a recording, unless it is taken as one piece', () => {
  const windowed = (seconds: number) => total({ speech: speech('small'), audioSeconds: seconds, lanes: 2 });
  assert.is(windowed(36_000), windowed(120));
  assert.ok(windowed(60) < windowed(120), 'a state that is made anew leaves gaps');
  const whole = (seconds: number) =>
    total({ speech: speech('small', { strategy: 'sequential' }), audioSeconds: seconds, lanes: 2 });
  // Three copies of the samples and the spectrogram.
  assert.ok(Math.abs(whole(3600) - whole(0) - 3600 * (3 * 64_000 + 32_000)) < 1);
});

test('what takes more is predicted to take more', () => {
  const ascending = (values: number[]) =>
    values.every((value, index) => index === 0 || value > (values[index - 1] as number));
  const sizes = (['tiny', 'base', 'small', 'medium', 'large'] as const).map((size) =>
    total({ speech: speech(size), audioSeconds: 60 }),
  );
  assert.ok(ascending(sizes));
  assert.ok(ascending([1, 2, 5, 8].map((beam) => total({ speech: speech('base', { beamSize: beam, bestOf: 1 }) }))));
  // Still wider beams have fewer rows.
  assert.ok(ascending([1, 2].map((beam) => total({ translations: [translation({ beamSize: beam })] }))));
  assert.ok(ascending([10, 40, 200].map((tokens) => total({ translations: [translation({ tokens })] }))));
  assert.ok(ascending([1, 2].map((languages) => total({ translations: [translation({ languages, sentences: 8 })] }))));
  assert.is(total({ speech: speech('base', { beamSize: 1, bestOf: 5 }) }), total({ speech: speech('base') }));
});

test('weights take what the compute type makes of them', () => {
  const weights = (quantization: string, computeType?: string): number => {
    const facts = m2mFacts(quantization, 400 * MB);
    const { models } = estimateTask({
      speech: null,
      translations: [translation({ facts, computeType })],
      audioSeconds: null,
      lanes: 1,
      isolation: 'process',
    });
    return Math.round(((models[0]?.weights ?? 0) - 2 * 128_112 * 90) / MB);
  };
  assert.is(weights('int8'), 400);
  assert.is(weights('int8_float32', 'auto'), 400);
  assert.is(weights('int8', 'float32'), 1600);
  assert.is(weights('float16'), 800);
  assert.is(weights('float16', 'int8'), 200);
  assert.is(weights('bfloat16', 'bfloat16'), 800);
  assert.is(weights('float32'), 400);
  assert.is(weights('float32', 'auto'), 100);
});

test('a model of which little is known is still a number', () => {
  const facts = { format: 'whisper-ggml', bytes: 1000, quantization: 'f16', dimensions: {} };
  const bytes = total({
    speech: { facts, key: 'k', name: 'n' },
    translations: [{ facts, key: 'k2', name: 'n', languages: 1 }],
  });
  assert.ok(Number.isFinite(bytes) && bytes > 100 * MB);
});

test.run();
