import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua } from '../../src/index.js';
import { SENTENCE } from '../library/support.js';
import { temporaryFolder } from './support.js';

const LIMIT_MS = 2000;
/** The goals are for a machine that does nothing else. */
const PATIENCE = 3;

for (const [method, request] of [
  ['recognize', { audio: SENTENCE, textId: 'hanging', language: 'en' }],
  [
    'translate',
    // From the memory it would be done without a call that hangs.
    {
      text: 'The train leaves at five.',
      textId: 'hanging',
      language: 'en',
      languages: ['de'],
      translate: { memory: false },
    },
  ],
] as const) {
  test(`R7: a task whose ${method} call hangs fails at its hard limit, and others go on`, async () => {
    process.env.VOICELINGUA_TEST_FAULTS = JSON.stringify([{ method, match: 'hanging', action: 'hang' }]);
    const lingua = await openVoiceLingua({
      store: join(temporaryFolder('r07'), 'store.sqlite'),
      hardLimitMs: LIMIT_MS,
    });
    try {
      const warm = await lingua.submit({ ...request, textId: 'warm' });
      assert.is((await lingua.run([warm.id])).completed, 1);
      const hanging = await lingua.submit(request);
      const from = performance.now();
      const failed = await lingua.run([hanging.id]);
      const limit = performance.now() - from;
      assert.is(failed.failed, 1);
      const task = await lingua.task(hanging.id);
      assert.is(task.error?.code, 'DEADLINE_EXCEEDED');
      assert.equal(
        (await lingua.attempts(hanging.id)).map(({ outcome }) => outcome),
        ['failed'],
      );
      const next = await lingua.submit({ ...request, textId: 'next' });
      const again = performance.now();
      assert.is((await lingua.run([next.id])).completed, 1);
      const usable = performance.now() - again;
      console.log(
        `R7: ${method}: failed after ${(limit / 1000).toFixed(2)} s of a limit of ${LIMIT_MS / 1000} s, the next task done ${(usable / 1000).toFixed(2)} s later`,
      );
      assert.ok(limit >= LIMIT_MS && limit < LIMIT_MS + 1000 * PATIENCE);
      assert.ok(usable < 1000 * PATIENCE);
    } finally {
      delete process.env.VOICELINGUA_TEST_FAULTS;
      await lingua.close();
    }
  });
}

test.run();
