import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeAlignmentWindow } from '../../src/native/binding.js';
import { CPU, failure, loadAddon, ROOT, recognizeOne, temporaryFolder } from './addon.js';
import { conformance, joined, recording, SENTENCES } from './recognizer-conformance.js';

const MODEL = join(ROOT, 'models/demo-stt-ct2');

conformance({ name: 'CTranslate2', model: MODEL });

const addon = loadAddon();

/** A recogniser on the demo model, closed at the end of `use`. */
function withRecognizer(use: (recognizer: ReturnType<typeof addon.openRecognizer>) => void, path = MODEL): void {
  const model = addon.openModel(path, CPU);
  const recognizer = addon.openRecognizer(model);
  try {
    use(recognizer);
  } finally {
    addon.close(recognizer);
    addon.close(model);
  }
}

test('CTranslate2: a window has at most 30 s', () => {
  withRecognizer((recognizer) => {
    const long = new Float32Array(30 * 16000 + 1);
    assert.match(
      failure(() => recognizeOne(addon, recognizer, long), 'INVALID_ARGUMENT'),
      /30 s/,
    );
    recognizeOne(addon, recognizer, long.subarray(1), { beamSize: 1, temperatureIncrement: 0 });
    assert.is(addon.detectLanguage(recognizer, [new Float32Array(40 * 16000)], 1, 0).length, 1);
  });
});

test('CTranslate2: sampling goes by the seed, and not by what stands beside a window', () => {
  withRecognizer((recognizer) => {
    const options = { temperature: 1, bestOf: 1, logprobThreshold: -1000, compressionRatioThreshold: 1000 };
    const say = (seed: number) => [
      ...recognizeOne(addon, recognizer, recording('ticket'), { ...options, seed }).tokens,
    ];
    const answers = Array.from({ length: 12 }, (_, seed) => say(seed));
    for (const [seed, tokens] of answers.entries()) assert.equal(say(seed), tokens);
    assert.ok(new Set(answers.map(String)).size > 1, 'every seed gave the same');
  });
});

test('CTranslate2: a failed decoding is tried again at higher temperatures, and the likeliest is kept', () => {
  withRecognizer((recognizer) => {
    const strict = { logprobThreshold: 0, compressionRatioThreshold: 1000, noSpeechThreshold: 1 };
    const first = recognizeOne(addon, recognizer, recording('ticket'), { ...strict, temperatureIncrement: 0 });
    assert.equal([first.failed, first.temperature], [true, 0]);
    const last = recognizeOne(addon, recognizer, recording('ticket'), { ...strict, temperatureIncrement: 0.5 });
    assert.equal([last.failed, last.temperature], [true, 1]);
    assert.ok(last.averageLogprob >= first.averageLogprob);
    // Unlikely, and likely silence: that is no failure, and there is no text.
    const silent = { ...strict, noSpeechThreshold: 0 };
    const nothing = recognizeOne(addon, recognizer, recording('ticket'), silent);
    assert.equal([nothing.failed, nothing.temperature, nothing.segments.length], [false, 0, 0]);
  });
});

test('CTranslate2: word times come with the probabilities of tokens', () => {
  withRecognizer((recognizer) => {
    const [segment] = recognizeOne(addon, recognizer, recording('ticket'), { wordTimestamps: true }).segments;
    assert.is(segment?.probabilities.length, segment?.tokens.length);
    assert.ok(segment?.words.some(({ word }) => word === ' London'));
    assert.is(recognizeOne(addon, recognizer, recording('ticket')).segments[0]?.probabilities.length, 0);
  });
});

test('CTranslate2: given texts are found in the sound, in order and batch by language', () => {
  withRecognizer((recognizer) => {
    const texts: Array<NativeAlignmentWindow & { samples: Float32Array }> = [
      { samples: recording('ticket'), language: 'en', text: SENTENCES.ticket as string },
      { samples: recording('ticket'), language: 'en', text: 'Completely different words are not what was said.' },
      { samples: recording('code'), language: 'ja', text: '今日は良い天気ですね。𠮷野家' },
      { samples: new Float32Array(100), language: 'en', text: 'too short' },
      { samples: recording('code'), language: 'en', text: ' ' },
      {
        samples: joined(recording('code'), recording('ticket')),
        language: 'en',
        text: `  ${SENTENCES.code} ${SENTENCES.ticket}\n`,
      },
    ];
    const answers = addon.align(recognizer, texts, 1, 0);
    assert.is(answers.length, texts.length);
    const words = (index: number) => answers[index]?.words.map(({ word }) => word) ?? [];
    assert.is(words(0).join(''), ` ${SENTENCES.ticket}`);
    assert.is(words(2).join(''), texts[2]?.text);
    assert.equal([words(3), words(4)], [[], []]);
    assert.is(words(5).join(''), ` ${SENTENCES.code} ${SENTENCES.ticket}`);
    const said = answers[0]?.averageLogprob ?? 0;
    assert.ok(said > -0.5 && said < 0);
    assert.ok((answers[1]?.averageLogprob ?? 0) < said - 1, 'another text is as likely');
    for (const [index, { words }] of answers.entries()) {
      let last = 0;
      for (const { start, end, word } of words) {
        assert.ok(start >= last && end >= start && end <= (texts[index]?.samples.length ?? 0) / 16000, word);
        last = end;
      }
    }
    const second = answers[5]?.words.find(({ word }) => word === ' ticket')?.start ?? 0;
    assert.ok(second > recording('code').length / 16000, `${second} s`);
    const one = texts[0] as NativeAlignmentWindow;
    for (const language of ['auto', 'xx', '']) {
      failure(() => addon.align(recognizer, [{ ...one, language }], 1, 0), 'INVALID_ARGUMENT');
    }
    failure(() => addon.align(recognizer, [{ ...one, text: 'word '.repeat(500) }], 1, 0), 'INVALID_ARGUMENT');
    failure(() => addon.align(recognizer, [{ ...one, text: 'x'.repeat(1e6) }], 1, 0), 'INVALID_ARGUMENT');
  });
});

test('CTranslate2: word times and alignment need the heads that the folder names', () => {
  const folder = join(temporaryFolder(), 'headless');
  cpSync(MODEL, folder, { recursive: true });
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, alignment_heads: undefined }));
  assert.is(addon.inspectModel(folder).dimensions.alignment, 0);
  withRecognizer((recognizer) => {
    const window = { samples: recording('code'), language: 'en', text: 'The code' };
    failure(() => addon.align(recognizer, [window], 1, 0), 'MODEL_UNSUPPORTED');
    failure(() => recognizeOne(addon, recognizer, window.samples, { wordTimestamps: true }), 'MODEL_UNSUPPORTED');
    assert.ok(recognizeOne(addon, recognizer, window.samples, { beamSize: 1 }).segments.length > 0);
  }, folder);
});

test('CTranslate2: compute types that work, and a coded error that names them for others', () => {
  for (const computeType of ['auto', 'default', 'int8', 'float32', 'int8_float32']) {
    const model = addon.openModel(MODEL, { ...CPU, computeType });
    const recognizer = addon.openRecognizer(model);
    assert.ok(recognizeOne(addon, recognizer, recording('code'), { beamSize: 1 }).segments.length > 0, computeType);
    addon.close(recognizer);
    addon.close(model);
  }
  for (const computeType of ['nonsense', '', 'int4', 'INT8']) {
    const message = failure(() => addon.openModel(MODEL, { ...CPU, computeType }), 'INVALID_ARGUMENT');
    assert.match(message, 'float32');
  }
});

test.run();
