import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { DEFAULT_MODELS, resolveModel } from '../../src/models/registry.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-models-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function failure(call: () => unknown): VoiceLinguaError {
  try {
    call();
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    return error as VoiceLinguaError;
  }
  throw new Error('expected a failure');
}

test('the embedded models are there, with the settings that suit them', () => {
  const speech = resolveModel(DEFAULT_MODELS.speech, 'speech');
  assert.is(speech.name, 'demo-stt');
  assert.is(resolveModel(DEFAULT_MODELS.translation, 'translation').advice.beamSize, 1);
});

test('a file and a folder are taken by their path and called by their name', () => {
  const file = join(folder, 'ggml-small-q5_1.bin');
  writeFileSync(file, 'x');
  assert.equal(resolveModel(file, 'speech'), { name: 'ggml-small-q5_1', path: file, advice: {} });
  const model = join(folder, 'm2m100-int8');
  mkdirSync(model);
  assert.is(resolveModel(model, 'translation').name, 'm2m100-int8');
});

test('what is not there is named, with what may be given', () => {
  const error = failure(() => resolveModel('ggml-large-v9.bin', 'speech'));
  assert.is(error.code, 'MODEL_NOT_FOUND');
  assert.match(error.message, /ggml-large-v9\.bin.*demo-stt.*ggml file/);
});

test('a model of the other purpose is refused with the right one', () => {
  const error = failure(() => resolveModel('demo-mt', 'speech'));
  assert.is(error.code, 'MODEL_UNSUPPORTED');
  assert.match(error.message, /Use demo-stt/);
});

test('names of the language itself are no models', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.is(failure(() => resolveModel(name, 'speech')).code, 'MODEL_NOT_FOUND');
  }
});

test.run();
