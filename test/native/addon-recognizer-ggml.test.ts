import { join } from 'node:path';
import { test } from 'uvu';
import { CPU, failure, loadAddon, ROOT } from './addon.js';
import { conformance, recording } from './recognizer-conformance.js';

const MODEL = join(ROOT, 'models/demo-stt/ggml-demo-stt.bin');

conformance({ name: 'whisper.cpp', model: MODEL });

test('whisper.cpp: aligning a given text is refused with a code and a way out', () => {
  const addon = loadAddon();
  const model = addon.openModel(MODEL, CPU);
  const recognizer = addon.openRecognizer(model);
  const window = { samples: recording('code'), language: 'en', text: 'The code' };
  failure(() => addon.align(recognizer, [window], 1, 0), 'MODEL_UNSUPPORTED');
  addon.close(recognizer);
  addon.close(model);
});

test.run();
