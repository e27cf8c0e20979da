import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRecognition, NativeSegment, NativeWindow } from '../../src/native/binding.js';
import { ADDON_PATH, CPU, failure, HINTS, loadAddon, type OneWindow, RECOGNIZE, ROOT, recognizeOne } from './addon.js';

export interface Engine {
  readonly name: string;
  /** A model that knows the sentences of the demo's recordings. */
  readonly model: string;
}

export const SENTENCES: Readonly<Record<string, string>> = {
  conference: 'The conference is on Monday at eleven ten.',
  restaurant: "The restaurant closes at ten o'clock.",
  code: 'The code is one six eight one.',
  ticket: 'A ticket to London costs eighty-seven euros.',
};

const RECORDINGS = join(ROOT, 'tools/demo/recordings');

/** Samples of one of the demo's recordings: 16 kHz, 16 bit, behind a canonical header. */
export function recording(name: string): Float32Array {
  const bytes = readFileSync(join(RECORDINGS, `${name}.wav`));
  const data = bytes.indexOf('data') + 8;
  return Float32Array.from({ length: (bytes.length - data) >> 1 }, (_, i) => bytes.readInt16LE(data + 2 * i) / 32768);
}

/** Sounds one after the other, with half a second between them. */
export function joined(...sounds: readonly Float32Array[]): Float32Array {
  const parts = sounds.flatMap((sound) => [...sound, ...new Float32Array(8000)]);
  return Float32Array.from(parts);
}

export function textOf({ segments }: NativeRecognition): string {
  return segments
    .map(({ text }) => text)
    .join('')
    .trim();
}

/** What every engine promises about the words of a segment. */
export function checkWords(segment: NativeSegment): void {
  let last = segment.start;
  for (const { word, start, end, probability } of segment.words) {
    assert.ok(start >= last && end >= start && end <= segment.end, `${word}: ${start}..${end} in ${segment.end}`);
    assert.ok(probability >= 0 && probability <= 1);
    assert.not.match(word, '\ufffd');
    last = end;
  }
  if (segment.words.length > 0) assert.is(segment.words.map(({ word }) => word).join(''), segment.text);
}

function checkQuality(recognition: NativeRecognition): void {
  for (const { averageLogprob, noSpeechProbability, compressionRatio, ...segment } of recognition.segments) {
    assert.ok(averageLogprob <= 0 && averageLogprob > -20);
    assert.ok(noSpeechProbability >= 0 && noSpeechProbability <= 1);
    assert.ok(compressionRatio > 0 && compressionRatio < 100);
    assert.ok(segment.start >= 0 && segment.end >= segment.start);
    assert.ok(segment.probabilities.length === 0 || segment.probabilities.length === segment.tokens.length);
  }
}

/** Registers what recognisers of all engines must do; the caller adds its own tests and runs. */
export function conformance({ name, model: path }: Engine): void {
  const addon = loadAddon();
  const model = addon.openModel(path, CPU);
  const recognizer = addon.openRecognizer(model);
  const names = Object.keys(SENTENCES);
  const run = (samples: Float32Array, options: Partial<OneWindow> = {}, token = 0): NativeRecognition =>
    recognizeOne(addon, recognizer, samples, { beamSize: 1, ...options }, token);
  const windows: NativeWindow[] = names.map((one) => ({ ...HINTS, samples: recording(one) }));

  test(`${name}: says what is said, with figures of its quality`, () => {
    for (const beamSize of [1, 5]) {
      for (const one of names) {
        const heard = run(recording(one), { beamSize, wordTimestamps: true });
        assert.is(textOf(heard), SENTENCES[one]);
        assert.is(heard.language, 'en');
        assert.is(heard.failed, false);
        assert.ok(heard.averageLogprob > -0.5 && heard.averageLogprob <= 0);
        assert.ok(heard.compressionRatio > 0.5 && heard.compressionRatio < 2);
        assert.ok(heard.tokens.length > 5);
        checkQuality(heard);
      }
    }
  });

  test(`${name}: a shorter context of the encoder hears the same, and never less than the sound`, () => {
    for (const one of names) {
      const samples = recording(one);
      for (const audioContext of [1, 300, 500, 1500]) {
        const heard = run(samples, { audioContext, beamSize: 5, wordTimestamps: true });
        assert.is(textOf(heard), SENTENCES[one], `${audioContext} positions`);
        checkQuality(heard);
        heard.segments.forEach(checkWords);
        assert.ok((heard.segments.at(-1)?.end ?? 0) <= samples.length / 16_000 + 0.02);
      }
    }
    // The next call knows nothing of it.
    const whole = run(windows[0]?.samples as Float32Array);
    run(windows[0]?.samples as Float32Array, { audioContext: 300 });
    assert.equal(run(windows[0]?.samples as Float32Array), whole);
    for (const wrong of [-1, 1501, 1.5]) {
      failure(() => run(windows[0]?.samples as Float32Array, { audioContext: wrong }), 'INVALID_ARGUMENT');
    }
  });

  test(`${name}: samples that the addon keeps are heard like others, until they are dropped`, () => {
    const samples = recording('code');
    const given = run(samples);
    const kept = addon.describe().handles.samples ?? 0;
    const number = addon.keepSamples(samples, true);
    assert.is(samples.length, 0, 'moved, not copied');
    const hear = () => addon.recognize(recognizer, [{ ...HINTS, samples: number }], RECOGNIZE, 0)[0];
    assert.equal(hear(), given);
    assert.equal(hear(), given);
    assert.is(addon.describe().handles.samples, kept + 1);
    addon.dropSamples(number);
    addon.dropSamples(number);
    assert.is(addon.describe().handles.samples, kept);
    failure(() => hear(), 'CLOSED');
    for (const wrong of [0, -1, 0.5, Number.NaN]) {
      failure(() => addon.recognize(recognizer, [{ ...HINTS, samples: wrong }], RECOGNIZE, 0), 'INVALID_ARGUMENT');
    }
  });

  test(`${name}: empty, short and broken audio`, () => {
    const nothing = run(new Float32Array(0));
    assert.equal([nothing.segments, [...nothing.tokens], nothing.failed], [[], [], false]);
    for (const length of [1, 159, 160, 161, 400, 1599, 1960, 3200]) run(recording('code').subarray(0, length));
    const dirty = recording('code');
    const zeroed = Float32Array.from(dirty);
    for (const [i, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries()) {
      dirty[1000 + i] = value;
      zeroed[1000 + i] = 0;
    }
    assert.equal(run(dirty).tokens, run(zeroed).tokens);
    for (const value of [Number.NaN, 0, 3.4e38, -3.4e38, 1e-45]) checkQuality(run(new Float32Array(16000).fill(value)));
  });

  test(`${name}: languages that are known, unknown, detected`, () => {
    for (const language of ['', 'xx', 'EN', 'en\0', '../..', '<|en|>', 'e'.repeat(10_000)]) {
      failure(() => run(recording('code'), { language }), 'INVALID_ARGUMENT');
    }
    assert.is(run(recording('code'), { language: 'auto' }).language, 'en');
    const detected = addon.detectLanguage(recognizer, [recording('code'), new Float32Array(0)], 1, 0);
    assert.is(detected.length, 2);
    assert.is(detected[0]?.[0]?.language, 'en');
    for (const list of detected) {
      assert.equal(list.map(({ language }) => language).sort(), [...addon.inspectModel(path).languages].sort());
      assert.is(list.length, 99);
      assert.ok(Math.abs(list.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-3);
      for (let i = 1; i < list.length; i++) {
        assert.ok((list[i - 1]?.probability as number) >= (list[i]?.probability as number));
      }
    }
    assert.equal(addon.detectLanguage(recognizer, [], 1, 0), []);
  });

  test(`${name}: cancelled before, by its deadline and by its progress; the lane works on`, () => {
    const cancelled = addon.createToken(0);
    addon.cancelToken(cancelled);
    failure(() => run(recording('code'), {}, cancelled), 'CANCELLED');
    failure(() => addon.detectLanguage(recognizer, [recording('code')], 1, cancelled), 'CANCELLED');
    addon.releaseToken(cancelled);
    const deadline = addon.createToken(1);
    const many = Array.from({ length: 16 }, () => ({ ...HINTS, samples: recording('conference') }));
    failure(() => addon.recognize(recognizer, many, { ...RECOGNIZE, beamSize: 5 }, deadline), 'DEADLINE_EXCEEDED');
    addon.releaseToken(deadline);
    const during = addon.createToken(0);
    const cancel = () => addon.cancelToken(during);
    failure(() => addon.recognize(recognizer, many, { ...RECOGNIZE, beamSize: 5 }, during, cancel), 'CANCELLED');
    addon.releaseToken(during);
    assert.is(textOf(run(recording('code'))), SENTENCES.code);
  });

  test(`${name}: equal input gives equal output whatever was recognised before, sampled too`, () => {
    for (const options of [{}, { beamSize: 3 }, { temperature: 0.8, bestOf: 3 }, { wordTimestamps: true }]) {
      const first = run(recording('ticket'), options);
      run(recording('conference'), { temperature: 0.4 });
      failure(() => run(recording('code'), { language: 'xx' }), 'INVALID_ARGUMENT');
      assert.equal(run(recording('ticket'), options), first, JSON.stringify(options));
    }
  });

  test(`${name}: words keep their promises, in languages with and without spaces`, () => {
    const sound = joined(recording('conference'), recording('ticket'));
    for (const language of ['en', 'de', 'zh', 'ja', 'th', 'ru']) {
      const heard = run(sound, { language, wordTimestamps: true, initialPrompt: '今天天气很好。おはよう' });
      for (const segment of heard.segments) checkWords(segment);
      checkQuality(heard);
    }
    const english = run(sound, { wordTimestamps: true });
    const words = english.segments.flatMap((segment) => segment.words.map(({ word }) => word.trim()));
    assert.ok(words.includes('conference') && words.includes('London'), words.join('|'));
    assert.ok(run(sound).segments.every((segment) => segment.words.length === 0));
  });

  test(`${name}: a batch gives what its windows give alone, in their order`, () => {
    const mixed = [
      ...windows,
      { ...HINTS, samples: new Float32Array(0) },
      { ...HINTS, samples: recording('code'), hotwords: 'one six eight' },
      { ...HINTS, samples: recording('ticket'), language: 'de', initialPrompt: 'Ein Satz davor.' },
      { ...HINTS, samples: recording('code'), language: 'auto' },
    ];
    const options = { ...RECOGNIZE, beamSize: 2, wordTimestamps: true };
    const fractions: number[] = [];
    const together = addon.recognize(recognizer, mixed, options, 0, (fraction) => {
      fractions.push(fraction);
    });
    assert.is(together.length, mixed.length);
    assert.is(fractions[0], 0);
    assert.is(fractions.at(-1), 1);
    assert.equal(fractions, fractions.toSorted());
    for (const [index, window] of mixed.entries()) {
      const [alone] = addon.recognize(recognizer, [window], options, 0);
      const beside = together[index] as NativeRecognition;
      assert.equal(beside.tokens, alone?.tokens, `window ${index}`);
      assert.is(beside.language, alone?.language);
      assert.equal(
        beside.segments.map(({ text, start, end }) => [text, start, end]),
        alone?.segments.map(({ text, start, end }) => [text, start, end]),
      );
      assert.ok(Math.abs(beside.averageLogprob - (alone?.averageLogprob ?? 0)) < 1e-3);
    }
    assert.equal(addon.recognize(recognizer, [], options, 0), []);
  });

  test(`${name}: the times of words are those of the window alone, beside windows of the same length too`, () => {
    const options = { ...RECOGNIZE, beamSize: 1, wordTimestamps: true };
    const timed = ({ segments }: NativeRecognition) =>
      segments.flatMap(({ words }) => words.map(({ word, start, end }) => `${word} ${start} ${end}`));
    const sound = joined(...[...names, ...names].map(recording));
    const starts = [0, 1, 2, 3, 4, 5, 6].map((second) => second * 16_000);
    const same = starts.map((start) => ({ ...HINTS, samples: sound.slice(start, start + 7 * 16_000) }));
    assert.ok(same.every(({ samples }) => samples.length === 7 * 16_000));
    const together = addon.recognize(recognizer, same, options, 0).map(timed);
    const alone = same.map((window) =>
      timed(addon.recognize(recognizer, [window], options, 0)[0] as NativeRecognition),
    );
    assert.equal(together, alone);
    assert.ok(new Set(alone.map((words) => words.length)).size > 2, 'texts of several lengths');
  });

  test(`${name}: a window that one decoding does not cover is decoded to its end`, () => {
    const sound = joined(...names.map(recording));
    assert.ok(sound.length > 9 * 16000);
    const text = textOf(run(sound, { beamSize: 5 }));
    for (const piece of ['conference', "ten o'clock", 'London']) assert.match(text, piece);
  });

  test(`${name}: hints are text, however long, and control tokens in them too`, () => {
    const heard = run(recording('code'), { initialPrompt: ' w1 \u0000 <|endoftext|><|0.00|> 今日'.repeat(200) });
    assert.ok(heard.segments.length <= 2);
    run(recording('code'), { hotwords: 'London Euston '.repeat(300), initialPrompt: 'And so on. '.repeat(300) });
    assert.is(textOf(run(recording('code'), { hotwords: 'one six', initialPrompt: 'Numbers.' })), SENTENCES.code);
  });

  test(`${name}: tokens that are held back do not come`, () => {
    const free = run(recording('code'));
    const [first] = free.segments[0]?.tokens ?? [];
    const held = run(recording('code'), { suppressTokens: [-1, first as number, 1 << 20] });
    assert.not([...held.tokens].includes(first as number));
  });

  test(`${name}: thresholds that nothing meets are reported as failed`, () => {
    const heard = run(recording('code'), { compressionRatioThreshold: 0, logprobThreshold: 0, bestOf: 1 });
    assert.is(heard.failed, true);
    const calm = run(recording('code'), { compressionRatioThreshold: 0.1, temperatureIncrement: 0 });
    assert.ok(calm.segments.length > 0);
  });

  test(`${name}: without timestamps a window is one segment`, () => {
    const { segments } = run(recording('code'), { timestamps: false });
    assert.is(segments.length, 1);
    assert.is(segments[0]?.text.trim(), SENTENCES.code);
  });

  test(`${name}: lanes on threads of their own share the weights and say the same`, async () => {
    const script = `
      const { parentPort, workerData: data } = require('node:worker_threads');
      const addon = require(data.addon);
      addon.initialize(Error);
      const lane = addon.openRecognizer(addon.openModel(data.path, data.CPU));
      const texts = data.windows.map((window) => addon.recognize(lane, [window], data.options, 0)[0].segments.map((s) => s.text).join(''));
      parentPort.postMessage({ texts, models: addon.describe().models });`;
    const workerData = { addon: ADDON_PATH, path, CPU, windows, options: { ...RECOGNIZE, beamSize: 1 } };
    const answers = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<{ texts: string[]; models: Array<{ references: number }> }>((resolve, reject) => {
            const worker = new Worker(script, { eval: true, workerData });
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    for (const { texts, models } of answers) {
      assert.equal(
        texts.map((text) => text.trim()),
        names.map((one) => SENTENCES[one]),
      );
      assert.is(models.length, 1);
    }
  });

  test(`${name}: closed during its work it ends it, and then is closed`, () => {
    const other = addon.openModel(path, CPU);
    const lane = addon.openRecognizer(other);
    const heard = recognizeOne(addon, lane, recording('code'), { beamSize: 1 }, 0, () => {
      addon.close(lane);
      addon.close(other);
    });
    assert.is(textOf(heard), SENTENCES.code);
    failure(() => recognizeOne(addon, lane, recording('code')), 'CLOSED');
    failure(() => addon.align(lane, [], 1, 0), 'CLOSED');
  });

  test.after(() => {
    addon.close(recognizer);
    addon.close(model);
    assert.equal(addon.describe().models, []);
  });
}
