import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CPU, failure, loadAddon, ROOT, recognizeOne, temporaryFolder, tone } from './addon.js';
import { seededRandom } from './addon-models.js';

const GOOD = join(ROOT, 'models/demo-stt-ct2');
const addon = loadAddon();
const bad = join(temporaryFolder(), 'bad');
cpSync(GOOD, bad, { recursive: true });

const FILES = ['model.bin', 'config.json', 'vocabulary.json', 'preprocessor_config.json'] as const;
const good = Object.fromEntries(FILES.map((file) => [file, readFileSync(join(GOOD, file))])) as Record<
  (typeof FILES)[number],
  Buffer
>;

/** Puts `content` into the place of a file; inspecting and loading must refuse it and name the file. */
function refuse(file: (typeof FILES)[number], content: string | Buffer | null, what: string): void {
  if (content === null) rmSync(join(bad, file));
  else writeFileSync(join(bad, file), content);
  try {
    for (const call of [() => addon.inspectModel(bad), () => addon.openModel(bad, CPU)]) {
      const message = failure(call, 'MODEL_INVALID', 'MODEL_UNSUPPORTED');
      assert.ok(message.includes(file), `${what}: ${message} does not name ${file}`);
    }
  } finally {
    writeFileSync(join(bad, file), good[file]);
  }
}

/** What is no list of small whole numbers. */
const NO_IDS = [undefined, null, 5, 'x', {}, [1.5], ['1'], [null], [[1]], [-1], [51865], [2 ** 31], [2 ** 53], [1e300]];

test('config.json: every list that the engine takes indices from', () => {
  const config = JSON.parse(good['config.json'].toString());
  const change = (key: string, value: unknown) =>
    refuse('config.json', JSON.stringify({ ...config, [key]: value }), `${key} ${JSON.stringify(value)}`);
  for (const key of ['suppress_ids', 'suppress_ids_begin', 'lang_ids']) {
    for (const value of NO_IDS) change(key, value);
  }
  for (const value of [[], [0], [50258], [50358], [50364]]) change('lang_ids', value);
  for (const value of [
    5,
    'x',
    {},
    [],
    [1],
    [[1]],
    [[1, 0, 0]],
    [[2, 0]],
    [[0, 2]],
    [[-1, 0]],
    [[0, 0.5]],
    [[2 ** 63, 0]],
  ]) {
    change('alignment_heads', value);
  }
  for (const content of ['', '[', '[]', 'null', '"x"', '\xff'.repeat(9), `{"lang_ids":${'['.repeat(100_000)}`]) {
    refuse('config.json', content, content.slice(0, 20));
  }
  refuse('config.json', JSON.stringify({ ...config, suppress_ids: ['\ud800'.repeat(100)] }), 'a half character');
});

test('preprocessor_config.json: absent is fine, other features are not', () => {
  const config = JSON.parse(good['preprocessor_config.json'].toString());
  for (const [key, value] of [
    ['feature_size', 128],
    ['feature_size', '80'],
    ['sampling_rate', 8000],
    ['n_fft', 512],
    ['hop_length', 161],
    ['chunk_length', 20],
  ] as const) {
    refuse('preprocessor_config.json', JSON.stringify({ ...config, [key]: value }), `${key} ${value}`);
  }
  for (const content of ['', '[]', '{']) refuse('preprocessor_config.json', content, content);
  rmSync(join(bad, 'preprocessor_config.json'));
  assert.is(addon.inspectModel(bad).dimensions.melBands, 80);
  writeFileSync(join(bad, 'preprocessor_config.json'), good['preprocessor_config.json']);
});

test('vocabulary.json: damaged, of another model, or in another order', () => {
  const tokens: string[] = JSON.parse(good['vocabulary.json'].toString());
  const change = (what: string, list: unknown) => refuse('vocabulary.json', JSON.stringify(list), what);
  change('cut off', tokens.slice(0, -1));
  change('one more', [...tokens, '<|30.02|>']);
  change('numbers', [...tokens.slice(0, -1), 1]);
  change('a language twice', tokens.with(50260, '<|en|>'));
  change('no start', tokens.with(50258, 'x'));
  change('no end', tokens.with(50257, 'x'));
  change('control tokens in another order', tokens.with(50362, '<|notimestamps|>').with(50363, '<|nospeech|>'));
  change('timestamps elsewhere', tokens.with(50364, 'x').with(0, '<|0.00|>'));
  change('a character outside the alphabet', tokens.with(5000, '日'));
  change('a byte without a token', tokens.with(7, 'zzzz'));
  for (const content of ['', '[', '{}', '[]', '[1]']) refuse('vocabulary.json', content, content);
  refuse('vocabulary.json', null, 'missing');
});

/** Offsets of all bytes that are no weights: names, shapes, types and lengths, attributes, aliases. */
function entryHeaders(bytes: Buffer): number[] {
  const offsets: number[] = [];
  let at = 4;
  const text = () => {
    at += 2 + bytes.readUInt16LE(at);
  };
  text();
  at += 4;
  const count = bytes.readUInt32LE(at);
  at += 4;
  for (let i = 0; i < count; i++) {
    const start = at;
    text();
    at += 1 + 4 * (bytes[at] as number) + 1;
    const length = bytes.readUInt32LE(at);
    at += 4;
    for (let offset = start; offset < at + (length > 4 ? 0 : length); offset++) offsets.push(offset);
    at += length;
  }
  for (; at < bytes.length; at++) offsets.push(at);
  return offsets;
}

test('model.bin: missing, a folder, cut off, and shapes that do not fit', () => {
  refuse('model.bin', null, 'missing');
  rmSync(join(bad, 'model.bin'));
  mkdirSync(join(bad, 'model.bin'));
  failure(() => addon.inspectModel(bad), 'MODEL_INVALID', 'INPUT_IS_DIRECTORY');
  rmSync(join(bad, 'model.bin'), { recursive: true });
  const bytes = good['model.bin'];
  for (let i = 0; i < 24; i++) refuse('model.bin', bytes.subarray(0, Math.floor((bytes.length * i) / 24)), `part ${i}`);
  // A name that nobody asks for: each of these matrices is then missing.
  for (const name of [
    'encoder/conv1/weight',
    'encoder/conv2/weight',
    'encoder/position_encodings/encodings',
    'encoder/layer_1/self_attention/linear_0/weight',
    'decoder/position_encodings/encodings',
    'decoder/layer_0/attention/linear_1/weight',
    'decoder/layer_1/ffn/linear_1/weight',
    'decoder/embeddings/weight',
  ]) {
    const changed = Buffer.from(bytes);
    changed.write('X', changed.indexOf(`${name}\0`), 'latin1');
    refuse('model.bin', changed, name);
  }
});

test('model.bin: attributes that the engine takes indices from', () => {
  const bytes = good['model.bin'];
  for (const [name, values] of [
    ['decoder/alignment_layer', [2, -3, 0x7fff, -0x8000, -256]],
    ['decoder/alignment_heads', [-1, 3, 0x7fff]],
    ['decoder/num_heads', [0, -1, 3, 0x7fff]],
    ['encoder/num_heads', [0, -2, 129]],
  ] as const) {
    // The name, its end, no dimensions, the type, the length; then two bytes.
    const at = bytes.indexOf(`${name}\0`) + name.length + 1 + 1 + 1 + 4;
    for (const value of values) {
      const changed = Buffer.from(bytes);
      changed.writeInt16LE(value, at);
      refuse('model.bin', changed, `${name} ${value}`);
    }
  }
});

test('model.bin: seeded mutants of its table are refused, or load and recognise without a crash', () => {
  const seed = 61;
  const random = seededRandom(seed);
  const headers = entryHeaders(good['model.bin']);
  const token = addon.createToken(0);
  let accepted = 0;
  for (let i = 0; i < 120; i++) {
    const mutant = Buffer.from(good['model.bin']);
    for (let j = 0; j < 1 + Math.floor(random.uniform() * 2); j++) {
      mutant[headers[Math.floor(random.uniform() * headers.length)] as number] = Math.floor(random.uniform() * 256);
    }
    writeFileSync(join(bad, 'model.bin'), mutant);
    try {
      addon.inspectModel(bad);
      accepted++;
      const model = addon.openModel(bad, CPU);
      const recognizer = addon.openRecognizer(model);
      const options = { beamSize: 2, temperatureIncrement: 0, wordTimestamps: true };
      recognizeOne(addon, recognizer, tone(1), options, token);
      addon.close(recognizer);
      addon.close(model);
    } catch (error) {
      const codes = ['MODEL_INVALID', 'MODEL_UNSUPPORTED', 'ENGINE_FAILED', 'INVALID_ARGUMENT'];
      assert.ok(codes.includes((error as { code: string }).code), `seed ${seed}, mutant ${i}: ${String(error)}`);
    }
  }
  addon.releaseToken(token);
  assert.ok(accepted < 60, `${accepted} of 120 accepted`);
  writeFileSync(join(bad, 'model.bin'), good['model.bin']);
});

test('weights that are noise: recognition ends, whatever it says', () => {
  const seed = 8;
  const random = seededRandom(seed);
  const bytes = Buffer.from(good['model.bin']);
  const headers = new Set(entryHeaders(good['model.bin']));
  for (let at = 30; at < bytes.length; at++) {
    if (!headers.has(at)) bytes[at] = Math.floor(random.uniform() * 256);
  }
  writeFileSync(join(bad, 'model.bin'), bytes);
  const model = addon.openModel(bad, CPU);
  const recognizer = addon.openRecognizer(model);
  const token = addon.createToken(30_000);
  for (const timestamps of [true, false]) {
    try {
      const options = { timestamps, wordTimestamps: true, beamSize: 2, bestOf: 2, temperatureIncrement: 0.5 };
      recognizeOne(addon, recognizer, tone(5), options, token);
    } catch (error) {
      const codes = ['ENGINE_FAILED', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED'];
      assert.ok(codes.includes((error as { code: string }).code), String(error));
    }
  }
  addon.releaseToken(token);
  assert.is(addon.detectLanguage(recognizer, [tone(1)], 1, 0)[0]?.length, 99);
  addon.close(recognizer);
  addon.close(model);
});

test.run();
