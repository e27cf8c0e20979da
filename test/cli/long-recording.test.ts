import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeLongRecording } from '../../src/cli/demo/long-recording.js';
import { inFolder } from './support.js';

const clip = (name: string) => fileURLToPath(new URL(`../../tools/demo/recordings/${name}.wav`, import.meta.url));
const CLIPS = [
  { path: clip('code'), text: 'The code is one six eight one.' },
  { path: clip('restaurant'), text: "The restaurant closes at ten o'clock." },
];

test('a long recording is a valid WAV of at least the length asked for, and says what it holds', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'long.wav');
    const text = writeLongRecording(file, CLIPS, 60, 3);
    const bytes = readFileSync(file);
    assert.is(bytes.toString('latin1', 0, 4), 'RIFF');
    assert.is(bytes.readUInt32LE(4), bytes.length - 8);
    assert.is(bytes.readUInt32LE(24), 16_000);
    assert.is(bytes.readUInt32LE(40), bytes.length - 44);
    assert.ok(bytes.length - 44 >= 60 * 32_000);
    const codes = text.split(CLIPS[0]?.text ?? '').length - 1;
    const closings = text.split(CLIPS[1]?.text ?? '').length - 1;
    assert.is(codes, closings);
    assert.ok(codes > 5);
  });
});

test('the samples of a clip stand in it unchanged', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'long.wav');
    const [first] = CLIPS;
    assert.ok(first);
    writeLongRecording(file, [first], 1);
    const source = readFileSync(first.path);
    const data = source.subarray(source.indexOf('data') + 8);
    assert.ok(
      readFileSync(file)
        .subarray(44, 44 + data.length)
        .equals(data),
    );
  });
});

test('the same seed gives the same bytes, another one another order', async () => {
  await inFolder(async (folder) => {
    const make = (seed: number) => {
      writeLongRecording(join(folder, 'long.wav'), CLIPS, 30, seed);
      return readFileSync(join(folder, 'long.wav'));
    };
    assert.ok(make(1).equals(make(1)));
    assert.not(make(1).equals(make(2)));
  });
});

test('what is not 16 kHz mono WAV is refused', async () => {
  await inFolder(async (folder) => {
    const wrong = join(folder, 'wrong.wav');
    const bytes = readFileSync(clip('code'));
    bytes.writeUInt32LE(8000, 24);
    for (const content of [bytes, Buffer.from('not sound at all'), bytes.subarray(0, 20)]) {
      writeFileSync(wrong, content);
      assert.throws(() => writeLongRecording(join(folder, 'x.wav'), [{ path: wrong, text: '' }], 1), /wrong\.wav/);
    }
  });
});

test.run();
