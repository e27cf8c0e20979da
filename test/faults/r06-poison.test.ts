import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua } from '../../src/index.js';
import { randomOf, testSeed } from '../fixtures/random.js';
import { filesBelow, inspectStore, makeClips, startCli, temporaryFolder } from './support.js';

test('R6: a task that aborts its host every time is set aside after 3, the other 49 complete', async () => {
  const random = randomOf(testSeed('R6'));
  const home = temporaryFolder('r06');
  const { good } = makeClips(join(home, 'clips'), 50, 0, random);
  const poison = (good[Math.floor(random() * good.length)] as string).replace(/\.\w+$/, '');
  const store = join(home, 'store.sqlite');
  const run = startCli(['run', 'clips', '--to', 'de', '--store', store, '--out', 'out', '--json'], home, {
    VOICELINGUA_TEST_FAULTS: JSON.stringify([{ method: 'recognize', match: poison, action: 'abort' }]),
  });
  assert.is((await run.ended).code, 5, run.stderr());
  const { integrity, tasks } = inspectStore(store);
  assert.is(integrity, 'ok');
  const failed = tasks.filter(({ status }) => status !== 'completed');
  assert.equal(
    failed.map(({ text_id, status }) => [text_id, status]),
    [[poison, 'failed']],
  );
  const error = JSON.parse(failed[0]?.error ?? '{}') as { code: string; details: { signal: string } };
  assert.is(error.code, 'TASK_QUARANTINED');
  assert.is(error.details.signal, 'SIGABRT');
  assert.is(filesBelow(join(home, 'out')).length, 49);
  const lingua = await openVoiceLingua({ store });
  try {
    const attempts = await lingua.attempts(failed[0]?.id ?? '');
    const ends = attempts.map(({ outcome }) => outcome);
    assert.equal(
      ends.filter((outcome) => outcome !== 'released'),
      ['crash', 'crash', 'failed'],
    );
    // Which call it was, and what the host said before it died, is kept with the task.
    assert.is(attempts.at(-1)?.error?.details.method, 'recognize');
    console.log(`R6: set aside after 3 crashes (${ends.join(', ')}), 49 others completed`);
  } finally {
    await lingua.close();
  }
});

test.run();
