import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRecognition } from '../../src/native/binding.js';
import { wavFile } from '../fixtures/wav.js';
import {
  ADDON_PATH,
  CPU,
  failure,
  loadAddon,
  type OneWindow,
  RECOGNIZE,
  ROOT,
  recognizeOne,
  SHARED,
  temporaryFolder,
  tone,
} from './addon.js';
import { FIRST_TIMESTAMP, makeWhisperGgml, SCRIPT, seededRandom, TINY_WHISPER } from './addon-models.js';

const addon = loadAddon();
const folder = temporaryFolder();
const path = join(folder, 'whisper.bin');
writeFileSync(path, makeWhisperGgml().bytes);
const model = addon.openModel(path, CPU);
const recognizer = addon.openRecognizer(model);

const recognize = (samples: Float32Array, options: Partial<OneWindow> = {}): NativeRecognition =>
  recognizeOne(addon, recognizer, samples, { beamSize: 1, ...options });

function wav(samples: Float32Array): Buffer {
  return wavFile(Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32768)))));
}

/** The samples as whisper-cli reads them from a 16-bit file. */
function quantised(samples: Float32Array): Float32Array {
  return samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))) / 32768);
}

test('the scripted model says its script, by greedy and beam search', () => {
  for (const beamSize of [1, 2, 5, 8]) {
    const { segments, tokens } = recognize(tone(2), { beamSize });
    assert.equal([...tokens], SCRIPT);
    assert.is(segments.length, 1);
    const segment = segments[0] as NativeRecognition['segments'][number];
    assert.is(segment.text, ' w1001 w1002 w1003 w1004');
    assert.equal([...segment.tokens], [1001, 1002, 1003, 1004]);
    assert.is(segment.probabilities.length, 4);
    assert.ok(segment.probabilities.every((probability) => probability > 0.9 && probability <= 1));
    assert.is(segment.start, 0);
    assert.is(segment.end, 2);
    assert.ok(segment.noSpeechProbability >= 0 && segment.noSpeechProbability <= 1);
    assert.equal(segment.words, []);
  }
});

test('word timestamps: words in order, inside the segment, with their probabilities', () => {
  const segment = recognize(tone(2), { wordTimestamps: true }).segments[0] as NativeRecognition['segments'][number];
  assert.equal(
    segment.words.map(({ word }) => word),
    [' w1001', ' w1002', ' w1003', ' w1004'],
  );
  let last = segment.start;
  for (const { start, end, probability } of segment.words) {
    assert.ok(start >= last - 1e-9 && end >= start && end <= segment.end + 1e-9);
    assert.ok(probability > 0.9 && probability <= 1);
    last = start;
  }
});

test('audio of any length and content: empty gives nothing, the rest is padded and cleaned', () => {
  const { segments, tokens } = recognize(new Float32Array(0));
  assert.equal({ segments, tokens }, { segments: [], tokens: new Int32Array(0) });
  for (const length of [1, 2, 159, 160, 161, 200, 201, 399, 400, 1599, 1600, 1759, 1760, 1959, 1960, 3200]) {
    assert.ok(recognize(tone(1).subarray(0, length)).segments.length <= 1, `${length} samples`);
  }
  const clean = tone(1);
  const dirty = Float32Array.from(clean);
  const zeroed = Float32Array.from(clean);
  for (const [i, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries()) {
    dirty[1000 + i] = value;
    zeroed[1000 + i] = 0;
  }
  assert.equal(recognize(dirty), recognize(zeroed));
  for (const value of [Number.NaN, 3.4e38, -3.4e38, 1e-45]) {
    assert.is(recognize(new Float32Array(16000).fill(value)).segments.length, 1);
  }
});

test('equal input gives equal output whatever was recognized before', () => {
  const seed = 5;
  const random = seededRandom(seed);
  const noisy = makeWhisperGgml({ ...TINY_WHISPER, state: 8, textLayers: 1 }, seed);
  // Without the script: the output depends on the audio, and sampling on the random generators of the state.
  for (const { name, offset, end } of noisy.tensors) {
    if (name !== 'decoder.positional_embedding') continue;
    for (let i = offset + 20 + name.length; i < end; i += 4) noisy.bytes.writeFloatLE(random.normal() * 0.01, i);
  }
  const noisyPath = join(folder, 'noisy.bin');
  writeFileSync(noisyPath, noisy.bytes);
  const noisyModel = addon.openModel(noisyPath, CPU);
  const used = addon.openRecognizer(noisyModel);
  const options = { ...RECOGNIZE, beamSize: 2, bestOf: 1, temperatureIncrement: 1 };
  const run = (lane: typeof used, samples: Float32Array) => recognizeOne(addon, lane, samples, options, 0);
  const first = run(used, tone(1));
  run(used, tone(1, 880));
  const again = run(used, tone(1));
  assert.equal(again, first, `seed ${seed}`);
  addon.close(used);
  addon.close(noisyModel);
});

test('timestamps off, a prompt, translation and context are passed on', () => {
  const { tokens } = recognize(tone(2), { timestamps: false });
  assert.not(tokens.some((token) => token > FIRST_TIMESTAMP));
  assert.ok(recognize(tone(2), { initialPrompt: ' w1 w2 \u0000 <|endoftext|>'.repeat(200) }));
  assert.ok(recognize(tone(2), { translate: true }));
  assert.ok(recognize(tone(2), { context: true }));
  assert.ok(recognize(tone(2), { context: true }));
});

test('languages: known, unknown, detected', () => {
  for (const language of ['en', 'de', 'zh', 'su', 'auto']) assert.ok(recognize(tone(1), { language }));
  for (const language of ['', 'xx', 'yue', 'EN', 'en\0', '../..', 'e'.repeat(10_000)]) {
    failure(() => recognize(tone(1), { language }), 'INVALID_ARGUMENT');
  }
  const [languages = []] = addon.detectLanguage(recognizer, [tone(2)], 1, 0);
  assert.is(languages.length, 99);
  assert.is(languages[0]?.language, 'en');
  assert.ok(Math.abs(languages.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-4);
  for (let i = 1; i < languages.length; i++) {
    assert.ok((languages[i - 1]?.probability as number) >= (languages[i]?.probability as number));
  }
  assert.is(addon.detectLanguage(recognizer, [new Float32Array(0)], 1, 0)[0]?.length, 99);
});

test('a language of any length is refused, and never said to the engine, whose log reads past the end of long lines', () => {
  for (let length = 900; length < 200_000; length = Math.ceil(length * 1.25)) {
    failure(() => recognize(tone(1), { language: 'e%s'.repeat(length / 3) }), 'INVALID_ARGUMENT');
  }
  assert.not(addon.drainLog().some(({ message }) => message.includes('unknown language')));
});

test('models since large-v3 have one language more', () => {
  const path = join(folder, 'hundred.bin');
  writeFileSync(path, makeWhisperGgml({ ...TINY_WHISPER, vocabulary: 51866, state: 8, textLayers: 1 }).bytes);
  const { languages } = addon.inspectModel(path);
  assert.equal([languages.length, languages.at(-1)], [100, 'yue']);
  const model = addon.openModel(path, CPU);
  const lane = addon.openRecognizer(model);
  const detected = addon.detectLanguage(lane, [tone(1)], 1, 0)[0] ?? [];
  assert.equal(detected.map(({ language }) => language).sort(), [...languages].sort());
  const options = { ...RECOGNIZE, language: 'yue', beamSize: 1, temperatureIncrement: 0 };
  assert.is(recognizeOne(addon, lane, tone(1), options, 0).language, 'yue');
  addon.close(lane);
  addon.close(model);
});

test('an English model takes English only', () => {
  const english = join(folder, 'english.bin');
  writeFileSync(english, makeWhisperGgml({ ...TINY_WHISPER, vocabulary: 51864, state: 8, textLayers: 1 }).bytes);
  assert.is(addon.inspectModel(english).multilingual, false);
  assert.equal(addon.inspectModel(english).languages, ['en']);
  const englishModel = addon.openModel(english, CPU);
  const lane = addon.openRecognizer(englishModel);
  assert.equal(addon.detectLanguage(lane, [tone(1)], 1, 0), [[{ language: 'en', probability: 1 }]]);
  failure(() => recognizeOne(addon, lane, tone(1), { ...RECOGNIZE, language: 'de' }, 0), 'INVALID_ARGUMENT');
  failure(() => recognizeOne(addon, lane, tone(1), { ...RECOGNIZE, translate: true }, 0), 'INVALID_ARGUMENT');
  recognizeOne(addon, lane, tone(1), { ...RECOGNIZE, language: 'auto', beamSize: 1, temperatureIncrement: 0 }, 0);
  addon.close(lane);
  addon.close(englishModel);
});

test('progress goes from 0 to 1 and never back', () => {
  const seen: number[] = [];
  recognizeOne(addon, recognizer, tone(65), { ...RECOGNIZE, beamSize: 1 }, 0, (fraction) => {
    seen.push(fraction);
  });
  assert.ok(seen.length >= 3, String(seen));
  assert.is(seen[0], 0);
  assert.is(seen[seen.length - 1], 1);
  for (let i = 1; i < seen.length; i++) assert.ok((seen[i] as number) >= (seen[i - 1] as number));
});

test('cancelled before, during from another thread, and by its deadline; the lane works on', async () => {
  const token = addon.createToken(0);
  addon.cancelToken(token);
  failure(() => recognizeOne(addon, recognizer, tone(1), RECOGNIZE, token), 'CANCELLED');
  failure(() => addon.detectLanguage(recognizer, [tone(1)], 1, token), 'CANCELLED');
  addon.releaseToken(token);

  const long = tone(300);
  const running = addon.createToken(0);
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const addon = require(workerData.addon);
    parentPort.once('message', () => { addon.cancelToken(workerData.token); parentPort.postMessage('done'); });
  `;
  const worker = new Worker(script, { eval: true, workerData: { addon: ADDON_PATH, token: running } });
  await new Promise((resolve) => worker.once('online', resolve));
  let windows = 0;
  const cancelled = failure(
    () =>
      recognizeOne(addon, recognizer, long, { ...RECOGNIZE, beamSize: 1 }, running, () => {
        if (windows++ === 1) worker.postMessage('now');
      }),
    'CANCELLED',
  );
  assert.match(cancelled, /cancelled/);
  assert.ok(windows < 10, `${windows} of 11 calls came`);
  addon.releaseToken(running);
  await worker.terminate();

  const deadline = addon.createToken(50);
  failure(() => recognizeOne(addon, recognizer, long, RECOGNIZE, deadline), 'DEADLINE_EXCEEDED');
  addon.releaseToken(deadline);
  assert.equal([...recognize(tone(2)).tokens], SCRIPT);
});

if (process.platform === 'linux') {
  test("a deadline is kept inside an encoder's pass, in recognition and language detection", () => {
    const path = join(folder, 'deep.bin');
    // One pass of the encoder is nearly all the work.
    writeFileSync(
      path,
      makeWhisperGgml({ ...TINY_WHISPER, state: 384, heads: 6, audioLayers: 8, textLayers: 1 }).bytes,
    );
    const deep = addon.openRecognizer(addon.openModel(path, CPU));
    const seconds = (call: () => unknown): number => {
      const started = performance.now();
      call();
      return (performance.now() - started) / 1000;
    };
    const whole = seconds(() => recognizeOne(addon, deep, tone(2), { ...RECOGNIZE, beamSize: 1 }, 0));
    for (const call of [
      (token: number) => recognizeOne(addon, deep, tone(2), { ...RECOGNIZE, beamSize: 1 }, token),
      (token: number) => addon.detectLanguage(deep, [tone(2)], 1, token),
    ]) {
      const token = addon.createToken(whole * 200);
      const part = seconds(() => failure(() => call(token), 'DEADLINE_EXCEEDED'));
      addon.releaseToken(token);
      assert.ok(part < 0.7 * whole, `${part} s of ${whole} s`);
    }
    addon.close(deep);
  });
}

/** Runs whisper-cli and gives the token ids and text of its JSON. */
function whisperCli(program: string, modelPath: string, audio: string, flags: readonly string[] = []) {
  const output = join(folder, 'cli');
  execFileSync(program, ['-m', modelPath, '-f', audio, '-t', '1', '-np', '-ng', '-ojf', '-of', output, ...flags], {
    stdio: 'ignore',
  });
  const json = JSON.parse(readFileSync(`${output}.json`).toString('utf8'));
  const transcription = json.transcription as Array<{
    text: string;
    offsets: { from: number; to: number };
    tokens: Array<{ id: number; p: number }>;
  }>;
  return {
    tokens: transcription.flatMap((segment) => segment.tokens.map(({ id }) => id)),
    segments: transcription.map(({ text, offsets }) => [text, offsets.from, offsets.to]),
  };
}

function asCli({ segments, tokens }: NativeRecognition) {
  return {
    tokens: [...tokens],
    segments: segments.map(({ text, start, end }) => [text, Math.round(start * 1000), Math.round(end * 1000)]),
  };
}

test('token for token what whisper-cli of the same tree gives', () => {
  const program = execFileSync(process.execPath, [join(ROOT, 'tools/build/whisper-cli.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  const seed = 31;
  const random = seededRandom(seed);
  const noise = Float32Array.from({ length: 16000 * 3 }, () => random.normal() * 0.05);
  const compare = (modelPath: string, samples: Float32Array, options: Partial<OneWindow>, flags: string[]) => {
    const audio = join(folder, 'audio.wav');
    writeFileSync(audio, wav(samples));
    const loaded = addon.openModel(modelPath, CPU);
    const lane = addon.openRecognizer(loaded);
    const ours = recognizeOne(addon, lane, quantised(samples), { ...RECOGNIZE, wordTimestamps: true, ...options }, 0);
    const theirs = whisperCli(program, modelPath, audio, flags);
    assert.equal(asCli(ours), theirs, `${modelPath} ${flags.join(' ')}`);
    addon.close(lane);
    addon.close(loaded);
    return theirs.tokens.length;
  };

  for (const [options, flags] of [
    [{}, []],
    [{ beamSize: 1 }, ['-bs', '1']],
    [{ beamSize: 1, bestOf: 1, temperatureIncrement: 0 }, ['-bs', '1', '-bo', '1', '-nf']],
    [{ language: 'de', translate: true }, ['-l', 'de', '-tr']],
    [{ language: 'auto' }, ['-l', 'auto']],
  ] as Array<[Partial<OneWindow>, string[]]>) {
    assert.ok(compare(path, flags.length > 2 ? tone(2) : noise, options, flags) > 0);
  }

  const demo = join(ROOT, 'models/demo-stt/ggml-demo-stt.bin');
  if (!existsSync(demo)) {
    console.log('skipped: models/demo-stt is not built');
    return;
  }
  const digits = join(SHARED, 'data/speech/fsdd');
  if (!existsSync(digits)) {
    console.log('skipped: ../shared/data/speech is not here');
    return;
  }
  const files = readdirSync(digits, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wav'))
    .sort()
    .filter((_, i) => i % 10 === 0)
    .slice(0, 8);
  assert.ok(files.length > 0);
  for (const name of files) {
    const audio = addon.openAudio(join(digits, name), { channel: -1 });
    const buffer = new Float32Array(16000 * 30);
    const samples = buffer.slice(0, addon.readAudio(audio, buffer, 0));
    addon.close(audio);
    compare(demo, samples, {}, []);
    compare(demo, samples, { beamSize: 1 }, ['-bs', '1']);
  }
});

test.after(() => {
  addon.close(recognizer);
  addon.close(model);
});

test.run();
