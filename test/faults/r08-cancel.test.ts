import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua, type VoiceLingua } from '../../src/index.js';
import { toneFile } from '../library/support.js';
import { pause, temporaryFolder } from './support.js';

/** The goals are for a machine that does nothing else. */
const PATIENCE = 3;

async function timeToCancel(lingua: VoiceLingua, id: string, run: Promise<unknown>): Promise<number> {
  const from = performance.now();
  await lingua.cancel(id);
  await run;
  const took = performance.now() - from;
  assert.is((await lingua.task(id)).status, 'cancelled');
  return took;
}

test('R8: cancelled while queued, while recognising, while translating', async () => {
  const home = temporaryFolder('r08');
  const lingua = await openVoiceLingua({ store: join(home, 'store.sqlite') });
  try {
    const audio = toneFile('r08.wav', 1200);
    const out = join(home, 'out');
    const queued = await lingua.submit({ audio, textId: 'queued', language: 'en' });
    const first = await timeToCancel(lingua, queued.id, Promise.resolve());

    const recognising = await lingua.submit({ audio, textId: 'recognising', language: 'en' });
    const begun = new Promise<void>((resolve) => {
      void (async () => {
        for await (const event of lingua.watch(recognising.id)) if (event.type === 'progress') resolve();
      })();
    });
    const run = lingua.run([recognising.id]);
    await begun;
    const second = await timeToCancel(lingua, recognising.id, run);

    const text = Array.from(
      { length: 4000 },
      (_, index) => `Train number ${index} to Tokyo leaves at ${index % 60} past five.`,
    ).join(' ');
    const translating = await lingua.submit({
      text,
      textId: 'translating',
      language: 'en',
      languages: ['de', 'fr', 'ja'],
    });
    const other = lingua.run([translating.id]);
    await pause(1_500);
    assert.is((await lingua.task(translating.id)).status, 'processing');
    const third = await timeToCancel(lingua, translating.id, other);

    await assert.not.throws(() => lingua.packageTask(recognising.id, { out }));
    assert.not(existsSync(join(out, 'recognising.json')));
    console.log(
      `R8: queued ${first.toFixed(0)} ms, recognising ${second.toFixed(0)} ms, translating ${third.toFixed(0)} ms`,
    );
    assert.ok(first < 100 * PATIENCE && second < 500 * PATIENCE && third < 2000 * PATIENCE);
  } finally {
    await lingua.close();
  }
});

test.run();
