import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../src/domain/errors.js';
import { EnginePorts } from '../src/engine-ports.js';
import type { PoolCall } from '../src/pool/pool.js';
import { completedAudioTask, completedTextTask } from './fixtures/tasks.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-ports-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const models = join(folder, 'models');
process.env.VOICELINGUA_MODELS = models;
mkdirSync(models);
const weights = join(models, 'ggml-silero-v6.2.0.bin');

const calls: PoolCall[] = [];
const ports = new EnginePorts({
  pool: {
    run: (call: PoolCall) => {
      calls.push(call);
      return Promise.resolve({ id: 1, info: {} });
    },
  } as unknown as ConstructorParameters<typeof EnginePorts>[0]['pool'],
  info: { device: 'cpu', budget: { lanes: 1, threadsPerLane: 1 } } as ConstructorParameters<
    typeof EnginePorts
  >[0]['info'],
  ffmpeg: null,
});

const recording = (options: Record<string, unknown>) =>
  ports.portsFor(completedAudioTask({ sttModel: 'demo-stt', languages: [], options }));

/** What the detector of a task is called, what tells its checkpoints from those of others, and what the decoder is given. */
async function detectorOf(options: Record<string, unknown> = {}): Promise<[string | null, string, unknown]> {
  const { detector, modelKeys, decoder } = recording(options);
  await decoder.open({ kind: 'file', path: 'a.wav' }, {});
  const opened = calls.at(-1)?.params.options as { readonly detector: unknown };
  return [detector, modelKeys.detector, opened.detector];
}

test('the detector is the one that is asked for, or the best that is there', async () => {
  const builtIn = ['embedded', 'embedded', null];
  assert.equal(await detectorOf(), builtIn);
  assert.equal(await detectorOf({ detection: { threshold: 0.4 } }), builtIn);
  try {
    recording({ detection: { model: 'silero-vad' } });
    assert.unreachable('there are no weights');
  } catch (error) {
    assert.is((error as VoiceLinguaError).code, 'MODEL_NOT_FOUND');
  }
  writeFileSync(weights, 'x');
  for (const options of [
    {},
    { detection: {} },
    { detection: { model: 'silero-vad' } },
    { detection: { model: weights } },
  ]) {
    const [name, key, path] = await detectorOf(options);
    assert.equal([name, path], ['ggml-silero-v6.2.0', weights], JSON.stringify(options));
    assert.ok(key.startsWith(weights));
  }
  assert.equal(await detectorOf({ detection: { model: 'embedded' } }), builtIn);
});

test('other weights in the same place are another detector', async () => {
  const [, before] = await detectorOf();
  utimesSync(weights, 1, 1);
  const [, after] = await detectorOf();
  assert.is.not(after, before);
});

test('where all sound is speech, and for a text, there is none', async () => {
  for (const options of [{ detection: false }, { strategy: 'sequential' }, { strategy: 'sequential', detection: {} }]) {
    assert.equal(await detectorOf(options), [null, '', null], JSON.stringify(options));
  }
  const text = ports.portsFor(completedTextTask({ mtModel: 'demo-mt' }));
  assert.equal([text.detector, text.modelKeys.detector], [null, '']);
});

test.run();
