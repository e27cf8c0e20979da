import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { modelsFolder } from '../../src/models/folder.js';
import { DEFAULT_MODELS, resolveDetector, resolveModel } from '../../src/models/registry.js';
import { defaultStorePath } from '../../src/paths.js';

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

test('silero-vad is looked for in the models folder, and the message says where and what to do', () => {
  const models = join(folder, 'models');
  const asked = failure(() => resolveDetector('silero-vad', models));
  assert.is(asked.code, 'MODEL_NOT_FOUND');
  for (const part of [models, 'ggml-silero-v6.2.0.bin', 'download-vad-model.sh', 'embedded']) {
    assert.ok(asked.message.includes(part), `${part} in: ${asked.message}`);
  }
  const builtIn = { name: 'embedded', path: null };
  assert.equal(resolveDetector(undefined, models), builtIn);
  mkdirSync(models);
  assert.equal(resolveDetector(undefined, models), builtIn);
  for (const name of ['ggml-silero-v5.1.2', 'ggml-silero-v6.2.0']) {
    const path = join(models, `${name}.bin`);
    writeFileSync(path, 'x');
    for (const reference of [undefined, 'silero-vad']) assert.equal(resolveDetector(reference, models), { name, path });
  }
  assert.equal(resolveDetector('embedded', models), builtIn);
});

test('a detector is given by its path too; models of another purpose are refused', () => {
  const path = join(folder, 'silero.bin');
  writeFileSync(path, 'x');
  assert.equal(resolveDetector(path, folder), { name: 'silero', path });
  const absent = failure(() => resolveDetector('silero-v9.bin', folder));
  assert.is(absent.code, 'MODEL_NOT_FOUND');
  assert.match(absent.message, /silero-v9\.bin.*silero-vad, embedded, or the path/);
  assert.match(
    failure(() => resolveDetector('demo-stt', folder)).message,
    /not a detector model.*silero-vad or embedded/,
  );
  const wrong = failure(() => resolveModel('silero-vad', 'speech', folder));
  assert.is(wrong.code, 'MODEL_UNSUPPORTED');
  assert.match(wrong.message, /Use demo-stt/);
});

test('the models folder is the one that the environment names, else beside the store', () => {
  assert.is(modelsFolder({ VOICELINGUA_MODELS: folder }), folder);
  assert.is(modelsFolder({ VOICELINGUA_MODELS: 'here' }), join(process.cwd(), 'here'));
  const data = join(folder, 'data');
  for (const VOICELINGUA_MODELS of [undefined, '']) {
    const env = { XDG_DATA_HOME: data, ...(VOICELINGUA_MODELS === undefined ? {} : { VOICELINGUA_MODELS }) };
    assert.is(modelsFolder(env), join(data, 'voicelingua', 'models'));
    assert.is(defaultStorePath(env), join(data, 'voicelingua', 'store.sqlite'));
  }
  assert.is(modelsFolder({ LOCALAPPDATA: data }, 'win32'), join(data, 'voicelingua', 'models'));
  assert.match(modelsFolder({}, 'linux'), /\.local.share.voicelingua.models$/);
});

test.run();
