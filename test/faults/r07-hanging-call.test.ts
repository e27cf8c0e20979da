/**
 * R7: a native call that hangs is ended by its hard limit, and a lane can be used soon after: in a host by SIGKILL, on
 * threads of the caller by another lane in its place. The figures are printed; the goals are 2–3 s and 1 s.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { Pool, PoolCall } from '../../src/pool/pool.js';
import {
  DEMO_TRANSLATION,
  modelRef,
  openWindows,
  recognizer,
  rejection,
  scriptedModel,
  toneFile,
  withChildHost,
  withLocalHost,
} from '../engines/native/support.js';

const LIMIT_MS = 2000;
const OPTIONS = { language: 'en', beamSize: 1 } as const;

async function transcribe(pool: Pool, group: string): Promise<void> {
  const { stream, windows } = await openWindows(pool, group, toneFile(2));
  const { segments } = await recognizer(pool, group, scriptedModel()).recognize(windows[0] as never, OPTIONS);
  assert.ok(segments.length > 0);
  await stream.close();
}

/** One batch of 32 sentences under a wide beam, made long by force: CTranslate2 asks nobody before it has ended. */
function longTranslation(beamSize: number, length: number): PoolCall {
  const items = Array.from({ length: 32 }, (_, i) => ({
    text: `The train to Beijing leaves from platform ${i}.`,
    source: 'en',
    target: 'de',
  }));
  const options = {
    threads: 1,
    beamSize,
    patience: 1,
    lengthPenalty: 1,
    coveragePenalty: 0,
    repetitionPenalty: 1,
    noRepeatNgramSize: 0,
    maxInputLength: 1024,
    maxDecodingLength: length,
    minDecodingLength: length,
    numHypotheses: 1,
    returnScores: true,
    maxBatchSize: 32,
    batchType: 'examples',
    shortlists: [],
  };
  const params = { model: modelRef(DEMO_TRANSLATION), items, options, shortlist: null, tokens: false };
  return { method: 'translate', params, group: 'bad' };
}

/** Starts `work` for the group `bad`, kills it after the limit, and then has another task transcribed. */
async function killed(name: string, pool: Pool, work: () => Promise<unknown>): Promise<void> {
  await transcribe(pool, 'before');
  const started = performance.now();
  const ended = rejection(work());
  const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'The task took longer than its hard limit.');
  await delay(LIMIT_MS);
  pool.kill('bad', reason);
  assert.is(await ended, reason);
  const failedAfter = performance.now() - started;
  await pool.run({ method: 'inspectModel', params: { path: scriptedModel() }, group: 'after' });
  const usableAfter = performance.now() - started - failedAfter;
  await transcribe(pool, 'after');
  console.log(`${name}: failed after ${Math.round(failedAfter)} ms, lane usable ${Math.round(usableAfter)} ms later`);
  assert.ok(failedAfter >= LIMIT_MS && failedAfter < LIMIT_MS + 3000, `failed after ${failedAfter} ms`);
  assert.ok(usableAfter < 10_000, `usable after ${usableAfter} ms`);
}

const hanging = (pool: Pool): Promise<unknown> =>
  openWindows(pool, 'bad', toneFile(2)).then(({ windows }) =>
    recognizer(pool, 'bad', scriptedModel()).recognize(windows[0] as never, OPTIONS),
  );

test('a call that hangs in a host', async () => {
  await withChildHost((host) => killed('hang, process', host, () => hanging(host)), {
    settings: { jobs: 1 },
    faults: [{ method: 'recognize', match: 'bad', action: 'hang' }],
  });
});

test('a beam search that takes minutes in a host', async () => {
  await withChildHost((host) => killed('beam search, process', host, () => host.run(longTranslation(16, 500))), {
    settings: { jobs: 1 },
  });
});

test('decoding that hangs in a host', async () => {
  await withChildHost((host) => killed('decoding, process', host, () => hanging(host)), {
    settings: { jobs: 1 },
    faults: [{ method: 'nextWindow', match: 'bad', action: 'hang' }],
  });
});

// The hanging thread cannot be ended, and the process waits for it at its own end: so it hangs for a while only.
test('a call that hangs on a thread of the caller', async () => {
  process.env.VOICELINGUA_TEST_FAULTS = JSON.stringify([
    { method: 'recognize', match: 'bad', action: 'hang', ms: 6000 },
    { method: 'nextWindow', match: 'bad', action: 'hang', ms: 6000, after: 1 },
  ]);
  try {
    await withLocalHost((host) => killed('hang, thread', host, () => hanging(host)), { jobs: 1 });
    await withLocalHost(
      async (host) => {
        const other = await openWindows(host, 'other', toneFile(12), 1, 3);
        await killed('decoding, thread', host, () => openWindows(host, 'bad', toneFile(12), 3, 3));
        const lost = await rejection(other.stream.nextWindow());
        assert.equal([lost.code, lost.details.culprit], ['ENGINE_CRASHED', 'other'], 'it was open on the lost thread');
      },
      { jobs: 1 },
    );
  } finally {
    delete process.env.VOICELINGUA_TEST_FAULTS;
  }
});

test('a beam search that takes long on a thread of the caller', async () => {
  await withLocalHost((host) => killed('beam search, thread', host, () => host.run(longTranslation(8, 250))), {
    jobs: 1,
  });
});

test.run();
