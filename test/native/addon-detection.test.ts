import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomOf, testSeed } from '../fixtures/random.js';
import { failure, loadAddon, ROOT, SHARED, temporaryFolder } from './addon.js';
import { makeSileroGgml, SILERO_HEADER } from './silero-model.js';

const addon = loadAddon();
const folder = temporaryFolder();
const silero = makeSileroGgml();
const made = join(folder, 'silero.bin');
writeFileSync(made, silero.bytes);
const real = ['silero-v5.1.2-ggml.bin', 'silero-v6.2.0-ggml.bin']
  .map((name) => join(SHARED, 'data/silero-vad', name))
  .filter((path) => existsSync(path));
if (real.length === 0) console.log('skipped: Silero with its own weights, ../shared/data/silero-vad is not there');

function soundOf(path: string): Float32Array {
  const audio = addon.openAudio(path, { channel: -1 });
  const buffer = new Float32Array(16_000 * 60);
  const count = addon.readAudio(audio, buffer, 0);
  addon.close(audio);
  return buffer.slice(0, count);
}

function probabilities(model: string, pieces: readonly Float32Array[]): number[] {
  const detector = addon.openDetector(model);
  try {
    const frames = pieces.flatMap((piece) => [...addon.detectSpeech(detector, piece, 0)]);
    return [...frames, ...addon.flushDetector(detector)];
  } finally {
    addon.close(detector);
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const sentence = soundOf(join(ROOT, 'test/fixtures/audio/sentence.wav'));

for (const [name, model] of [
  ['the built-in detector', ''],
  ['a file of Silero’s shape', made],
] as const) {
  test(`${name} says a probability for each frame, the same in whatever pieces the sound comes`, () => {
    const whole = probabilities(model, [sentence]);
    const detector = addon.openDetector(model);
    const { frameSamples, engine, defaultThreshold } = addon.detectorInfo(detector);
    assert.is(engine, model === '' ? 'embedded' : 'silero');
    assert.ok(defaultThreshold > 0 && defaultThreshold < 1);
    assert.is(whole.length, Math.ceil(sentence.length / frameSamples));
    assert.ok(whole.every((probability) => probability >= 0 && probability <= 1));
    const seed = testSeed(`pieces for ${name}`);
    for (let round = 0; round < 3; round++) {
      const random = randomOf(seed + round);
      const pieces: Float32Array[] = [];
      for (let at = 0; at < sentence.length; ) {
        const length = Math.floor(random() * 9_000);
        pieces.push(sentence.subarray(at, at + length));
        at += length;
      }
      assert.equal(probabilities(model, pieces), whole, `seed ${seed + round}`);
    }
    // A stream that begins again is a new one.
    addon.detectSpeech(detector, sentence.subarray(0, 10_000), 0);
    addon.resetDetector(detector);
    const again = [...addon.detectSpeech(detector, sentence, 0), ...addon.flushDetector(detector)];
    assert.equal(again, whole);
    addon.close(detector);
  });
}

test('speech is heard, silence and faint noise are not', () => {
  const noise = randomOf(9);
  for (const model of ['', ...real]) {
    const speech = probabilities(model, [sentence]);
    assert.ok(speech.filter((probability) => probability >= 0.5).length > 0.7 * speech.length, model);
    assert.ok(mean(probabilities(model, [new Float32Array(48_000)])) < 0.35, `silence, ${model}`);
    const faint = Float32Array.from({ length: 48_000 }, () => 0.001 * (noise() - 0.5));
    assert.ok(mean(probabilities(model, [faint])) < 0.35, `noise, ${model}`);
  }
});

test('samples that are no numbers count as silence, loud ones as full scale', () => {
  for (const model of ['', made]) {
    const wild = sentence.slice(0, 8_192);
    const tame = wild.slice();
    for (let i = 0; i < wild.length; i += 97) {
      wild[i] = [Number.NaN, Number.POSITIVE_INFINITY, 1e30][i % 3] as number;
      tame[i] = Number.isFinite(wild[i] as number) ? 1 : 0;
    }
    assert.equal(probabilities(model, [wild]), probabilities(model, [tame]));
    assert.equal(probabilities(model, []), []);
    assert.equal(probabilities(model, [new Float32Array(0)]), []);
  }
});

test('weights that give no probability are an error, not silence', () => {
  const file = join(folder, 'no-numbers.bin');
  writeFileSync(file, makeSileroGgml(3, Number.NaN).bytes);
  const detector = addon.openDetector(file);
  assert.match(
    failure(() => addon.detectSpeech(detector, sentence, 0), 'ENGINE_FAILED'),
    /weights are damaged/,
  );
  addon.close(detector);
});

test('a cancelled token stops a detection; wrong handles are coded errors; closing twice is nothing', () => {
  const detector = addon.openDetector('');
  const token = addon.createToken(0);
  addon.cancelToken(token);
  failure(() => addon.detectSpeech(detector, sentence, token), 'CANCELLED');
  addon.releaseToken(token);
  assert.is(addon.describe().handles.detector, 1);
  addon.close(detector);
  addon.close(detector);
  assert.is(addon.describe().handles.detector, 0);
  failure(() => addon.detectSpeech(detector, sentence, 0), 'CLOSED');
  failure(() => addon.detectSpeech({} as never, sentence, 0), 'INVALID_ARGUMENT');
  failure(() => addon.openDetector(undefined as never), 'INVALID_ARGUMENT');
  failure(() => addon.openDetector('a\0b'), 'INVALID_ARGUMENT');
});

test('what is no detector is refused before the engine sees it', () => {
  const file = join(folder, 'damaged.bin');
  const refused = (bytes: Buffer): string => {
    writeFileSync(file, bytes);
    failure(() => addon.openDetector(file), 'MODEL_INVALID');
    return failure(() => addon.inspectModel(file), 'MODEL_INVALID');
  };
  failure(() => addon.openDetector(join(folder, 'nowhere.bin')), 'MODEL_NOT_FOUND');
  failure(() => addon.openDetector(folder), 'MODEL_UNSUPPORTED');
  failure(() => addon.openDetector(join(ROOT, 'models/demo-stt/ggml-demo-stt.bin')), 'MODEL_UNSUPPORTED');
  refused(Buffer.alloc(0));
  refused(silero.bytes.subarray(0, 8));
  refused(Buffer.from('<!DOCTYPE html><html><body>Not found</body></html>'));
  refused(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 885098\n'));
  for (let part = 0; part < 64; part++)
    refused(silero.bytes.subarray(0, Math.floor((silero.bytes.length * part) / 64)));
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(silero.bytes);
    bytes.writeInt32LE(value, at);
    return bytes;
  };
  // All but the version decide what the engine allocates.
  for (let index = 3; index < SILERO_HEADER.length; index++) {
    for (const value of [0, -1, 5, 2 ** 31 - 1]) refused(changed(silero.header + 4 * index, value));
  }
  for (const { name, dims, at, end } of silero.tensors) {
    for (const wrong of [5, 64, -1]) refused(changed(at, wrong));
    for (const length of [0, -1, 1 << 20]) refused(changed(at + 4, length));
    for (const type of [-1, 4, 99]) refused(changed(at + 8, type));
    for (let dim = 0; dim < dims; dim++) {
      for (const size of [0, -1, 2 ** 31 - 1]) refused(changed(at + 12 + 4 * dim, size));
    }
    // The right sizes under another name, twice, not at all.
    const renamed = Buffer.from(silero.bytes);
    renamed.write('x', at + 12 + 4 * dims, 'latin1');
    assert.match(refused(renamed), /unknown tensor/);
    assert.match(refused(Buffer.concat([silero.bytes, silero.bytes.subarray(at, end)])), /twice/);
    const without = Buffer.concat([silero.bytes.subarray(0, at), silero.bytes.subarray(end)]);
    assert.ok(refused(without).includes(name));
  }
  // The right number of weights in another shape.
  const { at } = silero.tensors[0] as (typeof silero.tensors)[number];
  const turned = changed(at + 12, silero.bytes.readInt32LE(at + 16));
  turned.writeInt32LE(silero.bytes.readInt32LE(at + 12), at + 16);
  assert.match(refused(turned), /has the shape/);
  assert.is(addon.describe().handles.detector, 0);
});

test('a damaged header: what the inspection accepts can be opened and hears something', () => {
  const seed = testSeed('headers of a detector');
  const random = randomOf(seed);
  const { bytes, header, tensors } = silero;
  const places = [
    ...Array.from({ length: header + 4 * SILERO_HEADER.length }, (_, at) => at),
    ...tensors.flatMap(({ at, dims, name }) =>
      Array.from({ length: 12 + 4 * dims + name.length }, (_, index) => at + index),
    ),
  ];
  const file = join(folder, 'mutant.bin');
  let accepted = 0;
  for (let round = 0; round < 150; round++) {
    const mutant = Buffer.from(bytes);
    for (let changes = 0; changes <= round % 2; changes++) {
      mutant[places[Math.floor(random() * places.length)] as number] = Math.floor(random() * 256);
    }
    writeFileSync(file, mutant);
    try {
      addon.inspectModel(file);
    } catch (error) {
      assert.is((error as { code: string }).code, 'MODEL_INVALID', `seed ${seed}, ${round}: ${String(error)}`);
      failure(() => addon.openDetector(file), 'MODEL_INVALID');
      continue;
    }
    const detector = addon.openDetector(file);
    assert.is(addon.detectSpeech(detector, sentence.subarray(0, 1_600), 0).length, 3, `seed ${seed}, ${round}`);
    addon.close(detector);
    accepted++;
  }
  // A version, the end of the type's name, and bytes that were drawn as they were.
  assert.ok(accepted < 30, `seed ${seed}: ${accepted} accepted`);
});

test.run();
