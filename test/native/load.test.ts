import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { findNative, loadNative } from '../../src/native/load.js';
import { probeBinary } from '../../src/native/probe.js';

const root = join(import.meta.dirname, '..', '..');
const addon = join(root, 'build', 'Release', 'voicelingua.node');
const model = join(root, 'models', 'demo-stt', 'ggml-demo-stt.bin');

const test = suite<{ folder: string }>('load');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'voicelingua-load-'));
  writeFileSync(join(context.folder, 'package.json'), JSON.stringify({ name: 'voicelingua', version: '1.2.3' }));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

function failure(work: () => unknown): VoiceLinguaError {
  try {
    work();
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    return error as VoiceLinguaError;
  }
  throw new Error('it did not fail');
}

function platformPackage(folder: string, version: string): string {
  const target = join(folder, 'node_modules', '@voicelingua', `${process.platform}-${process.arch}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), JSON.stringify({ version, main: './voicelingua.node' }));
  return target;
}

test('the build of the checkout loads and describes itself', () => {
  const found = findNative({ device: 'cpu', env: {} });
  assert.is(found.path, addon);
  assert.is(found.origin, 'build');
  assert.is(found.binding.describe().device, 'cpu');
  assert.is(loadNative({ device: 'cpu', env: {} }), found.binding);
});

test('native errors are VoiceLinguaError', () => {
  const error = failure(() => loadNative({ device: 'cpu' }).inspectModel(join(root, 'no-such-model.bin')));
  assert.is(error.code, 'MODEL_NOT_FOUND');
});

test('a worker thread loads it for itself', async () => {
  loadNative({ device: 'cpu' });
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const native = require(workerData);
    native.initialize(class extends Error { constructor(code, message) { super(message); this.code = code; } });
    try { native.inspectModel('/no/such/model'); } catch (error) { parentPort.postMessage(error.code); }
  `;
  for (let round = 0; round < 3; round++) {
    const worker = new Worker(code, { eval: true, workerData: addon });
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    assert.is(answer, 'MODEL_NOT_FOUND');
    await worker.terminate();
  }
});

test('nothing there: the message names every place and the way out', ({ folder }) => {
  const error = failure(() => loadNative({ device: 'cpu', root: folder, env: {} }));
  assert.is(error.code, 'NATIVE_LOAD_FAILED');
  assert.match(error.message, join(folder, 'build', 'Release', 'voicelingua.node'));
  assert.match(error.message, 'npm run build:native');
  if (process.platform === 'linux' && process.arch === 'x64') {
    assert.match(error.message, '@voicelingua/linux-x64: not installed');
  }
});

test('CUDA wanted and no CUDA addon there is a missing device', ({ folder }) => {
  const error = failure(() => loadNative({ device: 'cuda', root: folder, env: {} }));
  assert.is(error.code, 'DEVICE_UNAVAILABLE');
  assert.match(error.message, 'npm run build:native -- --cuda');
});

test('a file that is no addon is named with what the loader said', ({ folder }) => {
  const path = join(folder, 'build', 'Release', 'voicelingua.node');
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
  writeFileSync(path, 'not an addon');
  const error = failure(() => loadNative({ device: 'cpu', root: folder, env: {} }));
  assert.is(error.code, 'NATIVE_LOAD_FAILED');
  const attempts = error.details.attempts as Array<{ where: string; reason: string }>;
  assert.is(attempts[0]?.where, path);
  assert.is.not(attempts[0]?.reason, 'not there');
});

test('an override is loaded, and a wrong one never falls back', ({ folder }) => {
  const copy = join(folder, 'mine.node');
  copyFileSync(addon, copy);
  const found = findNative({ device: 'cpu', root, env: { VOICELINGUA_NATIVE: copy } });
  assert.is(found.path, copy);
  assert.is(found.origin, 'override');
  const error = failure(() => loadNative({ device: 'cpu', env: { VOICELINGUA_NATIVE: join(folder, 'gone.node') } }));
  assert.is(error.code, 'NATIVE_LOAD_FAILED');
  assert.match(error.message, 'VOICELINGUA_NATIVE');
});

test('a platform package of the same version is used, of another version refused', ({ folder }) => {
  const target = platformPackage(folder, '1.2.3');
  copyFileSync(addon, join(target, 'voicelingua.node'));
  const found = findNative({ device: 'cpu', root: folder, env: {} });
  assert.is(found.origin, 'package');

  const other = mkdtempSync(join(tmpdir(), 'voicelingua-load-'));
  try {
    writeFileSync(join(other, 'package.json'), JSON.stringify({ version: '2.0.0' }));
    platformPackage(other, '1.2.3');
    const error = failure(() => loadNative({ device: 'cpu', root: other, env: {} }));
    assert.match(error.message, 'version 1.2.3, this package needs 2.0.0');
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test('the trial run remembers a good binary and forgets it when the file changes', ({ folder }) => {
  const copy = join(folder, 'voicelingua.node');
  const cache = join(folder, 'verdicts');
  copyFileSync(addon, copy);
  if (!existsSync(model)) console.log('skipped: a trial recognition, because models/demo-stt is not there');
  assert.equal(probeBinary(copy, { model, cache }), { ok: true });
  assert.is(readdirSync(cache).length, 1);
  assert.equal(probeBinary(copy, { model, cache }), { ok: true });
  assert.is(readdirSync(cache).length, 1);
  writeFileSync(copy, 'damaged');
  const verdict = probeBinary(copy, { model, cache });
  assert.is(verdict.ok, false);
  assert.is(readdirSync(cache).length, 1);
});

test('a binary that crashes is found out in the child', ({ folder }) => {
  // A script in place of an addon: require() runs it, and it ends its process as a bad instruction would.
  const path = join(folder, 'crash.cjs');
  writeFileSync(path, "process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 60000);");
  const verdict = probeBinary(path, { model: join(folder, 'none'), cache: join(folder, 'verdicts') });
  assert.is(verdict.ok, false);
  assert.match((verdict as { reason: string }).reason, 'SIGILL');
  assert.is(existsSync(join(folder, 'verdicts')), false);
});

test('a folder of verdicts that cannot be written only costs the next trial', ({ folder }) => {
  const copy = join(folder, 'voicelingua.node');
  copyFileSync(addon, copy);
  writeFileSync(join(folder, 'file'), '');
  assert.equal(probeBinary(copy, { model: join(folder, 'none'), cache: join(folder, 'file', 'verdicts') }), {
    ok: true,
  });
});

test.run();
