import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toneFile } from '../library/support.js';
import { filesBelow, hostsOf, inspectStore, isAlive, pause, startCli, temporaryFolder } from './support.js';

const GRACE_S = 2;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`R10: ${signal} with running tasks: they are pending again, no attempt used, no process left`, async () => {
    const home = temporaryFolder('r10');
    const store = join(home, 'store.sqlite');
    const recordings = ['a', 'b', 'c'].map((name) => toneFile(`r10-${name}.wav`, 1500));
    const args = ['run', ...recordings, '--language', 'en', '--to', 'en', '--store', store, '--out', 'out', '--json'];
    const run = startCli([...args, '--grace', `${GRACE_S}s`], home);
    await run.started();
    await pause(800);
    const hosts = hostsOf(run.pid);
    assert.is(hosts.length, 1);
    const from = performance.now();
    run.child.kill(signal);
    const { code } = await run.ended;
    const seconds = (performance.now() - from) / 1000;
    assert.is(code, signal === 'SIGINT' ? 130 : 143, run.stderr());
    assert.ok(
      hosts.every((pid) => !isAlive(pid)),
      'the engine host is gone',
    );
    const { integrity, tasks } = inspectStore(store);
    assert.is(integrity, 'ok');
    assert.equal(
      tasks.map(({ status, attempts, retries, losses }) => [status, attempts, retries, losses]),
      tasks.map(() => ['pending', 0, 0, 0]),
    );
    assert.equal(filesBelow(join(home, 'out')), []);
    assert.match(run.stderr(), /same command/);
    console.log(
      `R10: ${signal}: ended after ${seconds.toFixed(2)} s with a grace of ${GRACE_S} s, ${tasks.length} tasks pending again`,
    );
    assert.ok(seconds < GRACE_S + 1 + 2);
  });
}

test.run();
