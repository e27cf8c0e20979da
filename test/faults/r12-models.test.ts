/**
 * R12: models that are loaded and dropped over and over leave nothing behind: memory, file descriptors, threads and
 * temporary files stay where they were. Each round loads and drops a recognizer, a translator and its tokenizer.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NativeTranslator } from '../../src/engines/native/native-engines.js';
import type { Pool } from '../../src/pool/pool.js';
import {
  DEMO_TRANSLATION,
  describe,
  modelRef,
  openWindows,
  owner,
  recognizer,
  scriptedModel,
  temporary,
  toneFile,
  withChildHost,
  withLocalHost,
} from '../engines/native/support.js';

const ROUNDS = process.env.VOICELINGUA_SOAK ? 200 : 60;
/** Until then allocators and compilers are still warming up, for longer on a busy machine. */
const WARM_UP = 30;
/** So little that each model has to go before the next is loaded. */
const MODEL_MEMORY = 1e6;
const linux = process.platform === 'linux';

interface Sample {
  readonly rss: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly files: number;
}

async function round(pool: Pool, group: string): Promise<void> {
  const { stream, windows } = await openWindows(pool, group, toneFile(2));
  const options = { language: 'en', beamSize: 1 } as const;
  const { segments } = await recognizer(pool, group, scriptedModel()).recognize(windows[0] as never, options);
  assert.ok(segments.length > 0);
  await stream.close();
  const facts = { name: 'demo', advice: { beamSize: 1 } };
  const translator = new NativeTranslator(pool, modelRef(DEMO_TRANSLATION), facts, 1, owner(group));
  const [translated] = await translator.translate([{ text: 'Good morning.', source: 'en', target: 'de' }], {});
  assert.is(translated?.text, 'Guten Morgen.');
  pool.release(group);
}

async function sample(pool: Pool, pid: number, folder: string): Promise<Sample> {
  const count = (path: string): number => (linux ? readdirSync(path).length : 0);
  const { rss } = await describe(pool);
  const process = `/proc/${pid}`;
  return {
    rss,
    descriptors: count(`${process}/fd`),
    threads: count(`${process}/task`),
    files: readdirSync(folder).length,
  };
}

/** Megabytes a thousand rounds, by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (samples.length - 1) / 2;
  const height = mean(samples.map(({ rss }) => rss));
  const spread = samples.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return samples.reduce((sum, { rss }, i) => sum + (i - middle) * (rss - height), 0) / spread / 1e3;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

async function soak(name: string, pool: Pool, pid: () => number, folder: string): Promise<void> {
  const samples: Sample[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    await round(pool, `task ${i}`);
    if (i >= WARM_UP) samples.push(await sample(pool, pid(), folder));
  }
  const { handles, models, recordings, windows } = await describe(pool);
  assert.equal([recordings, windows, handles.audio, handles.token], [0, 0, 0, 0]);
  assert.is(models.length, 1);
  assert.is((handles.recognizer ?? 0) + (handles.translator ?? 0), 1);
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const part = Math.ceil(samples.length / 3);
  const rss = samples.map((one) => one.rss);
  const growth = median(rss.slice(-part)) - median(rss.slice(0, part));
  console.log(
    `${name}: ${ROUNDS} rounds, rss ${(last.rss / 1e6).toFixed(0)} MB, ${(growth / 1e6).toFixed(1)} MB more than at first, slope ${slope(samples).toFixed(1)} MB/1,000; ` +
      `${last.descriptors} descriptors, ${last.threads} threads, ${last.files} temporary files`,
  );
  assert.is(last.descriptors, first.descriptors, 'file descriptors');
  assert.is(last.threads, first.threads, 'threads');
  assert.is(last.files, first.files, 'temporary files');
  assert.ok(growth < 12e6, `memory grew by ${growth} bytes`);
}

/** A folder of temporary files that nobody else uses. */
async function withTemporaryFolder(name: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporary(name);
  mkdirSync(folder);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await use(folder);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

test('models loaded and dropped in a host', () =>
  withTemporaryFolder('host-tmp', (folder) =>
    withChildHost((host) => soak('process', host, () => host.pids[0] as number, folder), {
      settings: { jobs: 1, modelMemory: MODEL_MEMORY },
    }),
  ));

test('models loaded and dropped on threads of the caller', () =>
  withTemporaryFolder('thread-tmp', (folder) =>
    withLocalHost((host) => soak('thread', host, () => process.pid, folder), { jobs: 1, modelMemory: MODEL_MEMORY }),
  ));

test.run();
