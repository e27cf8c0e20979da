import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADDON_PATH, CPU, HINTS, loadAddon, RECOGNIZE, TRANSLATE, temporaryFolder, tone } from './addon.js';
import { makeWhisperGgml, SCRIPT, TINY_WHISPER, TRANSLATION, writeCt2Folder } from './addon-models.js';

const addon = loadAddon();
const folder = temporaryFolder();
const whisperPath = join(folder, 'whisper.bin');
const whisper = makeWhisperGgml({ ...TINY_WHISPER, state: 256, heads: 4, textLayers: 1 });
writeFileSync(whisperPath, whisper.bytes);
const translatorPath = join(folder, 'translator');
writeCt2Folder(translatorPath);

/** A lane: runs the code it is sent with `addon` and `data` in scope, and answers with its result. */
class Lane {
  readonly #worker: Worker;

  constructor() {
    const script = `
      const { parentPort, workerData: data } = require('node:worker_threads');
      const addon = require(data.addon);
      class Failure extends Error { constructor(code, message) { super(message); this.code = code; } }
      addon.initialize(Failure);
      const kept = {};
      parentPort.on('message', (code) => {
        try {
          parentPort.postMessage({ value: new Function('addon', 'data', 'kept', 'report', code)(addon, data, kept, (value) => parentPort.postMessage({ report: value })) });
        } catch (error) {
          parentPort.postMessage({ code: error.code, message: error.message });
        }
      });
    `;
    this.#worker = new Worker(script, {
      eval: true,
      workerData: {
        addon: ADDON_PATH,
        whisperPath,
        translatorPath,
        HINTS,
        RECOGNIZE,
        TRANSLATE,
        CPU,
        samples: tone(1),
      },
    });
  }

  run<T>(code: string, onReport: (value: unknown) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: { value?: T; report?: unknown; code?: string; message?: string }) => {
        if ('report' in message) return onReport(message.report);
        this.#worker.off('message', onMessage);
        if (message.code !== undefined) reject(Object.assign(new Error(message.message), { code: message.code }));
        else resolve(message.value as T);
      };
      this.#worker.on('message', onMessage);
      this.#worker.once('error', reject);
      this.#worker.postMessage(code);
    });
  }

  end(): Promise<number> {
    return this.#worker.terminate();
  }
}

const OPEN = 'kept.model = addon.openModel(data.whisperPath, data.CPU);';

test('four threads that open one model at once hold one copy of its weights', async () => {
  const lanes = Array.from({ length: 4 }, () => new Lane());
  await Promise.all(lanes.map((lane) => lane.run('return 0')));
  const before = process.memoryUsage.rss();
  await Promise.all(lanes.map((lane) => lane.run(OPEN)));
  const growth = process.memoryUsage.rss() - before;
  const { models } = addon.describe();
  assert.is(models.length, 1);
  assert.is(models[0]?.references, 4);
  const bytes = models[0]?.bytes as number;
  assert.ok(bytes > 25e6);
  assert.ok(growth < 2 * bytes, `${growth} bytes more for weights of ${bytes}`);

  const results = await Promise.all(
    lanes.map((lane) =>
      lane.run<number[]>(
        'kept.lane = addon.openRecognizer(kept.model); return [...addon.recognize(kept.lane, [{ ...data.HINTS, samples: data.samples }], { ...data.RECOGNIZE, beamSize: 1 }, 0)[0].tokens];',
      ),
    ),
  );
  for (const tokens of results) assert.equal(tokens, SCRIPT);
  assert.is(addon.describe().models.length, 1);
  await (lanes[0] as Lane).run('addon.close(kept.lane); addon.close(kept.model);');
  assert.is(addon.describe().models[0]?.references, 3);
  await Promise.all(lanes.map((lane) => lane.end()));
  assert.equal(addon.describe().models, []);
});

test('translators on several threads share weights and give the same', async () => {
  const lanes = [new Lane(), new Lane(), new Lane()];
  const results = await Promise.all(
    lanes.map((lane) =>
      lane.run<string[][]>(`
        kept.model = addon.openModel(data.translatorPath, data.CPU);
        kept.lane = addon.openTranslator(kept.model);
        let all = [];
        for (let i = 0; i < 50; i++) {
          all = addon.translate(kept.lane, [['__en__', '▁t1', '</s>'], ['__en__', '</s>']], [['__de__'], ['__fr__']], data.TRANSLATE, 0);
        }
        return all.map((one) => one.hypotheses[0]);`),
    ),
  );
  for (const result of results)
    assert.equal(result, [
      ['__de__', ...TRANSLATION],
      ['__fr__', ...TRANSLATION],
    ]);
  assert.is(addon.describe().models[0]?.references, 3);
  await Promise.all(lanes.map((lane) => lane.end()));
  assert.equal(addon.describe().models, []);
});

test('a model that fails to load fails for every thread that asked, and loads once it is whole', async () => {
  const broken = join(folder, 'broken.bin');
  writeFileSync(broken, whisper.bytes.subarray(0, 1_000_000));
  const lanes = [new Lane(), new Lane()];
  const open = `addon.openModel(${JSON.stringify(broken)}, data.CPU);`;
  for (const outcome of await Promise.allSettled(lanes.map((lane) => lane.run(open)))) {
    assert.is(outcome.status, 'rejected');
    assert.is((outcome as PromiseRejectedResult).reason.code, 'MODEL_INVALID');
  }
  writeFileSync(broken, whisper.bytes);
  await Promise.all(lanes.map((lane) => lane.run(open)));
  assert.is(addon.describe().models[0]?.references, 2);
  await Promise.all(lanes.map((lane) => lane.end()));
});

test('a file that changes under its name is another model', () => {
  const changing = join(folder, 'changing.bin');
  const small = { ...TINY_WHISPER, state: 8, textLayers: 1 };
  writeFileSync(changing, makeWhisperGgml(small, 1).bytes);
  const first = addon.openModel(changing, CPU);
  writeFileSync(changing, makeWhisperGgml({ ...small, textLayers: 2 }, 2).bytes);
  const second = addon.openModel(changing, CPU);
  assert.is(addon.describe().models.length, 2);
  addon.close(first);
  addon.close(second);
});

test('a thread that is terminated in mid-call gives everything back', async () => {
  const lane = new Lane();
  let windows = 0;
  const running = lane.run(
    `${OPEN} kept.lane = addon.openRecognizer(kept.model);
     kept.token = addon.createToken(0); report(kept.token);
     addon.recognize(kept.lane, [{ ...data.HINTS, samples: new Float32Array(16000 * 600) }], { ...data.RECOGNIZE, beamSize: 1 }, kept.token, report);`,
    () => {
      windows++;
    },
  );
  running.catch(() => {});
  while (windows < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await lane.end();
  const { handles, models } = addon.describe();
  assert.is(handles.recognizer, 0);
  assert.is(handles.model, 0);
  assert.equal(models, []);
});

test('the process ends in peace while lanes hold models and work', async () => {
  const { execFileSync } = await import('node:child_process');
  const script = `
    const { Worker } = require('node:worker_threads');
    const code = "const { workerData: data, parentPort } = require('node:worker_threads'); const addon = require(data.addon); addon.initialize(Error);" +
      "const lane = addon.openRecognizer(addon.openModel(data.path, { device: 'cpu', deviceIndex: 0, computeType: 'default' })); parentPort.postMessage('open');" +
      "addon.recognize(lane, [{ ...data.hints, samples: new Float32Array(16000 * 120) }], data.options, 0);";
    const data = { addon: process.argv[1], path: process.argv[2], options: ${JSON.stringify({ ...RECOGNIZE, beamSize: 1 })}, hints: ${JSON.stringify(HINTS)} };
    const lanes = [0, 1].map(() => new Worker(code, { eval: true, workerData: data }));
    Promise.all(lanes.map((lane) => new Promise((resolve) => lane.once('message', resolve)))).then(() => process.exit(7));
  `;
  try {
    execFileSync(process.execPath, ['-e', script, ADDON_PATH, whisperPath], { stdio: ['ignore', 'pipe', 'pipe'] });
    assert.unreachable();
  } catch (error) {
    const { status, signal, stderr } = error as { status: number | null; signal: string | null; stderr: Buffer };
    assert.is(signal, null);
    assert.is(status, 7, String(stderr));
    assert.is(String(stderr), '');
  }
});

test.run();
