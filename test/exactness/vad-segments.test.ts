import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SpeechSpans } from '../../src/engines/speech/speech-spans.js';
import { loadAddon, ROOT, SHARED } from '../native/addon.js';

const RATE = 16_000;
const DATA = join(SHARED, 'data');
const MODELS = ['silero-v5.1.2-ggml.bin', 'silero-v6.2.0-ggml.bin'].map((name) => join(DATA, 'silero-vad', name));
const FILES = ['jfk.wav', 'pisets_en.wav', 'pisets_no_speech.wav', 'vosk_test.wav', 'fw_stereo_diarization.wav'].map(
  (name) => join(DATA, 'speech', name),
);
const addon = loadAddon();

/** What whisper.cpp's own tool finds, hundredths of a second. */
function theirs(program: string, model: string, file: string): Array<[number, number]> {
  const text = execFileSync(program, ['-np', '-t', '1', '-vm', model, '-f', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...text.matchAll(/start = ([\d.]+), end = ([\d.]+)/g)].map((match) => [Number(match[1]), Number(match[2])]);
}

function ours(model: string, file: string): Array<[number, number]> {
  const audio = addon.openAudio(file, { channel: -1 });
  const detector = addon.openDetector(model);
  const { frameSamples, defaultThreshold } = addon.detectorInfo(detector);
  const spans = new SpeechSpans({
    frame: frameSamples,
    threshold: defaultThreshold,
    minSpeech: 0.25 * RATE,
    minSilence: 0.1 * RATE,
    maxSpeech: Number.POSITIVE_INFINITY,
    pad: 0.03 * RATE,
  });
  const buffer = new Float32Array(10_000);
  for (let count = addon.readAudio(audio, buffer, 0); count > 0; count = addon.readAudio(audio, buffer, 0)) {
    spans.push(addon.detectSpeech(detector, buffer.subarray(0, count), 0));
  }
  spans.push(addon.flushDetector(detector));
  spans.end();
  addon.close(audio);
  addon.close(detector);
  return spans.take().map(({ start, end }) => [(start * 100) / RATE, (end * 100) / RATE]);
}

test('Silero in a stream finds the speech that whisper.cpp finds in the whole recording', () => {
  const files = FILES.filter((file) => existsSync(file));
  if (!MODELS.every((model) => existsSync(model)) || files.length === 0) {
    console.log('skipped: whisper.cpp’s own speech segments, ../shared/data is not there');
    return;
  }
  const program = execFileSync(
    process.execPath,
    [join(ROOT, 'tools/build/whisper-cli.mjs'), 'whisper-vad-speech-segments'],
    { encoding: 'utf8' },
  ).trim();
  let found = 0;
  for (const model of MODELS) {
    for (const file of files) {
      const expected = theirs(program, model, file);
      const spans = ours(model, file);
      assert.is(spans.length, expected.length, `${file}: ${JSON.stringify(spans)} for ${JSON.stringify(expected)}`);
      for (const [index, [start, end]] of expected.entries()) {
        const [from, to] = spans[index] as [number, number];
        // Another decoder or resampler moves a border by one frame of 32 ms at most.
        assert.ok(
          Math.abs(from - start) < 3.3 && Math.abs(to - end) < 3.3,
          `${file}: ${from}-${to} for ${start}-${end}`,
        );
        found++;
      }
    }
  }
  assert.ok(found > 10, `${found} segments were compared`);
});

test.run();
