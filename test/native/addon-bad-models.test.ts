import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CPU, failure, loadAddon, RECOGNIZE, recognizeOne, SHARED, TRANSLATE, temporaryFolder, tone } from './addon.js';
import { GGML_TYPES, makeWhisperGgml, seededRandom, TINY_WHISPER, writeCt2Folder } from './addon-models.js';

const addon = loadAddon();
const folder = temporaryFolder();
/** One state row: a whole file is 2 MB, and every table of it is there. */
const small = { ...TINY_WHISPER, state: 8, textLayers: 1 };
const whisper = makeWhisperGgml(small);
const path = join(folder, 'model.bin');

/** Writes the bytes as a model; both calls must refuse them with the same words, and the process must live on. */
function refused(
  bytes: Uint8Array,
  ...codes: Array<'MODEL_INVALID' | 'MODEL_UNSUPPORTED' | 'MODEL_NOT_FOUND'>
): string {
  writeFileSync(path, bytes);
  const allowed = codes.length > 0 ? codes : (['MODEL_INVALID'] as const);
  const message = failure(() => addon.inspectModel(path), ...allowed);
  failure(() => addon.openModel(path, CPU), ...allowed);
  assert.ok(message.includes(path), message);
  return message;
}

function changed(offset: number, value: number, bytes: Uint8Array = whisper.bytes): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeInt32LE(value | 0, offset);
  return copy;
}

test('the small file itself is accepted', () => {
  writeFileSync(path, whisper.bytes);
  const inspection = addon.inspectModel(path);
  assert.is(inspection.format, 'whisper-ggml');
  assert.is(inspection.quantization, 'f16');
  assert.is(inspection.multilingual, true);
  assert.is(inspection.dimensions.vocabulary, 51865);
  assert.is(inspection.dimensions.melBands, 80);
});

test('what is no model is named for what it is', () => {
  const cases: Array<[string | Uint8Array, RegExp]> = [
    ['', /empty/],
    ['12345678', /8 bytes/],
    ['<!DOCTYPE html><html><body>404</body></html>'.padEnd(2000), /HTML page/],
    ['\n <html>'.padEnd(2000), /HTML page/],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 77691713\n`, /Git LFS/],
    ['{"error":"Repository not found"}', /JSON/],
    ['GGUF\x03\x00\x00\x00'.padEnd(2000, '\0'), /GGUF/],
    ['PK\x03\x04'.padEnd(2000, '\0'), /zip/],
    [Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(2000)]), /gzip/],
    ['just some text\n'.repeat(100), /text file/],
    [Buffer.alloc(5000, 0xee), /neither/],
  ];
  for (const [content, words] of cases) {
    assert.match(refused(typeof content === 'string' ? Buffer.from(content, 'latin1') : content), words);
  }
});

test('a file cut off at any 64th is refused, and at every field of its header', () => {
  const { bytes, tensors } = whisper;
  for (let i = 0; i < 64; i++) refused(bytes.subarray(0, Math.floor((bytes.length * i) / 64)));
  for (let length = 0; length <= 60; length += 4) refused(bytes.subarray(0, length));
  for (const { offset } of tensors.filter((_, i) => i % 9 === 0)) {
    for (const extra of [0, 4, 12, 20]) refused(bytes.subarray(0, offset + extra));
  }
  refused(bytes.subarray(0, bytes.length - 1));
  refused(Buffer.concat([bytes, Buffer.alloc(1)]));
  refused(Buffer.concat([bytes, Buffer.alloc(12)]));
});

test('hyperparameters out of their range', () => {
  const fields = ['n_vocab', 'n_audio_ctx', 'n_audio_state', 'n_audio_head', 'n_audio_layer', 'n_text_ctx'];
  fields.push('n_text_state', 'n_text_head', 'n_text_layer', 'n_mels', 'ftype');
  for (const [i, name] of fields.entries()) {
    const current = whisper.bytes.readInt32LE(4 + 4 * i);
    for (const value of [0, -1, 2 ** 31, 2 ** 31 - 1, 7, current + 1, 65536]) {
      if ((name === 'n_audio_head' || name === 'n_text_head') && value === 1) continue;
      if (value === current || (name === 'ftype' && value === 0)) continue;
      if (name === 'n_vocab' && value === current + 1) continue;
      refused(changed(4 + 4 * i, value));
    }
  }
  for (const vocabulary of [0, -1, 50257, 50258, 50300, 50363, 50364, 51863, 51867, 2 ** 31]) {
    assert.match(refused(changed(4, vocabulary)), /n_vocab/);
  }
  for (const ftype of [4, 5, 6, 15, 24, 27, 28, 1001 + 2000, -5]) assert.match(refused(changed(44, ftype)), /ftype/);
  assert.match(refused(changed(44, 0), 'MODEL_UNSUPPORTED'), /f32/);
});

test('mel filters and vocabulary out of their bounds', () => {
  for (const value of [0, -1, 79, 81, 2 ** 31, 1 << 20]) {
    refused(changed(48, value));
    refused(changed(52, value));
  }
  const vocabulary = 56 + 80 * 201 * 4;
  for (const value of [0, -1, 50255, 51866, 2 ** 31]) refused(changed(vocabulary, value));
  for (const value of [-1, 2 ** 31, 5000, 2]) refused(changed(vocabulary + 4, value));
  const withoutSpace = Buffer.from(whisper.bytes);
  withoutSpace[withoutSpace.indexOf(Buffer.from([1, 0, 0, 0, 0x20]), vocabulary) + 4] = 0x21;
  assert.match(refused(withoutSpace), /space/);
});

test('tensor headers: dimensions, names, types, twice, unknown', () => {
  const { bytes, tensors } = whisper;
  for (const tensor of [tensors[0], tensors[1], tensors[tensors.length - 1]]) {
    const { offset, shape, name } = tensor as (typeof tensors)[number];
    for (const rank of [5, 64, -1, 2 ** 31, 0, shape.length + 1]) refused(changed(offset, rank));
    for (const length of [0, -1, 2 ** 31, 1 << 20, name.length - 1, name.length + 1])
      refused(changed(offset + 4, length));
    for (const type of [5, 27, -1, 2 ** 31, 2, 8, 12]) refused(changed(offset + 8, type));
    for (const size of [0, -1, 2 ** 31, 2 ** 31 - 1, (shape[0] as number) + 1]) refused(changed(offset + 12, size));
  }
  const last = tensors[tensors.length - 1] as (typeof tensors)[number];
  assert.match(refused(Buffer.concat([bytes, bytes.subarray(last.offset, last.end)])), /twice/);
  const renamed = Buffer.from(bytes);
  renamed.write('Xncoder', (tensors[0] as (typeof tensors)[number]).offset + 12 + 8, 'latin1');
  assert.match(refused(renamed), /unknown tensor/);
  const without = tensors[3] as (typeof tensors)[number];
  const missing = Buffer.concat([bytes.subarray(0, without.offset), bytes.subarray(without.end)]);
  assert.match(refused(missing), new RegExp(without.name.replaceAll('.', '\\.')));
});

test('seeded mutants: refused or recognized, never a crash', () => {
  const seed = 20261;
  const random = seededRandom(seed);
  const { bytes, tensors } = whisper;
  const headers = [
    ...Array(60).keys(),
    ...tensors.flatMap(({ offset }) => [...Array(24).keys()].map((i) => offset + i)),
  ];
  let accepted = 0;
  for (let i = 0; i < 400; i++) {
    const mutant = Buffer.from(bytes);
    for (let j = 0; j < 1 + Math.floor(random.uniform() * 3); j++) {
      const at = headers[Math.floor(random.uniform() * headers.length)] as number;
      mutant[at] = Math.floor(random.uniform() * 256);
    }
    writeFileSync(path, mutant);
    try {
      addon.inspectModel(path);
      accepted++;
    } catch (error) {
      assert.ok(
        ['MODEL_INVALID', 'MODEL_UNSUPPORTED'].includes((error as { code: string }).code),
        `seed ${seed}, ${i}`,
      );
    }
  }
  assert.ok(accepted < 40, `${accepted} of 400 accepted`);
});

test('weights that are noise: recognition ends, whatever it says', () => {
  const seed = 77;
  const random = seededRandom(seed);
  const { bytes, tensors } = makeWhisperGgml({ ...small, audioLayers: 1 });
  for (const { name, offset, end } of tensors) {
    for (let i = offset + 12 + 12 + name.length; i < end; i++) bytes[i] = Math.floor(random.uniform() * 256);
  }
  writeFileSync(path, bytes);
  const model = addon.openModel(path, CPU);
  const recognizer = addon.openRecognizer(model);
  const options = { ...RECOGNIZE, wordTimestamps: true, temperatureIncrement: 0.5, bestOf: 2, beamSize: 2 };
  const token = addon.createToken(20_000);
  try {
    recognizeOne(addon, recognizer, tone(1), options, token);
  } catch (error) {
    assert.ok(['ENGINE_FAILED', 'DEADLINE_EXCEEDED'].includes((error as { code: string }).code), String(error));
  }
  addon.releaseToken(token);
  assert.is(addon.detectLanguage(recognizer, [tone(1)], 1, 0)[0]?.length, 99);
  addon.close(recognizer);
  addon.close(model);
});

test('every stored type that is accepted can be computed', () => {
  for (const [ftype, [, block]] of Object.entries(GGML_TYPES)) {
    if (ftype === '0') continue;
    const state = block === 256 ? 256 : 64;
    const file = makeWhisperGgml({ ...small, state, heads: 1, ftype: Number(ftype) });
    writeFileSync(path, file.bytes);
    const model = addon.openModel(path, CPU);
    const recognizer = addon.openRecognizer(model);
    const options = { ...RECOGNIZE, beamSize: 1, temperatureIncrement: 0 };
    recognizeOne(addon, recognizer, tone(0.3), options, 0);
    addon.close(recognizer);
    addon.close(model);
  }
});

test('paths: missing, a folder without a model, a loop of links', () => {
  failure(() => addon.inspectModel(join(folder, 'missing')), 'MODEL_NOT_FOUND');
  failure(() => addon.openModel(join(folder, 'missing'), CPU), 'MODEL_NOT_FOUND');
  assert.match(
    failure(() => addon.inspectModel(folder.concat('/..')), 'MODEL_INVALID'),
    /model\.bin/,
  );
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  failure(() => addon.inspectModel(loop), 'MODEL_NOT_FOUND', 'MODEL_INVALID');
  failure(() => addon.openModel(loop, CPU), 'MODEL_NOT_FOUND', 'MODEL_INVALID');
  failure(() => addon.inspectModel('/dev/zero'), 'MODEL_INVALID');
  failure(() => addon.inspectModel('a\0b'), 'INVALID_ARGUMENT');
  failure(() => addon.openModel(path, { ...CPU, device: 'cuda' }), 'DEVICE_UNAVAILABLE');
});

test('CTranslate2 folder: each file missing, empty, damaged, of another model', () => {
  const good = join(folder, 'good');
  writeCt2Folder(good);
  assert.is(addon.inspectModel(good).format, 'ct2-seq2seq');
  const bad = join(folder, 'bad');
  const fresh = () => {
    rmSync(bad, { recursive: true, force: true });
    cpSync(good, bad, { recursive: true });
  };
  const refuse = (file: string, ...codes: Array<'MODEL_INVALID' | 'MODEL_UNSUPPORTED'>) => {
    const allowed = codes.length > 0 ? codes : (['MODEL_INVALID'] as const);
    const message = failure(() => addon.inspectModel(bad), ...allowed);
    failure(() => addon.openModel(bad, CPU), ...allowed);
    assert.ok(message.includes(file), `${message} does not name ${file}`);
    return message;
  };
  const contents = [
    '',
    '[',
    '<html></html>',
    'version https://git-lfs.github.com/spec/v1\n',
    '[1,2]',
    '{}',
    '"x"',
    'null',
  ];
  for (const file of ['model.bin', 'config.json', 'shared_vocabulary.json']) {
    fresh();
    rmSync(join(bad, file));
    refuse(file);
    for (const content of contents) {
      fresh();
      writeFileSync(join(bad, file), content);
      refuse(file);
    }
    fresh();
    rmSync(join(bad, file));
    mkdirSync(join(bad, file));
    refuse(file);
  }
  const config = JSON.parse(readFileSync(join(good, 'config.json'), 'utf8'));
  for (const key of ['bos_token', 'eos_token', 'unk_token', 'decoder_start_token', 'add_source_bos']) {
    for (const value of [undefined, 1, [], 'no such token']) {
      if (value === 'no such token' && (key === 'bos_token' || key === 'unk_token')) continue;
      fresh();
      writeFileSync(join(bad, 'config.json'), JSON.stringify({ ...config, [key]: value }));
      assert.ok(refuse(bad).length > 0);
    }
  }
  const vocabulary: string[] = JSON.parse(readFileSync(join(good, 'shared_vocabulary.json'), 'utf8'));
  for (const list of [vocabulary.slice(1), [...vocabulary, 'more'], vocabulary.filter((token) => token !== '</s>')]) {
    fresh();
    writeFileSync(join(bad, 'shared_vocabulary.json'), JSON.stringify(list));
    refuse('shared_vocabulary.json');
  }
});

test('model.bin: cut off at every 64th, wrong version, seeded mutants of the whole table', () => {
  const good = join(folder, 'good');
  writeCt2Folder(good);
  const bytes = readFileSync(join(good, 'model.bin'));
  const bad = join(folder, 'bad-bin');
  cpSync(good, bad, { recursive: true });
  const file = join(bad, 'model.bin');
  for (let i = 0; i < 64; i++) {
    writeFileSync(file, bytes.subarray(0, Math.floor((bytes.length * i) / 64)));
    failure(() => addon.inspectModel(bad), 'MODEL_INVALID');
    failure(() => addon.openModel(bad, CPU), 'MODEL_INVALID');
  }
  for (const [version, code] of [
    [0, 'MODEL_INVALID'],
    [7, 'MODEL_UNSUPPORTED'],
    [2 ** 31, 'MODEL_INVALID'],
  ] as const) {
    writeFileSync(file, changed(0, version, bytes));
    failure(() => addon.inspectModel(bad), code);
  }
  const seed = 4711;
  const random = seededRandom(seed);
  let accepted = 0;
  for (let i = 0; i < 1500; i++) {
    const mutant = Buffer.from(bytes);
    for (let j = 0; j < 1 + Math.floor(random.uniform() * 4); j++) {
      mutant[Math.floor(random.uniform() * mutant.length)] = Math.floor(random.uniform() * 256);
    }
    writeFileSync(file, mutant);
    try {
      addon.inspectModel(bad);
      accepted++;
    } catch (error) {
      const { code } = error as { code: string };
      assert.ok(['MODEL_INVALID', 'MODEL_UNSUPPORTED'].includes(code), `seed ${seed}, mutant ${i}: ${String(error)}`);
      continue;
    }
    // What passes differs in weights or attributes only: loading and translating may fail, but not crash.
    try {
      const model = addon.openModel(bad, CPU);
      const translator = addon.openTranslator(model);
      const options = { beamSize: 2, maxDecodingLength: 8 };
      addon.translate(translator, [['__en__', '▁t1', '</s>']], [['__de__']], { ...TRANSLATE, ...options }, 0);
      addon.close(translator);
      addon.close(model);
    } catch (error) {
      const { code } = error as { code: string };
      assert.ok(['MODEL_INVALID', 'ENGINE_FAILED', 'INVALID_ARGUMENT'].includes(code), `mutant ${i}: ${String(error)}`);
    }
  }
  assert.ok(accepted > 0);
});

test("whisper.cpp's own files without weights, and the speech detectors", () => {
  if (!existsSync(join(SHARED, 'data'))) {
    console.log('skipped: ../shared/data is not here');
    return;
  }
  for (const name of ['tiny', 'base', 'tiny.en']) {
    const message = failure(
      () => addon.openModel(join(SHARED, 'data/whisper-empty', `for-tests-ggml-${name}.bin`), CPU),
      'MODEL_INVALID',
    );
    assert.match(message, /no weights/);
  }
  for (const name of ['silero-v5.1.2-ggml.bin', 'silero-v6.2.0-ggml.bin']) {
    const silero = join(SHARED, 'data/silero-vad', name);
    assert.is(addon.inspectModel(silero).format, 'silero-ggml');
    failure(() => addon.openModel(silero, CPU), 'MODEL_UNSUPPORTED');
    const bytes = readFileSync(silero);
    for (let i = 1; i < 64; i++) refused(bytes.subarray(0, Math.floor((bytes.length * i) / 64)));
  }
});

test.run();
