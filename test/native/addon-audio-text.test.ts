import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wavFile } from '../fixtures/wav.js';
import { failure, loadAddon, ROOT, SHARED, temporaryFolder } from './addon.js';

const addon = loadAddon();
const folder = temporaryFolder();
const MIX = { channel: -1 } as const;

/** Stereo: the left channel a ramp, the right one silent. */
function stereoWav(frames: number): Buffer {
  const samples = new Int16Array(2 * frames);
  for (let i = 0; i < frames; i++) samples[2 * i] = (i % 2000) * 16 - 16000;
  return wavFile(samples, 2);
}

function readAll(source: string | Uint8Array, channel: number, capacity: number): Float32Array {
  const audio = addon.openAudio(source, { channel });
  const parts: number[] = [];
  const buffer = new Float32Array(capacity);
  for (let count = addon.readAudio(audio, buffer, 0); count > 0; count = addon.readAudio(audio, buffer, 0)) {
    parts.push(...buffer.subarray(0, count));
  }
  assert.is(addon.readAudio(audio, buffer, 0), 0);
  addon.close(audio);
  return Float32Array.from(parts);
}

test('a file and its bytes decode to the same samples, whatever the buffer', () => {
  const bytes = stereoWav(5000);
  const path = join(folder, "a 'name' with $(id) and ü.wav");
  writeFileSync(path, bytes);
  const audio = addon.openAudio(path, MIX);
  assert.equal(addon.audioInfo(audio), {
    container: 'wav',
    codec: 'pcm_s16le',
    sampleRate: 16000,
    channels: 2,
    duration: 5000 / 16000,
  });
  assert.equal(addon.audioWarnings(audio), []);
  addon.close(audio);
  const left = readAll(path, 0, 4096);
  assert.is(left.length, 5000);
  for (let i = 0; i < 5000; i++) assert.is(left[i], ((i % 2000) * 16 - 16000) / 32768);
  assert.equal(readAll(bytes, 0, 777), left);
  assert.ok(readAll(bytes, 1, 1000).every((sample) => sample === 0));
  assert.is(readAll(bytes, -1, 1000).length, 5000);
});

test('what cannot be opened is a typed error', () => {
  failure(() => addon.openAudio(join(folder, 'missing.wav'), MIX), 'INPUT_NOT_FOUND');
  failure(() => addon.openAudio(folder, MIX), 'INPUT_IS_DIRECTORY');
  failure(() => addon.openAudio('/dev/zero', MIX), 'INPUT_NOT_REGULAR');
  failure(() => addon.openAudio(new Uint8Array(0), MIX), 'INPUT_EMPTY');
  failure(() => addon.openAudio(Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), MIX), 'INPUT_UNSUPPORTED_FORMAT');
  failure(() => addon.openAudio(stereoWav(100), { channel: 2 }), 'INVALID_ARGUMENT');
  failure(() => addon.openAudio('', MIX), 'INVALID_ARGUMENT');
  const audio = addon.openAudio(stereoWav(100), MIX);
  failure(() => addon.readAudio(audio, new Float32Array(0), 0), 'INVALID_ARGUMENT');
  failure(() => addon.readAudio(audio, new Float64Array(8) as never, 0), 'INVALID_ARGUMENT');
  const token = addon.createToken(0);
  addon.cancelToken(token);
  failure(() => addon.readAudio(audio, new Float32Array(8), token), 'CANCELLED');
  addon.releaseToken(token);
  assert.is(addon.readAudio(audio, new Float32Array(8), 0), 8);
  addon.close(audio);
  failure(() => addon.readAudio(audio, new Float32Array(8), 0), 'CLOSED');
  failure(() => addon.audioInfo(audio), 'CLOSED');
});

test('the speech formats of one recording are read', () => {
  const formats = join(SHARED, 'data/formats');
  if (!existsSync(formats)) {
    console.log('skipped: ../shared/data/formats is not here');
    return;
  }
  const mp3 = join(ROOT, 'node_modules/nodejs-whisper/cpp/whisper.cpp/samples/jfk.mp3');
  if (!existsSync(mp3)) {
    console.log('skipped: the engine package has no sample');
    return;
  }
  const samples = readAll(mp3, -1, 16000);
  assert.ok(Math.abs(samples.length / 16000 - 11) < 0.1);
  assert.ok(samples.some((sample) => Math.abs(sample) > 0.1));
});

test('SentencePiece models that are missing or damaged', () => {
  failure(() => addon.openTokenizer(join(folder, 'missing.model')), 'MODEL_NOT_FOUND');
  failure(() => addon.openTokenizer(folder), 'MODEL_INVALID', 'MODEL_NOT_FOUND');
  const path = join(folder, 'damaged.model');
  for (const content of ['', '<!DOCTYPE html>', 'x'.repeat(5000)]) {
    writeFileSync(path, content);
    failure(() => addon.openTokenizer(path), 'MODEL_INVALID');
  }
});

test('SentencePiece there and back', () => {
  const path = join(ROOT, 'models/demo-mt/sentencepiece.bpe.model');
  if (!existsSync(path)) {
    console.log('skipped: models/demo-mt is not built');
    return;
  }
  const tokenizer = addon.openTokenizer(path);
  const texts = ['hello', '', '  two  spaces ', 'a\0b', 'x'.repeat(10_000), '你好', '\ud800'];
  const pieces = addon.tokenize(tokenizer, texts);
  assert.is(pieces.length, texts.length);
  assert.ok(pieces[0]?.join('').includes('▁'));
  // A piece that is no text is refused; the library cleans its texts before.
  failure(() => addon.detokenize(tokenizer, [['a\0b']]), 'INVALID_ARGUMENT');
  const back = addon.detokenize(
    tokenizer,
    pieces.filter((row) => !row.join('').includes('\0')),
  );
  assert.is(back.length, texts.length - 1);
  assert.is(back[0], 'hello');
  assert.equal(addon.tokenize(tokenizer, []), []);
  addon.close(tokenizer);
  failure(() => addon.tokenize(tokenizer, ['a']), 'CLOSED');
  const bytes = readFileSync(path);
  const cut = join(folder, 'cut.model');
  for (let i = 0; i < 16; i++) {
    writeFileSync(cut, bytes.subarray(0, Math.floor((bytes.length * i) / 16)));
    failure(() => addon.openTokenizer(cut), 'MODEL_INVALID');
  }
});

test('SentencePiece takes the names of control tokens inside a text for text', () => {
  const path = join(ROOT, 'models/demo-mt/sentencepiece.bpe.model');
  if (!existsSync(path)) {
    console.log('skipped: models/demo-mt is not built');
    return;
  }
  const tokenizer = addon.openTokenizer(path);
  const names = ['</s>', '<s>', '<unk>', '<pad>', '__en__', 'eng_Latn', '>>de<<', '<|endoftext|>'];
  const pieces = addon.tokenize(tokenizer, [...names, names.join(' ')]);
  for (const row of pieces)
    for (const name of names) assert.not.ok(row.includes(name) || row.includes(`▁${name}`), name);
  assert.equal(addon.detokenize(tokenizer, pieces), [...names, names.join(' ')]);
  addon.close(tokenizer);
});

test.run();
