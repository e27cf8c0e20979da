import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeBinding } from '../../src/native/binding.js';
import {
  ADDON_PATH,
  CPU,
  failure,
  HINTS,
  loadAddon,
  NativeError,
  RECOGNIZE,
  recognizeOne,
  TRANSLATE,
  temporaryFolder,
  tone,
} from './addon.js';
import { makeWhisperGgml, writeCt2Folder } from './addon-models.js';

const addon = loadAddon();
const folder = temporaryFolder();
const whisperPath = join(folder, 'whisper.bin');
const translatorPath = join(folder, 'translator');
writeFileSync(whisperPath, makeWhisperGgml().bytes);
writeCt2Folder(translatorPath);

const VALUES: unknown[] = [undefined, null, Number.NaN, -1, 2 ** 53, '', {}, [], true, 'x', () => 1, Symbol('s'), 1n];

test('describe tells versions, device and what is alive', () => {
  const description = addon.describe();
  assert.is(description.device, 'cpu');
  assert.is(description.cudaDevices, 0);
  assert.ok(description.versions['whisper.cpp']);
  assert.ok(description.versions.ct2rs);
  assert.ok(description.computeTypes.includes('int8'));
  assert.ok(description.computeTypes.includes('float32'));
  assert.ok(description.cpuFeatures.length > 0);
  assert.equal(description.models, []);
});

test('every handle counts while it is open, and closing twice is a no-op', () => {
  const before = addon.describe().handles;
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  const translation = addon.openModel(translatorPath, CPU);
  const translator = addon.openTranslator(translation);
  const open = addon.describe().handles;
  assert.is(open.model, (before.model as number) + 2);
  assert.is(open.recognizer, (before.recognizer as number) + 1);
  assert.is(open.translator, (before.translator as number) + 1);
  for (const handle of [model, recognizer, translation, translator]) {
    addon.close(handle);
    addon.close(handle);
  }
  assert.equal(addon.describe().handles, before);
  assert.equal(addon.describe().models, []);
});

test('weights stay while a recognizer needs them and go with it', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  addon.close(model);
  assert.is(addon.describe().models.length, 1);
  assert.is(addon.describe().models[0]?.references, 0);
  assert.is(recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0).segments.length, 1);
  addon.close(recognizer);
  assert.is(addon.describe().models.length, 0);
});

test('a wrong or closed handle is a coded error', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  const samples = tone(1);
  const wrong = recognizer as unknown as ReturnType<NativeBinding['openTranslator']>;
  failure(() => addon.translate(wrong, [], [], TRANSLATE, 0), 'INVALID_ARGUMENT');
  failure(() => addon.openRecognizer(recognizer as never), 'INVALID_ARGUMENT');
  failure(() => addon.openTranslator(model), 'MODEL_UNSUPPORTED');
  failure(() => addon.targetVocabulary(model), 'MODEL_UNSUPPORTED');
  addon.close(recognizer);
  failure(() => recognizeOne(addon, recognizer, samples, RECOGNIZE, 0), 'CLOSED');
  failure(() => addon.detectLanguage(recognizer, [samples], 1, 0), 'CLOSED');
  addon.close(model);
  failure(() => addon.openRecognizer(model), 'CLOSED');
  for (const value of VALUES) {
    failure(() => recognizeOne(addon, value as never, samples, RECOGNIZE, 0), 'INVALID_ARGUMENT');
    failure(() => addon.close(value as never), 'INVALID_ARGUMENT');
    failure(() => addon.audioInfo(value as never), 'INVALID_ARGUMENT');
    failure(() => addon.tokenize(value as never, []), 'INVALID_ARGUMENT');
  }
});

test('every argument of every call is checked', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  const translation = addon.openModel(translatorPath, CPU);
  const translator = addon.openTranslator(translation);
  const calls = addon as unknown as Record<string, (...values: unknown[]) => unknown>;
  const good: Record<string, unknown[]> = {
    openModel: [whisperPath, CPU],
    inspectModel: [whisperPath],
    openRecognizer: [model],
    openTranslator: [translation],
    recognize: [recognizer, [], RECOGNIZE, 0],
    detectLanguage: [recognizer, [tone(0.2)], 1, 0],
    align: [recognizer, [], 1, 0],
    translate: [translator, [], [], TRANSLATE, 0],
    targetVocabulary: [translation],
    openTokenizer: [join(folder, 'missing.model')],
    openAudio: [join(folder, 'missing.wav'), { channel: -1 }],
    createToken: [0],
  };
  for (const [name, values] of Object.entries(good)) {
    for (let place = 0; place < values.length; place++) {
      for (const value of VALUES) {
        const changed = values.with(place, value);
        try {
          (calls[name] as (...values: unknown[]) => unknown)(...changed);
        } catch (error) {
          assert.instance(error, NativeError, `${name}, argument ${place}: ${String(error)}`);
          assert.not(['INTERNAL', 'ENGINE_FAILED'].includes((error as NativeError).code), `${name}: ${String(error)}`);
        }
      }
    }
  }
  for (const options of [RECOGNIZE, TRANSLATE] as const) {
    for (const key of Object.keys(options)) {
      for (const value of VALUES) {
        const changed = { ...options, [key]: value };
        const call = () =>
          options === RECOGNIZE
            ? addon.recognize(recognizer, [], changed as never, 0)
            : addon.translate(translator, [], [], changed as never, 0);
        try {
          call();
        } catch (error) {
          assert.instance(error, NativeError, `${key}: ${String(error)}`);
          assert.is((error as NativeError).code, 'INVALID_ARGUMENT', `${key}: ${String(error)}`);
          assert.ok((error as NativeError).message.includes(key), (error as NativeError).message);
        }
      }
    }
  }
  for (const key of ['samples', ...Object.keys(HINTS)]) {
    for (const value of VALUES) {
      if (typeof value === 'string' && key !== 'samples' && key !== 'language') continue;
      const window = { ...HINTS, samples: new Float32Array(0), [key]: value };
      try {
        addon.recognize(recognizer, [window as never], RECOGNIZE, 0);
        assert.ok(value instanceof Float32Array || typeof value === 'string', `${key}: ${String(value)} was taken`);
      } catch (error) {
        assert.is((error as NativeError).code, 'INVALID_ARGUMENT', `${key}: ${String(error)}`);
        assert.match((error as NativeError).message, `windows[0].${key}`);
      }
    }
  }
  const many = Array.from({ length: 257 }, () => ({ ...HINTS, samples: new Float32Array(0) }));
  failure(() => addon.recognize(recognizer, many, RECOGNIZE, 0), 'INVALID_ARGUMENT');
  failure(() => addon.align(recognizer, [], 1, 0), 'MODEL_UNSUPPORTED');
  for (const handle of [model, recognizer, translation, translator]) addon.close(handle);
});

test('a message says what was expected and what came', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  const message = failure(
    () => recognizeOne(addon, recognizer, tone(1), { ...RECOGNIZE, beamSize: 9 }, 0),
    'INVALID_ARGUMENT',
  );
  assert.is(message, 'options.beamSize must be an integer from 1 to 8, got 9.');
  addon.close(recognizer);
  addon.close(model);
});

test('an exception of the progress callback stops the work and reaches the caller', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  const thrown = new Error('from the callback');
  try {
    recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0, () => {
      throw thrown;
    });
    assert.unreachable();
  } catch (error) {
    assert.is(error, thrown);
  }
  assert.is(recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0).segments.length, 1);
  addon.close(recognizer);
  addon.close(model);
});

test('a callback may not use the recognizer of its own call, but may close it', () => {
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  let nested = '';
  const result = recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0, () => {
    if (nested !== '') return;
    nested = failure(() => recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0), 'INVALID_ARGUMENT');
    addon.close(recognizer);
    addon.close(model);
  });
  assert.match(nested, /busy/);
  assert.is(result.segments.length, 1);
  failure(() => recognizeOne(addon, recognizer, tone(1), RECOGNIZE, 0), 'CLOSED');
  assert.equal(addon.describe().models, []);
});

test('tokens: unknown ones are refused for work, and ignored for cancel and release', () => {
  const before = addon.describe().handles.token as number;
  const token = addon.createToken(0);
  assert.is(addon.describe().handles.token, before + 1);
  addon.releaseToken(token);
  addon.releaseToken(token);
  addon.cancelToken(token);
  assert.is(addon.describe().handles.token, before);
  const model = addon.openModel(whisperPath, CPU);
  const recognizer = addon.openRecognizer(model);
  failure(() => recognizeOne(addon, recognizer, tone(1), RECOGNIZE, token), 'INVALID_ARGUMENT');
  addon.close(recognizer);
  addon.close(model);
});

test('handles that nobody closes are released by the garbage collector and at the end of a thread', () => {
  const script = `
    (async () => {
    const { Worker } = require('node:worker_threads');
    const path = ${JSON.stringify(ADDON_PATH)};
    const addon = require(path);
    addon.initialize(class extends Error { constructor(code, message) { super(message); this.code = code; } });
    const open = () => addon.openRecognizer(addon.openModel(process.argv[1], { device: 'cpu', deviceIndex: 0, computeType: 'default' }));
    open();
    const settle = async () => { for (let i = 0; i < 5; i++) { global.gc(); await new Promise((done) => setImmediate(done)); } };
    await settle();
    const collected = addon.describe();
    const worker = new Worker(
      'const addon = require(' + JSON.stringify(path) + '); addon.initialize(Error);' +
      'addon.openRecognizer(addon.openModel(' + JSON.stringify(process.argv[1]) + ", { device: 'cpu', deviceIndex: 0, computeType: 'default' }));" +
      "require('node:worker_threads').parentPort.postMessage(addon.describe().handles);", { eval: true });
    const during = await new Promise((done) => worker.once('message', done));
    await new Promise((done) => worker.once('exit', done));
    const after = addon.describe();
    console.log(JSON.stringify({ collected: collected.handles, during, after: after.handles, models: after.models }));
    })();
  `;
  const output = execFileSync(process.execPath, ['--expose-gc', '-e', script, whisperPath], {
    encoding: 'utf8',
  });
  const { collected, during, after, models } = JSON.parse(output);
  assert.is(collected.recognizer, 0);
  assert.is(during.recognizer, 1);
  assert.is(after.recognizer, 0);
  assert.is(after.model, 0);
  assert.equal(models, []);
});

test('nothing is printed: loading, recognizing, failing; the log has it instead', () => {
  const script = `
    const addon = require(process.argv[1]);
    class Failure extends Error { constructor(code, message) { super(message); this.code = code; } }
    addon.initialize(Failure);
    const cpu = { device: 'cpu', deviceIndex: 0, computeType: 'default' };
    const model = addon.openModel(process.argv[2], cpu);
    const recognizer = addon.openRecognizer(model);
    addon.recognize(recognizer, [{ ...${JSON.stringify(HINTS)}, samples: new Float32Array(16000) }], ${JSON.stringify(RECOGNIZE)}, 0);
    const translation = addon.openModel(process.argv[3], cpu);
    const translator = addon.openTranslator(translation);
    addon.translate(translator, [['__en__', '</s>']], [['__de__']], ${JSON.stringify(TRANSLATE)}, 0);
    try { addon.openModel(process.argv[1], cpu); } catch {}
    try { addon.openModel(process.argv[3], { ...cpu, computeType: 'nonsense' }); } catch {}
    const log = addon.drainLog();
    if (log.length === 0 || addon.drainLog().length !== 0) process.exit(9);
    if (!log.every((entry) => typeof entry.message === 'string' && entry.source === 'whisper' || entry.source === 'ggml')) process.exit(8);
  `;
  const output = execFileSync(process.execPath, ['-e', script, ADDON_PATH, whisperPath, translatorPath], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CT2_VERBOSE: '2' },
  });
  assert.is(output, '');
});

test.run();
