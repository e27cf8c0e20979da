import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotTranslate } from '../../../src/engines/native/translation-task.js';
import type { ModelInspection } from '../../../src/native/binding.js';

const model = (audioLayers: number, textLayers: number, multilingual = true): ModelInspection => ({
  format: 'whisper-ggml',
  bytes: 1,
  multilingual,
  languages: multilingual ? ['en', 'de'] : ['en'],
  dimensions: { audioLayers, textLayers },
  quantization: 'f16',
});

test('models that learnt to translate can', () => {
  // tiny, base, small, medium, large, and the demo model.
  for (const [audio, text] of [
    [4, 4],
    [6, 6],
    [12, 12],
    [24, 24],
    [32, 32],
    [2, 2],
  ] as const) {
    assert.is(cannotTranslate(model(audio, text)), null, `${audio} and ${text} layers`);
  }
});

test('large-v3-turbo, distilled and English-only models cannot, each for its reason', () => {
  assert.match(cannotTranslate(model(32, 4)) ?? '', /large-v3-turbo/);
  assert.match(cannotTranslate(model(32, 2)) ?? '', /distilled/);
  assert.match(cannotTranslate(model(12, 12, false)) ?? '', /English only/);
});

test.run();
