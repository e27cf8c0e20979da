import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toneFile } from '../library/support.js';
import { filesBelow, inspectStore, pause, startCli, temporaryFolder } from './support.js';

/** Longer than a lease, with its rescue. */
const STOPPED_MS = 13_000;

test('R4: a caller that is stopped past its lease and goes on later has its late write refused', async () => {
  const home = temporaryFolder('r04');
  const recording = toneFile('r04.wav', 900);
  const store = join(home, 'store.sqlite');
  const args = ['run', recording, '--language', 'en', '--to', 'en', '--store', store, '--out', 'out', '--json'];
  const first = startCli(args, home);
  await first.started();
  await pause(500);
  first.child.kill('SIGSTOP');
  await pause(STOPPED_MS);
  const second = startCli(args, home);
  assert.is((await second.ended).code, 0, second.stderr());
  first.child.kill('SIGCONT');
  assert.is((await first.ended).code, 0, first.stderr());
  for (const run of [first, second]) {
    assert.is(run.records.filter(({ type }) => type === 'task').length, 1);
    assert.is(run.records.at(-1)?.completed, 1);
  }
  const { integrity, tasks, doubledContents } = inspectStore(store);
  assert.is(integrity, 'ok');
  assert.is(doubledContents, 0);
  assert.equal(
    tasks.map(({ status, attempts }) => [status, attempts]),
    [['completed', 2]],
  );
  assert.equal(filesBelow(join(home, 'out')), ['r04.json']);
  console.log('R4: late write refused, one result');
});

test.run();
